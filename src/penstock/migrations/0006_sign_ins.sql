-- Links that let somebody in once, and the sessions that they open.

CREATE TABLE sign_in_links (
    digest bytea PRIMARY KEY, -- SHA-256 of the token; the token itself is shown once and never kept
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);

CREATE TABLE sessions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest bytea NOT NULL UNIQUE, -- SHA-256 of what the browser's cookie holds
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
