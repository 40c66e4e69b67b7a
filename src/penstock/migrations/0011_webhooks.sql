-- Named secrets; how far the rates of connections are handed out; effects that are tried for days.

CREATE TABLE secrets (
    name text PRIMARY KEY,
    sealed bytea NOT NULL, -- a nonce of 12 bytes and AES-256-GCM, bound to the name
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE rates (
    connection text PRIMARY KEY, -- "http/example.com", "mail/smtp.example.com"
    free_at timestamptz NOT NULL, -- the first place in its queue that nobody has
    second timestamptz NOT NULL, -- the second in which something was let out last
    used integer NOT NULL -- and how much, in that second
) WITH (fillfactor = 50);

ALTER TABLE effects
    ADD COLUMN first_at timestamptz, -- when the first attempt began
    ADD COLUMN place_at timestamptz; -- its place in the queue of its connection, if it had to wait
