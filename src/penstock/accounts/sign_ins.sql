-- Links and sessions. Each statement that others wait for locks at most one row.

-- name: add_link!
INSERT INTO sign_in_links (digest, created_at, expires_at) VALUES (:digest, :now, :expires_at);

-- name: use_link!
UPDATE sign_in_links SET used_at = :now
WHERE digest = :digest AND used_at IS NULL AND expires_at > :now;

-- name: forget_links!
DELETE FROM sign_in_links WHERE expires_at <= :now;

-- name: add_session^
INSERT INTO sessions (digest, created_at, expires_at) VALUES (:digest, :now, :expires_at)
RETURNING id, expires_at;

-- name: end_session!
DELETE FROM sessions WHERE digest = :digest;

-- name: forget_sessions!
DELETE FROM sessions WHERE expires_at <= :now;
