-- Files of records on their way in: what was asked for, how far it is, and what was refused.

CREATE TABLE imports (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    file_name text NOT NULL,
    object_type text NOT NULL REFERENCES object_types,
    state text NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'running', 'finished', 'cancelled', 'failed')),
    mapping jsonb NOT NULL, -- what becomes of each column, in the file's order
    options jsonb NOT NULL, -- how the file is read and its rows are written
    request jsonb, -- as the client sent it
    started_by text NOT NULL, -- "key:3", "cli:root"
    bytes_total bigint NOT NULL,
    -- Where the next row begins. It moves in the transaction that writes the rows before it, so that
    -- after a crash none is lost and none comes twice.
    bytes_done bigint NOT NULL,
    next_line bigint NOT NULL, -- the physical line at that place, from 1
    wary_until bigint, -- up to this byte a quotation mark that was never closed may mislead
    rows_read bigint NOT NULL DEFAULT 0,
    created bigint NOT NULL DEFAULT 0,
    updated bigint NOT NULL DEFAULT 0,
    unchanged bigint NOT NULL DEFAULT 0,
    rejected bigint NOT NULL DEFAULT 0,
    warnings bigint NOT NULL DEFAULT 0,
    failure jsonb, -- why it failed, a text
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    CHECK (rows_read = created + updated + unchanged + rejected),
    CHECK ((state IN ('waiting', 'running')) = (finished_at IS NULL))
);
CREATE INDEX imports_to_run ON imports (id) WHERE state IN ('waiting', 'running');

-- The file, so that every process with this database can go on with it; gone when it is through.
CREATE TABLE import_chunks (
    import_id bigint NOT NULL REFERENCES imports ON DELETE CASCADE,
    part integer NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (import_id, part)
);
ALTER TABLE import_chunks ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- One thing that was wrong with one row.
CREATE TABLE import_problems (
    import_id bigint NOT NULL REFERENCES imports ON DELETE CASCADE,
    id bigint GENERATED ALWAYS AS IDENTITY,
    line bigint NOT NULL, -- where the row begins
    rejected boolean NOT NULL, -- false: a warning, the row was imported all the same
    column_number integer, -- from 1
    column_name text,
    property text,
    value text, -- shortened
    code text NOT NULL,
    reason jsonb NOT NULL, -- a text: pattern and arguments
    PRIMARY KEY (import_id, id)
);
