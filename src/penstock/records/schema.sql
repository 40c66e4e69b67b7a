-- The schema of records. Every change of it begins with `lock` and ends with `bump`, in the same
-- transaction; that row is the first one locked, so changes of the schema go one after the other, each
-- checks what the others left, and none deadlocks.

-- name: version$
SELECT version FROM schema_state;

-- name: lock!
SELECT FROM schema_state FOR UPDATE;

-- name: bump!
UPDATE schema_state SET version = nextval('schema_versions');

-- name: load^
-- All live definitions as JSON, in one statement.
SELECT
    (SELECT version FROM schema_state) AS version,
    (SELECT portal_id FROM account) AS portal_id,
    (SELECT time_zone FROM account) AS time_zone,
    (SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY t.id), '[]')
        FROM object_types t WHERE archived_at IS NULL) AS types,
    (SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY p.object_type, p.name), '[]')
        FROM properties p WHERE archived_at IS NULL) AS properties,
    (SELECT coalesce(jsonb_agg(to_jsonb(g) ORDER BY g.object_type, g.display_order, g.name), '[]')
        FROM property_groups g WHERE archived_at IS NULL) AS groups,
    (SELECT coalesce(jsonb_agg(to_jsonb(p) || jsonb_build_object('stages', (
            SELECT coalesce(jsonb_agg(to_jsonb(s) ORDER BY s.display_order, s.id), '[]')
            FROM pipeline_stages s
            WHERE s.object_type = p.object_type AND s.pipeline = p.id AND s.archived_at IS NULL
        )) ORDER BY p.object_type, p.display_order, p.id), '[]')
        FROM pipelines p WHERE archived_at IS NULL) AS pipelines,
    (SELECT coalesce(jsonb_agg(to_jsonb(a) ORDER BY a.id), '[]') FROM association_types a
        WHERE NOT EXISTS (SELECT FROM object_types t
            WHERE t.id IN (a.from_type, a.to_type) AND t.archived_at IS NOT NULL)) AS edges,
    (SELECT coalesce(jsonb_agg(o.id::text), '[]') FROM owners o WHERE archived_at IS NULL) AS owners,
    (SELECT coalesce(jsonb_agg(to_jsonb(e) ORDER BY e.id), '[]')
        FROM event_types e WHERE archived_at IS NULL) AS events;

-- name: seeded$
SELECT seeded FROM schema_state FOR UPDATE;

-- name: mark_seeded!
UPDATE schema_state SET seeded = :digest, version = nextval('schema_versions');

-- name: seed_types!
INSERT INTO object_types (
    id, name, plural, label, plural_label, primary_property, secondary_properties,
    required_properties, search_properties, shown_properties, aliases, staging, stamps, custom,
    created_at, updated_at)
SELECT
    t.id, t.name, t.plural, t.label, t.plural_label, t.primary, t.secondary, t.required, t.search,
    t.shown, t.aliases, t.staging, t.stamps, false, :now, :now
FROM jsonb_to_recordset(:rows) AS t(
    id text, name text, plural text, label text, plural_label text, "primary" text,
    secondary text[], required text[], search text[], shown text[], aliases text[], staging jsonb,
    stamps jsonb)
ON CONFLICT (id) DO UPDATE SET
    search_properties = excluded.search_properties, shown_properties = excluded.shown_properties,
    aliases = excluded.aliases, staging = excluded.staging, stamps = excluded.stamps;

-- name: seed_groups!
INSERT INTO property_groups (object_type, name, label, display_order)
SELECT g.object_type, g.name, g.label, g.display_order
FROM jsonb_to_recordset(:rows) AS g(object_type text, name text, label text, display_order integer)
ON CONFLICT DO NOTHING;

-- name: seed_properties!
-- What a user has edited since stays as it is.
INSERT INTO properties (
    object_type, name, label, type, field_type, group_name, description, options, has_unique_value,
    read_only, hidden, calculated, form_field, display_order, "column", external_options,
    referenced_object_type, format, hubspot_defined, show_currency, created_at, updated_at)
SELECT
    p.object_type, p.name, p.label, p.type, p.field_type, p."group", p.description, p.options,
    p."unique", p.read_only, p.hidden, p.calculated, p.form_field, p.display_order, p."column",
    p.external_options, p.referenced_object_type, p.format, true, p.show_currency, :now, :now
FROM jsonb_to_recordset(:rows) AS p(
    object_type text, name text, label text, type text, field_type text, "group" text,
    description text, options jsonb, "unique" boolean, read_only boolean, hidden boolean,
    calculated boolean, form_field boolean, display_order integer, "column" text,
    external_options boolean, referenced_object_type text, format text, show_currency boolean)
ON CONFLICT DO NOTHING;

-- name: seed_edges!
INSERT INTO association_types (
    id, category, from_type, to_type, name, label, inverse, single)
SELECT e.id, 'HUBSPOT_DEFINED', e.from_type, e.to_type, e.name, e.label, e.inverse, e.single
FROM jsonb_to_recordset(:rows) AS e(
    id integer, from_type text, to_type text, name text, label text, inverse integer,
    single boolean)
ON CONFLICT DO NOTHING;

-- name: seed_pipelines!
INSERT INTO pipelines (object_type, id, label, display_order, created_at, updated_at)
SELECT p.object_type, p.id, p.label, p.display_order, :now, :now
FROM jsonb_to_recordset(:rows) AS p(object_type text, id text, label text, display_order integer)
ON CONFLICT DO NOTHING;

-- name: seed_stages!
-- Only for pipelines that have none yet: what a user has removed stays away.
INSERT INTO pipeline_stages (
    object_type, pipeline, id, label, display_order, metadata, created_at, updated_at)
SELECT s.object_type, s.pipeline, s.id, s.label, s.display_order, s.metadata, :now, :now
FROM jsonb_to_recordset(:rows) AS s(
    object_type text, pipeline text, id text, label text, display_order integer, metadata jsonb)
WHERE NOT EXISTS (
    SELECT FROM pipeline_stages k WHERE k.object_type = s.object_type AND k.pipeline = s.pipeline);

-- name: seed_event_types!
-- Names and labels of built-in events follow the version of the program.
INSERT INTO event_types (
    id, name, label, description, object_type, properties, custom, created_at, updated_at)
SELECT e.id, e.name, e.label, e.description, e.object_type, e.properties, false, :now, :now
FROM jsonb_to_recordset(:rows) AS e(
    id text, name text, label text, description text, object_type text, properties jsonb)
ON CONFLICT (id) DO UPDATE SET
    name = excluded.name, label = excluded.label, description = excluded.description,
    object_type = excluded.object_type, properties = excluded.properties;

-- name: seed_account!
INSERT INTO account (portal_id, name, created_at) VALUES (:portal_id, '', :now)
ON CONFLICT DO NOTHING;
