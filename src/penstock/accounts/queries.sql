-- The account, keys and the audit trail. Each statement locks at most one row.

-- name: account^
SELECT a.portal_id, a.name, a.time_zone, a.currency, a.created_at FROM account a;

-- name: create_key^
INSERT INTO api_keys (name, digest, scopes, created_at)
VALUES (:name, :digest, :scopes, :now)
RETURNING id, name, scopes, created_at, revoked_at;

-- name: find_key^
SELECT k.id, k.name, k.scopes, k.created_at, k.revoked_at FROM api_keys k
WHERE k.digest = :digest AND k.revoked_at IS NULL;

-- name: revoke_key^
UPDATE api_keys SET revoked_at = coalesce(revoked_at, :now) WHERE id = :id
RETURNING id, name, scopes, created_at, revoked_at;

-- name: all_keys
SELECT k.id, k.name, k.scopes, k.created_at, k.revoked_at FROM api_keys k ORDER BY k.id;

-- name: add_audit!
INSERT INTO audit (at, actor, operation, target, details)
VALUES (:now, :actor, :operation, :target, :details);

-- name: audit_trail
SELECT a.id, a.at, a.actor, a.operation, a.target, a.details FROM audit a
WHERE (:target::text IS NULL OR a.target = :target)
    AND (:before::bigint IS NULL OR a.id < :before)
ORDER BY a.id DESC
LIMIT :limit;
