-- What was drawn: mails, workflows and the criteria that they ask about.

CREATE TABLE emails (
    id bigint PRIMARY KEY,
    name text NOT NULL,
    state text NOT NULL CHECK (state IN ('DRAFT', 'PUBLISHED')),
    revision integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    archived_at timestamptz
);

-- What a mail said at one time; never changed, since queued mails point at it.
CREATE TABLE email_revisions (
    email_id bigint NOT NULL REFERENCES emails ON DELETE CASCADE,
    revision integer NOT NULL,
    content jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (email_id, revision)
);

-- Bumped by every change of a workflow, in the same transaction: engines compare it.
CREATE TABLE workflows_state (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    version bigint NOT NULL
);
INSERT INTO workflows_state (version) VALUES (1);

CREATE TABLE workflows (
    id bigint PRIMARY KEY,
    legacy_id integer GENERATED ALWAYS AS IDENTITY (START 1001), -- of the API before v4
    uuid uuid NOT NULL,
    name text NOT NULL,
    object_type text NOT NULL REFERENCES object_types,
    state text NOT NULL CHECK (state IN ('off', 'starting', 'on')),
    enrolls_existing boolean NOT NULL DEFAULT false, -- still to be done, once it is on
    revision integer NOT NULL, -- the latest saved
    live_revision integer, -- the one that the engine follows; behind while new criteria come to stand
    last_step_id integer NOT NULL DEFAULT 0, -- of all revisions: step ids are never used again
    on_since timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_by text NOT NULL,
    deleted_at timestamptz
);

CREATE TABLE workflow_revisions (
    workflow_id bigint NOT NULL REFERENCES workflows ON DELETE CASCADE,
    revision integer NOT NULL,
    document jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    PRIMARY KEY (workflow_id, revision)
);

-- A canonical filter document, shared by all who ask the same.
CREATE TABLE criteria (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    object_type text NOT NULL,
    digest text NOT NULL,
    document jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (object_type, digest)
);

CREATE TABLE criterion_depends (
    criterion_id bigint NOT NULL REFERENCES criteria ON DELETE CASCADE,
    kind text NOT NULL,
    key text NOT NULL,
    PRIMARY KEY (criterion_id, kind, key)
);

-- Who asks: the criteria of a workflow's revision, by what they are for.
CREATE TABLE workflow_criteria (
    workflow_id bigint NOT NULL REFERENCES workflows ON DELETE CASCADE,
    revision integer NOT NULL,
    role text NOT NULL,
    criterion_id bigint NOT NULL REFERENCES criteria,
    PRIMARY KEY (workflow_id, revision, role)
);
