-- Custom object types; `lock` of schema.sql comes before every write.

-- name: next_id$
SELECT '2-' || nextval('custom_object_types');

-- name: read
-- Types with their definitions: all custom ones, or those asked for.
SELECT to_jsonb(t) AS definition, t.created_at, t.updated_at, t.archived_at
FROM object_types t
WHERE (t.archived_at IS NOT NULL) = :archived
    AND CASE WHEN :ids::text[] IS NULL THEN t.custom ELSE t.id = ANY(:ids) END
ORDER BY t.created_at, t.id;

-- name: edges
-- Every association type at either end of some object types.
SELECT to_jsonb(a) AS edge
FROM association_types a
WHERE a.from_type = ANY(:ids) OR a.to_type = ANY(:ids)
ORDER BY a.id;

-- name: create!
INSERT INTO object_types (
    id, name, plural, label, plural_label, description, primary_property, secondary_properties,
    required_properties, search_properties, shown_properties, stamps, created_at, updated_at)
VALUES (
    :id, :name, :plural, :label, :plural_label, :description, :primary, :secondary, :required,
    :search, :shown, :stamps, :now, :now);

-- name: change!
UPDATE object_types SET
    label = :label, plural_label = :plural_label, description = :description,
    primary_property = :primary, secondary_properties = :secondary,
    required_properties = :required, search_properties = :search, shown_properties = :shown,
    updated_at = :now
WHERE id = :id;

-- name: stage!
-- From now on records of the type have a pipeline and a stage.
UPDATE object_types SET staging = :staging, updated_at = :now WHERE id = :id;

-- name: some_records
SELECT r.id FROM records r
WHERE r.type = :id AND r.archived_at IS NULL
ORDER BY r.id
LIMIT 5;

-- name: dissolve!
-- Edges to archived records of a type that goes too: nobody sees them.
DELETE FROM associations a USING association_types t
WHERE a.type_id = t.id AND :id IN (t.from_type, t.to_type);

-- name: archive!
UPDATE object_types SET archived_at = :now, updated_at = :now WHERE id = :id;

-- name: purge_records!
-- What is left of a type's archived records.
WITH gone AS (
    DELETE FROM records WHERE type = :id RETURNING bucket, id
), history AS (
    DELETE FROM property_history h USING gone g WHERE h.bucket = g.bucket AND h.record_id = g.id
), events AS (
    DELETE FROM events e USING gone g WHERE e.bucket = g.bucket AND e.record_id = g.id
), visits AS (
    DELETE FROM visitors v USING gone g WHERE v.record_id = g.id
), waiting AS (
    DELETE FROM changes c USING gone g WHERE c.bucket = g.bucket AND c.record_id = g.id
)
DELETE FROM unique_values WHERE type = :id;

-- name: purge!
WITH properties AS (
    DELETE FROM properties WHERE object_type = :id
), groups AS (
    DELETE FROM property_groups WHERE object_type = :id
), pipelines AS (
    DELETE FROM pipelines WHERE object_type = :id
), associations AS (
    DELETE FROM association_types WHERE :id IN (from_type, to_type)
)
DELETE FROM object_types WHERE id = :id;
