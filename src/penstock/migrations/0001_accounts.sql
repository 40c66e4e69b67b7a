-- Who may, and what they did.

CREATE TABLE account (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    portal_id bigint NOT NULL,
    name text NOT NULL DEFAULT '',
    time_zone text NOT NULL DEFAULT 'UTC',
    currency text NOT NULL DEFAULT 'USD',
    created_at timestamptz NOT NULL
);

CREATE TABLE api_keys (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    digest bytea NOT NULL UNIQUE, -- SHA-256 of the key; the key itself is shown once and never kept
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz
);

CREATE TABLE audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    actor text NOT NULL, -- "key:3", "cli:root", "workflow:77"
    operation text NOT NULL,
    target text NOT NULL,
    details jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_by_target ON audit (target, id);
