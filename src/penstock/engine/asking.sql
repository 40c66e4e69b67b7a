-- Requests between buckets. They are changes of the bucket that is to do something, and so are replies.

-- name: ends
-- The live records that an association type leads to, the latest association last.
SELECT a.from_id, a.to_id FROM associations a
JOIN records r ON r.bucket = (a.to_id & 63)::smallint AND r.id = a.to_id AND r.archived_at IS NULL
WHERE a.bucket = :bucket AND a.from_id = ANY(:records::bigint[]) AND a.type_id = :type_id
ORDER BY a.from_id, a.created_at, a.to_id;

-- name: ask!
-- A request to each record's bucket.
INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
SELECT (i.id & 63)::smallint, :lane, i.id, :object_type, :kind, i.details::jsonb, :source, :depth,
    :now
FROM unnest(:records::bigint[], :details::text[]) AS i(id, details);

-- name: reply!
-- What became of requests, told to the buckets that they came from.
INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
SELECT (i.record_id & 63)::smallint, i.lane, i.record_id, w.object_type, 'effect', i.details::jsonb,
    'AUTOMATION_PLATFORM/' || i.workflow_id, i.depth, :now
FROM unnest(:records::bigint[], :workflows::bigint[], :lanes::smallint[], :depths::smallint[],
    :details::text[]) AS i(record_id, workflow_id, lane, depth, details)
JOIN workflows w ON w.id = i.workflow_id;

-- name: whereabouts
-- Of records of this bucket: whether they live, and into which they were merged.
SELECT r.id, r.archived_at, r.merged_into FROM records r
WHERE r.bucket = :bucket AND r.id = ANY(:ids::bigint[]);

-- name: settle_requests!
-- What the other buckets replied.
UPDATE effects e SET state = i.state, reason = i.reason, reply = i.reply, settled_at = :now
FROM unnest(:enrollments::bigint[], :visits::integer[], :parts::text[], :states::text[],
    :reasons::text[], :replies::text[]) AS i(enrollment, visit, part, state, reason, reply)
WHERE e.bucket = :bucket AND e.enrollment_id = i.enrollment AND e.visit = i.visit
    AND e.part = i.part AND e.state = 'pending';

-- name: released
-- Enrollments that hold at a visit of which everything is settled.
SELECT DISTINCT e.id
FROM unnest(:enrollments::bigint[], :visits::integer[]) AS i(enrollment, visit)
JOIN enrollments e ON e.bucket = :bucket AND e.id = i.enrollment AND e.visit = i.visit
WHERE e.waiting AND e.ended_at IS NULL AND NOT EXISTS (
    SELECT FROM effects f
    WHERE f.bucket = :bucket AND f.enrollment_id = e.id AND f.visit = e.visit
        AND f.state IN ('pending', 'sending', 'uncertain'));

-- name: of_visits
-- What became of the effects of visits.
SELECT f.enrollment_id, f.kind, f.part, f.state, f.reason, f.reply
FROM unnest(:enrollments::bigint[], :visits::integer[]) AS i(enrollment, visit)
JOIN effects f ON f.bucket = :bucket AND f.enrollment_id = i.enrollment AND f.visit = i.visit
ORDER BY f.enrollment_id, f.part;
