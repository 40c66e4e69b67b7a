-- Why a record is in a workflow or not. Nothing here writes.

-- name: whereabouts^
-- A record, also one that is archived.
SELECT r.type, r.archived_at IS NULL AS live,
    EXISTS (SELECT FROM changes c WHERE c.bucket = r.bucket AND c.record_id = r.id) AS unsettled
FROM records r WHERE r.bucket = (:record & 63)::smallint AND r.id = :record;

-- name: levels
-- How the engine last judged the record by the criteria of a revision, by role.
SELECT u.role, coalesce(m.matching, false) AS matching, m.since
FROM workflow_criteria u
LEFT JOIN matches m ON m.bucket = (:record & 63)::smallint AND m.criterion_id = u.criterion_id
    AND m.record_id = :record
WHERE u.workflow_id = :workflow AND u.revision = :revision;

-- name: passage^
-- The live passage, when it will move, and whether something that it may wait for is still to be taken.
SELECT e.id, e.revision, e.step, e.visit, e.waiting, e.entered_at, e.lane,
    (SELECT min(t.due_at) FROM timers t WHERE t.bucket = e.bucket AND t.enrollment_id = e.id) AS due_at,
    EXISTS (SELECT FROM parked p WHERE p.bucket = e.bucket AND p.workflow_id = e.workflow_id
        AND p.enrollment_id = e.id) AS parked
FROM enrollments e
WHERE e.bucket = (:record & 63)::smallint AND e.record_id = :record AND e.workflow_id = :workflow
    AND e.ended_at IS NULL;

-- name: awaited
-- The events that an enrollment waits for.
SELECT w.document FROM waits w
WHERE w.bucket = (:enrollment & 63)::smallint AND w.enrollment_id = :enrollment ORDER BY w.number;

-- name: unsettled
-- What the visit has sent or asked for, and nobody knows yet what becomes of it.
SELECT f.part, f.kind, f.state, f.reason FROM effects f
WHERE f.bucket = (:enrollment & 63)::smallint AND f.enrollment_id = :enrollment AND f.visit = :visit
    AND f.state IN ('pending', 'sending', 'uncertain')
ORDER BY f.part;

-- name: last_refused$
-- The reason of the last refusal since the last time that it got in.
SELECT j.detail ->> 'reason' FROM journal j
WHERE j.bucket = (:record & 63)::smallint AND j.record_id = :record AND j.workflow_id = :workflow
    AND j.kind IN ('refused', 'enrolled')
ORDER BY j.at DESC, j.enrollment_id = 0 LIMIT 1;
