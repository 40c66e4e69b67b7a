-- Properties as they are defined; `lock` of schema.sql comes before every write.

-- name: read
-- The definitions of some object types, all of them or the named ones, live or archived.
SELECT to_jsonb(p) AS definition, p.created_at, p.updated_at, p.archived_at
FROM properties p
WHERE p.object_type = ANY(:types::text[]) AND (:names::text[] IS NULL OR p.name = ANY(:names))
    AND (p.archived_at IS NOT NULL) = :archived
ORDER BY p.object_type, p.name;

-- name: save
-- Makes new definitions and rewrites present ones; an archived one begins a new life.
INSERT INTO properties AS p (
    object_type, name, label, type, field_type, group_name, description, options, has_unique_value,
    read_only, hidden, calculated, form_field, display_order, "column", external_options,
    referenced_object_type, format, hubspot_defined, show_currency, created_at, updated_at)
SELECT
    :type, r.name, r.label, r.type, r.field_type, r."group", r.description, r.options, r."unique",
    r.read_only, r.hidden, r.calculated, r.form_field, r.display_order, r."column",
    r.external_options, r.referenced_object_type, r.format, r.hubspot_defined, r.show_currency,
    :now, :now
FROM jsonb_to_recordset(:rows) AS r(
    name text, label text, type text, field_type text, "group" text, description text,
    options jsonb, "unique" boolean, read_only boolean, hidden boolean, calculated boolean,
    form_field boolean, display_order integer, "column" text, external_options boolean,
    referenced_object_type text, format text, hubspot_defined boolean, show_currency boolean)
ON CONFLICT (object_type, name) DO UPDATE SET
    label = excluded.label, type = excluded.type, field_type = excluded.field_type,
    group_name = excluded.group_name, description = excluded.description,
    options = excluded.options, has_unique_value = excluded.has_unique_value,
    hidden = excluded.hidden, form_field = excluded.form_field,
    display_order = excluded.display_order, external_options = excluded.external_options,
    referenced_object_type = excluded.referenced_object_type,
    show_currency = excluded.show_currency, updated_at = excluded.updated_at, archived_at = NULL,
    created_at = CASE WHEN p.archived_at IS NULL THEN p.created_at ELSE excluded.created_at END
RETURNING to_jsonb(p) AS definition, p.created_at, p.updated_at, p.archived_at;

-- name: archive!
UPDATE properties SET archived_at = :now, updated_at = :now
WHERE object_type = :type AND name = ANY(:names) AND archived_at IS NULL;

-- name: hold_values!
-- Waits for writes that are under way; those that come later wait for the end of this transaction.
LOCK TABLE records, property_history IN SHARE ROW EXCLUSIVE MODE;

-- name: holders
-- A portion of the records that have a value of the property, archived records too.
SELECT r.id, r.properties -> :name AS value, r.archived_at IS NULL AS live
FROM records r
WHERE r.type = :type AND r.id > :after AND r.properties ? :name
ORDER BY r.id
LIMIT :limit;

-- name: convert!
UPDATE records r SET properties = r.properties || jsonb_build_object(:name::text, i.value)
FROM unnest(:ids::bigint[], :values::jsonb[]) AS i(id, value)
WHERE r.bucket = (i.id & 63)::smallint AND r.id = i.id;

-- name: past
-- A portion of the writes that gave the property a value.
SELECT h.bucket, h.record_id, h.id, h.changed -> :name AS value
FROM property_history h
JOIN records r ON r.bucket = h.bucket AND r.id = h.record_id
WHERE r.type = :type AND h.changed -> :name <> 'null'
    AND (h.bucket, h.record_id, h.id) > (:bucket, :record_id, :id)
ORDER BY h.bucket, h.record_id, h.id
LIMIT :limit;

-- name: convert_past!
UPDATE property_history h SET changed = h.changed || jsonb_build_object(:name::text, i.value)
FROM unnest(:record_ids::bigint[], :ids::bigint[], :values::jsonb[]) AS i(record_id, id, value)
WHERE h.bucket = (i.record_id & 63)::smallint AND h.record_id = i.record_id AND h.id = i.id;

-- name: release!
DELETE FROM unique_values WHERE type = :type AND property = ANY(:names);
