-- Kinds of events; `lock` of schema.sql comes before every write.

-- name: read
-- Kinds of events: all custom ones, all at all, or those with these ids or names.
SELECT to_jsonb(t) AS definition, t.created_at, t.updated_at, t.archived_at
FROM event_types t
WHERE (t.archived_at IS NULL OR :archived) AND (t.custom OR NOT :custom)
    AND (:words::text[] IS NULL OR t.id = ANY(:words) OR t.name = ANY(:words))
ORDER BY t.created_at, t.id;

-- name: next_id$
SELECT '6-' || nextval('custom_event_types');

-- name: taken^
SELECT FROM event_types WHERE name = :name;

-- name: save!
INSERT INTO event_types (
    id, name, label, description, object_type, properties, created_at, updated_at)
VALUES (:id, :name, :label, :description, :object_type, :properties, :now, :now)
ON CONFLICT (id) DO UPDATE SET
    label = excluded.label, description = excluded.description,
    properties = excluded.properties, updated_at = excluded.updated_at;

-- name: archive!
UPDATE event_types SET archived_at = :now, updated_at = :now WHERE id = :id;

-- name: strip!
UPDATE events SET properties = properties - :name::text WHERE type = :id AND properties ? :name;
