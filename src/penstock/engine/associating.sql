-- Edges that a turn adds or takes away: rows of its own bucket. The other directions are asked for.

-- name: write!
-- Directions from records of this bucket, each with its change.
WITH added AS (
    INSERT INTO associations (bucket, from_id, type_id, to_id, created_at)
    SELECT :bucket, i.from_id, i.type_id, i.to_id, :now
    FROM unnest(:from_ids::bigint[], :type_ids::integer[], :to_ids::bigint[])
        AS i(from_id, type_id, to_id)
    ORDER BY i.from_id, i.type_id, i.to_id
    ON CONFLICT DO NOTHING
    RETURNING from_id, type_id, to_id
)
INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
SELECT :bucket, :lane, a.from_id, t.from_type, 'associated',
    jsonb_build_object('type', a.type_id, 'to', a.to_id), :source, :depth, :now
FROM added a JOIN association_types t ON t.id = a.type_id;

-- name: remove!
-- The same, taken away.
WITH removed AS (
    DELETE FROM associations a
    USING unnest(:from_ids::bigint[], :type_ids::integer[], :to_ids::bigint[])
        AS i(from_id, type_id, to_id)
    WHERE a.bucket = :bucket AND a.from_id = i.from_id AND a.type_id = i.type_id
        AND a.to_id = i.to_id
    RETURNING a.from_id, a.type_id, a.to_id
)
INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
SELECT :bucket, :lane, r.from_id, t.from_type, 'dissociated',
    jsonb_build_object('type', r.type_id, 'to', r.to_id), :source, :depth, :now
FROM removed r JOIN association_types t ON t.id = r.type_id;

-- name: ask!
-- Asks the buckets of the records at one end: to add their direction of an edge, or to take theirs
-- away, with another record in its place or without. It is no change of those records: they may be
-- erased meanwhile, and the request must outlive them.
INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
SELECT (i.record_id & 63)::smallint, :lane, 0, t.from_type, :kind,
    jsonb_build_object('record', i.record_id, 'type', i.type_id, 'to', i.to_id, 'instead', i.instead,
        'workflow', :workflow::bigint), :source, :depth, :now
FROM unnest(:records::bigint[], :type_ids::integer[], :to_ids::bigint[], :insteads::bigint[])
    AS i(record_id, type_id, to_id, instead)
JOIN association_types t ON t.id = i.type_id;

-- name: present
-- The edges of these types that records of this bucket have.
SELECT a.from_id, a.type_id, a.to_id FROM associations a
WHERE a.bucket = :bucket AND a.from_id = ANY(:from_ids::bigint[])
    AND a.type_id = ANY(:type_ids::integer[]);

-- name: survivors
-- The records into which these of this bucket were merged.
SELECT r.id, r.merged_into FROM records r
WHERE r.bucket = :bucket AND r.id = ANY(:ids::bigint[]) AND r.merged_into IS NOT NULL;

-- name: types_of
-- The types of live records, wherever they are.
SELECT r.id, r.type FROM unnest(:ids::bigint[]) AS i(id)
JOIN records r ON r.bucket = (i.id & 63)::smallint AND r.id = i.id AND r.archived_at IS NULL;

-- name: having
-- Live records of a type that have one of these values in a property: the first of each value.
WITH wanted AS MATERIALIZED (
    SELECT i.value, i.value::jsonb AS json FROM unnest(:values::text[]) AS i(value)
), found AS (
    SELECT w.value, r.id, row_number() OVER (PARTITION BY w.value ORDER BY r.id) AS place
    FROM wanted w JOIN records r ON r.properties -> :property = w.json
    WHERE r.type = :type AND r.archived_at IS NULL
)
SELECT f.value, f.id FROM found f WHERE f.place <= :most ORDER BY f.value, f.id;
