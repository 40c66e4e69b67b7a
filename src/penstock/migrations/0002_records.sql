-- What we know: the schema of records, the records, and what happens to them.

CREATE SEQUENCE ids;

-- Of schema_state; a sequence, so that a version that was rolled back never comes again.
CREATE SEQUENCE schema_versions START 2;

-- Bumped by every change of the schema below, in the same transaction: processes compare it.
CREATE TABLE schema_state (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    version bigint NOT NULL,
    seeded text -- digest of the built-in types that were brought in
);
INSERT INTO schema_state (version) VALUES (1);

CREATE TABLE object_types (
    id text PRIMARY KEY,
    name text NOT NULL UNIQUE,
    plural text NOT NULL,
    label text NOT NULL,
    plural_label text NOT NULL,
    description text NOT NULL DEFAULT '',
    primary_property text NOT NULL,
    secondary_properties text[] NOT NULL DEFAULT '{}',
    required_properties text[] NOT NULL DEFAULT '{}',
    search_properties text[] NOT NULL DEFAULT '{}',
    shown_properties text[] NOT NULL DEFAULT '{}',
    aliases text[] NOT NULL DEFAULT '{}',
    staging jsonb,
    stamps jsonb NOT NULL DEFAULT '{}',
    custom boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    archived_at timestamptz
);
CREATE SEQUENCE custom_object_types;

CREATE TABLE property_groups (
    object_type text NOT NULL REFERENCES object_types,
    name text NOT NULL,
    label text NOT NULL,
    display_order integer NOT NULL DEFAULT -1,
    archived_at timestamptz,
    PRIMARY KEY (object_type, name)
);

CREATE TABLE properties (
    object_type text NOT NULL REFERENCES object_types,
    name text NOT NULL,
    label text NOT NULL,
    type text NOT NULL,
    field_type text NOT NULL,
    group_name text NOT NULL,
    description text NOT NULL DEFAULT '',
    options jsonb NOT NULL DEFAULT '[]',
    has_unique_value boolean NOT NULL DEFAULT false,
    read_only boolean NOT NULL DEFAULT false,
    hidden boolean NOT NULL DEFAULT false,
    calculated boolean NOT NULL DEFAULT false,
    form_field boolean NOT NULL DEFAULT false,
    display_order integer NOT NULL DEFAULT -1,
    "column" text,
    external_options boolean NOT NULL DEFAULT false,
    referenced_object_type text,
    format text,
    hubspot_defined boolean NOT NULL DEFAULT false,
    show_currency boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    archived_at timestamptz,
    PRIMARY KEY (object_type, name)
);

CREATE TABLE association_types (
    id integer PRIMARY KEY,
    category text NOT NULL,
    from_type text NOT NULL REFERENCES object_types,
    to_type text NOT NULL REFERENCES object_types,
    name text NOT NULL,
    label text,
    inverse integer NOT NULL, -- itself for a symmetric type
    single boolean NOT NULL DEFAULT false, -- a second edge replaces the first
    most integer CHECK (most > 0) -- edges of this type that a record may have; one more is refused
);
-- Far above HubSpot's own ids, so that an id alone tells the category.
CREATE SEQUENCE custom_association_types START 100001;

CREATE TABLE pipelines (
    object_type text NOT NULL REFERENCES object_types,
    id text NOT NULL,
    label text NOT NULL,
    display_order integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    archived_at timestamptz,
    PRIMARY KEY (object_type, id)
);

CREATE TABLE pipeline_stages (
    object_type text NOT NULL,
    pipeline text NOT NULL,
    id text NOT NULL,
    label text NOT NULL,
    display_order integer NOT NULL,
    metadata jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    archived_at timestamptz,
    PRIMARY KEY (object_type, pipeline, id),
    FOREIGN KEY (object_type, pipeline) REFERENCES pipelines ON DELETE CASCADE
);

CREATE TABLE owners (
    id bigint PRIMARY KEY,
    user_id bigint NOT NULL UNIQUE,
    email text NOT NULL,
    first_name text NOT NULL DEFAULT '',
    last_name text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    archived_at timestamptz
);
CREATE UNIQUE INDEX owners_by_email ON owners (email) WHERE archived_at IS NULL;

CREATE TABLE teams (
    id bigint PRIMARY KEY,
    name text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL
);

CREATE TABLE team_members (
    team_id bigint NOT NULL REFERENCES teams ON DELETE CASCADE,
    owner_id bigint NOT NULL REFERENCES owners ON DELETE CASCADE,
    is_primary boolean NOT NULL DEFAULT true,
    PRIMARY KEY (team_id, owner_id)
);

-- A value is canonical typed JSON, validated on write, so that no cast in a filter can fail.
-- Kept in the row: reaching into TOAST makes an audience count twelve times slower.
CREATE TABLE records (
    bucket smallint NOT NULL CHECK (bucket = (id & 63)),
    id bigint NOT NULL,
    type text NOT NULL,
    properties jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    archived_at timestamptz,
    merged_into bigint,
    PRIMARY KEY (bucket, id)
) WITH (toast_tuple_target = 8160, fillfactor = 90);
ALTER TABLE records ALTER COLUMN properties SET STORAGE MAIN;
CREATE INDEX records_by_type ON records (type, id);
CREATE INDEX records_by_survivor ON records (merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE unique_values (
    type text NOT NULL,
    property text NOT NULL,
    value text NOT NULL,
    record_id bigint NOT NULL,
    PRIMARY KEY (type, property, value)
);

-- One direction of an edge; the other direction is a row of the other record's bucket.
CREATE TABLE associations (
    bucket smallint NOT NULL CHECK (bucket = (from_id & 63)),
    from_id bigint NOT NULL,
    type_id integer NOT NULL,
    to_id bigint NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, from_id, type_id, to_id)
);

-- One write and all values it changed, kept for ever.
CREATE TABLE property_history (
    bucket smallint NOT NULL,
    record_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL,
    changed jsonb NOT NULL,
    source text NOT NULL, -- kind/id: "API/key:3", "IMPORT/12", "AUTOMATION_PLATFORM/77"
    PRIMARY KEY (bucket, record_id, id)
);

CREATE TABLE event_types (
    id text PRIMARY KEY, -- "4-655002", "6-1000001"
    name text NOT NULL UNIQUE, -- "pe{portal}_clicked_demo"
    label text NOT NULL,
    description text NOT NULL DEFAULT '',
    object_type text, -- null: it can happen to records of every type
    properties jsonb NOT NULL DEFAULT '[]',
    custom boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    archived_at timestamptz
);
CREATE SEQUENCE custom_event_types START 1000001;

CREATE TABLE events (
    bucket smallint NOT NULL,
    record_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    type text NOT NULL,
    at timestamptz NOT NULL,
    properties jsonb NOT NULL,
    uuid uuid, -- the sender's own key: the same event sent twice is kept once
    PRIMARY KEY (bucket, record_id, id)
);
CREATE INDEX events_by_type ON events (bucket, record_id, type, at);
CREATE UNIQUE INDEX events_by_uuid ON events (bucket, record_id, uuid) WHERE uuid IS NOT NULL;

-- Who a browser belongs to, by the token that its cookie holds.
CREATE TABLE visitors (
    utk text PRIMARY KEY,
    record_id bigint NOT NULL
);
CREATE INDEX visitors_by_record ON visitors (record_id);

-- What happened, for the engine; a row is deleted when it has been handled.
CREATE TABLE changes (
    bucket smallint NOT NULL,
    lane smallint NOT NULL, -- 0 fresh, 1 backfill
    id bigint GENERATED ALWAYS AS IDENTITY,
    record_id bigint NOT NULL,
    object_type text NOT NULL,
    kind text NOT NULL,
    details jsonb NOT NULL DEFAULT '{}',
    source text NOT NULL,
    depth smallint NOT NULL DEFAULT 0,
    at timestamptz NOT NULL,
    PRIMARY KEY (bucket, lane, id)
) WITH (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000,
    autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0,
    autovacuum_analyze_threshold = 100000
);
