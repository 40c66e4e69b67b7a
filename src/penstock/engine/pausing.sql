-- Pauses. Every statement that writes names its one bucket.

-- name: park!
-- Those who wait for a moment in paused workflows wait no more; the moment is kept.
WITH frozen AS (
    DELETE FROM timers t
    WHERE t.bucket = :bucket AND t.lane IN (0, 1) AND t.workflow_id = ANY(:workflows::bigint[])
    RETURNING t.workflow_id, t.enrollment_id, t.lane, t.due_at
)
INSERT INTO parked (bucket, workflow_id, enrollment_id, lane, due_at)
SELECT :bucket, f.workflow_id, f.enrollment_id, min(f.lane), min(f.due_at)
FROM frozen f
JOIN enrollments e ON e.bucket = :bucket AND e.id = f.enrollment_id AND e.ended_at IS NULL
GROUP BY f.workflow_id, f.enrollment_id
ON CONFLICT (bucket, workflow_id, enrollment_id) DO UPDATE
SET due_at = least(parked.due_at, excluded.due_at);

-- name: park_these!
-- Enrollments that would go on now, were it not for the pause.
INSERT INTO parked (bucket, workflow_id, enrollment_id, lane, due_at)
SELECT :bucket, i.workflow_id, i.id, i.lane, :now
FROM unnest(:workflow_id::bigint[], :id::bigint[], :lane::smallint[]) AS i(workflow_id, id, lane)
ON CONFLICT (bucket, workflow_id, enrollment_id) DO UPDATE
SET due_at = least(parked.due_at, excluded.due_at);

-- name: park_request!
-- What is to be done for a workflow when it goes on.
INSERT INTO parked_requests (bucket, workflow_id, lane, record_id, object_type, kind, details, depth)
SELECT :bucket, :workflow, :lane, i.id, :object_type, :kind, :details, :depth
FROM unnest(:records::bigint[]) AS i(id);

-- name: release_requests!
-- Who came to match during the pause is not among those who matched already.
WITH freed AS (
    DELETE FROM parked_requests p WHERE p.bucket = :bucket AND p.workflow_id = :workflow
    RETURNING p.id, p.lane, p.record_id, p.object_type, p.kind, p.details, p.depth
)
INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
SELECT :bucket, f.lane, f.record_id, f.object_type, f.kind,
    CASE f.kind WHEN 'enroll_existing'
        THEN jsonb_build_object('until', :paused_at::timestamptz) || f.details
        ELSE f.details END,
    'AUTOMATION_PLATFORM', f.depth, :now
FROM freed f ORDER BY f.id;

-- name: resumptions
-- Pauses whose end the bucket has not seen, in order.
SELECT r.workflow_id, r.resumed_at, r.paused_at, r.choice FROM resumptions r
WHERE r.bucket = :bucket ORDER BY r.resumed_at, r.workflow_id;

-- name: release!
-- They have their moments again. Of those whose moment came during the pause, those who go on now do so
-- one after the other; who skips does nothing until it waits again.
WITH freed AS (
    DELETE FROM parked p WHERE p.bucket = :bucket AND p.workflow_id = :workflow
    RETURNING p.enrollment_id, p.lane, p.due_at
), standing AS (
    SELECT f.enrollment_id, f.lane, f.due_at, f.due_at <= :resumed_at AS missed,
        coalesce(:steps::jsonb ->> e.step, :policy) AS policy
    FROM freed f
    JOIN enrollments e ON e.bucket = :bucket AND e.id = f.enrollment_id AND e.ended_at IS NULL
), placed AS (
    SELECT s.*, row_number() OVER (
        PARTITION BY s.missed AND s.policy = 'RUN_NOW' ORDER BY s.due_at, s.enrollment_id) - 1 AS place
    FROM standing s
), timed AS (
    SELECT p.enrollment_id, p.lane, p.missed AND p.policy = 'SKIP' AS skips, CASE
        WHEN p.policy = 'SHIFT' THEN p.due_at + (:resumed_at::timestamptz - :paused_at::timestamptz)
        WHEN p.missed AND p.policy = 'RUN_NOW'
            THEN :resumed_at + :first::interval + p.place * :pace::interval
        WHEN p.missed THEN :resumed_at
        ELSE p.due_at END AS due_at
    FROM placed p
), skipping AS (
    UPDATE enrollments e SET context = jsonb_set(e.context, ARRAY[''],
        coalesce(e.context -> '', '{}') || '{"skipping": "paused"}')
    FROM timed t WHERE e.bucket = :bucket AND e.id = t.enrollment_id AND t.skips
), moved AS (
    UPDATE waits w SET due_at = t.due_at
    FROM timed t WHERE w.bucket = :bucket AND w.enrollment_id = t.enrollment_id
        AND w.due_at IS NOT NULL
)
INSERT INTO timers (bucket, lane, due_at, enrollment_id, workflow_id)
SELECT :bucket, t.lane, t.due_at, t.enrollment_id, :workflow FROM timed t;

-- name: done!
DELETE FROM resumptions
WHERE bucket = :bucket AND workflow_id = :workflow AND resumed_at = :resumed_at;

-- name: ceased$
-- The records in a workflow that have ceased to match a criterion since an instant.
SELECT ARRAY(
    SELECT e.record_id FROM enrollments e
    JOIN matches m ON m.bucket = :bucket AND m.criterion_id = :criterion
        AND m.record_id = e.record_id AND NOT m.matching AND m.since >= :since
    WHERE e.bucket = :bucket AND e.workflow_id = :workflow AND e.ended_at IS NULL
    ORDER BY e.record_id);
