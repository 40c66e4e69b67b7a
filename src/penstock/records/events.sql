-- What happened to records. Records are locked by (bucket, id) FOR KEY SHARE, as for associating: they
-- may be written meanwhile, but not removed.

-- name: hold
SELECT r.id, r.type, r.merged_into, r.archived_at
FROM records r
WHERE (r.bucket, r.id) IN (SELECT (i.id & 63)::smallint, i.id FROM unnest(:ids::bigint[]) AS i(id))
ORDER BY r.bucket, r.id
FOR KEY SHARE OF r;

-- name: record
-- Keeps events and leaves a change for each; one whose uuid its record has already is passed over.
WITH input AS (
    SELECT coalesce(:bucket::smallint, (i.record_id & 63)::smallint) AS bucket, i.*
    FROM unnest(
        :record_ids::bigint[], :object_types::text[], :types::text[], :ats::timestamptz[],
        :properties::text[], :uuids::uuid[]) WITH ORDINALITY
        AS i(record_id, object_type, type, at, properties, uuid, place)
), kept AS (
    INSERT INTO events (bucket, record_id, type, at, properties, uuid)
    SELECT bucket, record_id, type, at, properties::jsonb, uuid FROM input ORDER BY place
    ON CONFLICT (bucket, record_id, uuid) WHERE uuid IS NOT NULL DO NOTHING
    RETURNING bucket, record_id, id, type, at, properties, uuid
), announced AS (
    INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
    SELECT k.bucket, :lane, k.record_id, o.object_type, 'event',
        jsonb_build_object('type', k.type, 'properties', k.properties, 'event', k.id, 'at',
            to_char(k.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')),
        :source, :depth, :now
    FROM kept k
    JOIN (SELECT DISTINCT record_id, object_type FROM input) o USING (record_id)
    ORDER BY k.id
)
SELECT k.record_id, k.id, k.uuid FROM kept k ORDER BY k.id;

-- name: visitors
SELECT v.utk, v.record_id FROM visitors v WHERE v.utk = ANY(:utks);

-- name: identify!
-- From now on these browsers belong to these records.
INSERT INTO visitors (utk, record_id)
SELECT i.utk, i.record_id FROM unnest(:utks::text[], :record_ids::bigint[]) AS i(utk, record_id)
ORDER BY i.utk
ON CONFLICT (utk) DO UPDATE SET record_id = excluded.record_id;

-- name: of_records
-- A page of what happened to some records, by time.
SELECT e.id, e.record_id, r.type AS object_type, e.type, e.at, e.properties
FROM unnest(:record_ids::bigint[]) AS i(id)
JOIN events e ON e.bucket = (i.id & 63)::smallint AND e.record_id = i.id
JOIN records r ON r.bucket = e.bucket AND r.id = e.record_id
WHERE (:types::text[] IS NULL OR e.type = ANY(:types))
    AND (:ids::bigint[] IS NULL OR e.id = ANY(:ids))
    AND (:since::timestamptz IS NULL OR e.at >= :since)
    AND (:until::timestamptz IS NULL OR e.at < :until)
    AND e.properties @> :holding
    AND CASE WHEN :after_at::timestamptz IS NULL THEN true
        WHEN :ascending THEN (e.at, e.id) > (:after_at, :after_id)
        ELSE (e.at, e.id) < (:after_at, :after_id) END
ORDER BY
    CASE WHEN :ascending THEN e.at END, CASE WHEN :ascending THEN e.id END, e.at DESC, e.id DESC
LIMIT :limit;

-- name: of_types
-- A page of what happened of some kinds, to records of some type, by time.
SELECT e.id, e.record_id, r.type AS object_type, e.type, e.at, e.properties
FROM events e
JOIN records r ON r.bucket = e.bucket AND r.id = e.record_id
WHERE (:types::text[] IS NULL OR e.type = ANY(:types))
    AND (:ids::bigint[] IS NULL OR e.id = ANY(:ids))
    AND (:object_type::text IS NULL OR r.type = :object_type)
    AND (:since::timestamptz IS NULL OR e.at >= :since)
    AND (:until::timestamptz IS NULL OR e.at < :until)
    AND e.properties @> :holding
    AND CASE WHEN :after_at::timestamptz IS NULL THEN true
        WHEN :ascending THEN (e.at, e.id) > (:after_at, :after_id)
        ELSE (e.at, e.id) < (:after_at, :after_id) END
ORDER BY
    CASE WHEN :ascending THEN e.at END, CASE WHEN :ascending THEN e.id END, e.at DESC, e.id DESC
LIMIT :limit;
