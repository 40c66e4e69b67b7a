-- Waits for events. Every statement that writes names its one bucket.

-- name: insert!
-- What is there of changes now was before the step was entered.
INSERT INTO waits (bucket, enrollment_id, number, record_id, kind, key, document, lane,
    due_at, since)
SELECT :bucket, i.enrollment_id, i.number, i.record_id, i.kind, i.key, i.document::jsonb,
    i.lane, i.due_at, coalesce((SELECT max(c.id) FROM changes c WHERE c.bucket = :bucket), 0)
FROM unnest(
    :enrollment_id::bigint[], :number::smallint[], :record_id::bigint[],
    :kind::text[], :key::text[], :document::text[], :lane::smallint[], :due_at::timestamptz[])
    AS i(enrollment_id, number, record_id, kind, key, document, lane, due_at);

-- name: of_records
SELECT w.enrollment_id, w.record_id, w.kind, w.key, w.document, w.since FROM waits w
WHERE w.bucket = :bucket AND w.record_id = ANY(:records::bigint[]);

-- name: end!
-- These wait no more; their timers find nothing to do.
WITH ended AS (
    DELETE FROM waits w WHERE w.bucket = :bucket AND w.enrollment_id = ANY(:enrollments::bigint[])
    RETURNING w.enrollment_id, w.lane, w.due_at
)
DELETE FROM timers t USING ended e
WHERE t.bucket = :bucket AND t.lane = e.lane AND t.due_at = e.due_at
    AND t.enrollment_id = e.enrollment_id;
