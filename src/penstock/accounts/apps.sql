-- Apps, what they were allowed, and their tokens. Each statement locks at most one grant.

-- name: create_app^
INSERT INTO apps (name, client_id, digest, scopes, redirect_uri, created_at)
VALUES (:name, :client_id, :digest, :scopes, :redirect_uri, :now)
RETURNING *;

-- name: all_apps
SELECT a.* FROM apps a ORDER BY a.id;

-- name: read_app^
SELECT a.* FROM apps a WHERE a.id = :id;

-- name: known_app^
SELECT a.* FROM apps a
WHERE a.client_id = :client_id AND a.digest = :digest AND a.revoked_at IS NULL;

-- name: revoke_app^
-- With all that it was allowed.
WITH grants AS (
    UPDATE app_grants SET revoked_at = :now WHERE app_id = :id AND revoked_at IS NULL
)
UPDATE apps SET revoked_at = coalesce(revoked_at, :now) WHERE id = :id
RETURNING *;

-- name: allow!
INSERT INTO app_grants (app_id, scopes, granted_by, code, code_expires_at, created_at)
VALUES (:app, :scopes, :by, :code, :expires_at, :now);

-- name: use_code^
UPDATE app_grants SET code_used_at = :now, refresh_token = :refresh_token
WHERE app_id = :app AND code = :code AND code_used_at IS NULL AND code_expires_at > :now
    AND revoked_at IS NULL
RETURNING id, app_id, scopes, granted_by;

-- name: by_refresh_token^
SELECT g.id, g.app_id, g.scopes, g.granted_by, a.client_id
FROM app_grants g JOIN apps a ON a.id = g.app_id AND a.revoked_at IS NULL
WHERE g.refresh_token = :token AND g.revoked_at IS NULL;

-- name: by_access_token^
SELECT g.id, g.app_id, g.scopes, g.granted_by, a.client_id, t.expires_at
FROM app_tokens t
JOIN app_grants g ON g.id = t.grant_id AND g.revoked_at IS NULL
JOIN apps a ON a.id = g.app_id AND a.revoked_at IS NULL
WHERE t.digest = :token AND t.expires_at > :now;

-- name: add_token!
-- Tokens that expired are remembered for a while, to be told apart from wrong ones.
WITH old AS (
    DELETE FROM app_tokens
    WHERE grant_id = :grant AND expires_at < :now::timestamptz - interval '1 day'
)
INSERT INTO app_tokens (digest, grant_id, created_at, expires_at)
VALUES (:digest, :grant, :now, :expires_at);

-- name: revoke_grant!
UPDATE app_grants SET revoked_at = :now WHERE id = :id AND revoked_at IS NULL;

-- name: drop_token!
DELETE FROM app_tokens WHERE digest = :digest;
