-- Association types; `lock` of schema.sql comes before every write.

-- name: next_ids
SELECT nextval('custom_association_types')::integer AS id FROM generate_series(1, :count);

-- name: add
INSERT INTO association_types (id, category, from_type, to_type, name, label, inverse, single)
SELECT e.id, 'USER_DEFINED', e.from_type, e.to_type, e.name, e.label, e.inverse, false
FROM jsonb_to_recordset(:rows) AS e(
    id integer, from_type text, to_type text, name text, label text, inverse integer)
RETURNING to_jsonb(association_types) AS edge;

-- name: remove!
DELETE FROM association_types WHERE id = ANY(:ids);

-- name: dissolve!
-- Edges of types that are no more; each direction leaves its change, behind everything fresh.
WITH gone AS (
    DELETE FROM associations a WHERE a.type_id = ANY(:ids) RETURNING a.bucket, a.from_id, a.type_id, a.to_id
)
INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
SELECT g.bucket, 1, g.from_id, r.type, 'dissociated',
    jsonb_build_object('type', g.type_id, 'to', g.to_id), :source, :depth, :now
FROM gone g
JOIN records r ON r.bucket = g.bucket AND r.id = g.from_id
WHERE r.archived_at IS NULL;
