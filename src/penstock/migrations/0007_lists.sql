-- Saved filters and their members, and further facts that filters ask about.

-- Of those to whom these association types lead from a record, one hop after the other.
ALTER TABLE criterion_depends ADD COLUMN across integer[] NOT NULL DEFAULT '{}';
ALTER TABLE criterion_depends DROP CONSTRAINT criterion_depends_pkey;
ALTER TABLE criterion_depends ADD PRIMARY KEY (criterion_id, kind, key, across);
CREATE INDEX criterion_depends_by_key ON criterion_depends (kind, key);

CREATE TABLE list_folders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parent_id bigint REFERENCES list_folders,
    name text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE NULLS NOT DISTINCT (parent_id, name)
);

-- Members of a dynamic list are the matches of its criterion, and those of others rows of their own.
CREATE TABLE lists (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version integer NOT NULL DEFAULT 1,
    name text NOT NULL,
    object_type text NOT NULL REFERENCES object_types ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('MANUAL', 'DYNAMIC', 'SNAPSHOT')),
    document jsonb, -- its filter; none for a list that is filled by hand
    -- What the members of a dynamic list match: null until that stands in every bucket.
    criterion_id bigint REFERENCES criteria,
    -- What they are to match as soon as that stands in every bucket: the engine then puts it above.
    pending_criterion_id bigint REFERENCES criteria,
    folder_id bigint REFERENCES list_folders,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    document_at timestamptz, -- when the filter was changed last
    created_by text NOT NULL,
    updated_by text NOT NULL,
    deleted_at timestamptz,
    CHECK ((kind = 'MANUAL') = (document IS NULL)),
    CHECK (kind = 'DYNAMIC' OR coalesce(criterion_id, pending_criterion_id) IS NULL)
);
CREATE UNIQUE INDEX lists_by_name ON lists (object_type, lower(name)) WHERE deleted_at IS NULL;
CREATE INDEX lists_by_criterion ON lists (criterion_id) WHERE criterion_id IS NOT NULL;

CREATE TABLE list_members (
    bucket smallint NOT NULL CHECK (bucket = (record_id & 63)),
    list_id bigint NOT NULL,
    record_id bigint NOT NULL,
    joined_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, list_id, record_id)
);
CREATE INDEX list_members_by_record ON list_members (bucket, record_id);
CREATE INDEX list_members_by_list ON list_members (list_id, joined_at, record_id);

-- The records that a file brought, whether it changed them or not.
CREATE TABLE import_members (
    bucket smallint NOT NULL CHECK (bucket = (record_id & 63)),
    import_id bigint NOT NULL,
    record_id bigint NOT NULL,
    PRIMARY KEY (bucket, import_id, record_id)
);
CREATE INDEX import_members_by_record ON import_members (bucket, record_id);

-- What people said about being written to; a type of 0 stands for all of a channel.
CREATE TABLE subscriptions (
    bucket smallint NOT NULL CHECK (bucket = (record_id & 63)),
    record_id bigint NOT NULL,
    channel text NOT NULL CHECK (channel IN ('EMAIL', 'SMS', 'WHATSAPP')),
    subscription_type bigint NOT NULL,
    status text NOT NULL CHECK (status IN ('SUBSCRIBED', 'UNSUBSCRIBED')),
    at timestamptz NOT NULL,
    source text NOT NULL,
    legal_basis text,
    legal_basis_explanation text,
    PRIMARY KEY (bucket, record_id, channel, subscription_type)
);
