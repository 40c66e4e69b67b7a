-- Waits for events. Every statement that writes names its one bucket.

-- name: marks
-- How far things had come: the changes of the bucket, and what there is of each record.
SELECT i.id AS record_id,
    coalesce((SELECT max(c.id) FROM changes c WHERE c.bucket = :bucket), 0) AS change,
    coalesce((SELECT max(e.id) FROM events e WHERE e.bucket = :bucket AND e.record_id = i.id), 0)
        AS event,
    coalesce((SELECT max(h.id) FROM property_history h
        WHERE h.bucket = :bucket AND h.record_id = i.id), 0) AS write
FROM unnest(:records::bigint[]) AS i(id);

-- name: events_since
-- Events of one type that happened to records after their marks, by the place that was asked for.
SELECT i.place, e.at, e.properties
FROM unnest(:places::integer[], :records::bigint[], :marks::bigint[]) AS i(place, record_id, mark)
JOIN events e ON e.bucket = :bucket AND e.record_id = i.record_id AND e.type = :type
    AND e.id > i.mark
ORDER BY i.place, e.id;

-- name: writes_since
-- The same of values that were written, one row each.
SELECT i.place, h.at, jsonb_build_object('hs_name', v.key, 'hs_value', v.value) AS properties
FROM unnest(:places::integer[], :records::bigint[], :marks::bigint[]) AS i(place, record_id, mark)
JOIN property_history h ON h.bucket = :bucket AND h.record_id = i.record_id AND h.id > i.mark
CROSS JOIN LATERAL jsonb_each(h.changed) AS v(key, value)
ORDER BY i.place, h.id;

-- name: last_change$
SELECT coalesce(max(c.id), 0) FROM changes c WHERE c.bucket = :bucket;

-- name: insert!
INSERT INTO waits (bucket, enrollment_id, number, record_id, kind, key, document, lane,
    due_at, since)
SELECT :bucket, i.enrollment_id, i.number, i.record_id, i.kind, i.key, i.document::jsonb,
    i.lane, i.due_at, i.since
FROM unnest(
    :enrollment_id::bigint[], :number::smallint[], :record_id::bigint[],
    :kind::text[], :key::text[], :document::text[], :lane::smallint[], :due_at::timestamptz[],
    :since::bigint[])
    AS i(enrollment_id, number, record_id, kind, key, document, lane, due_at, since);

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
