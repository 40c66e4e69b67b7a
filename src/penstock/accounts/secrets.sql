-- Named secrets, sealed. Each statement locks at most one row.

-- name: put_secret^
INSERT INTO secrets AS s (name, sealed, created_at, updated_at)
VALUES (:name, :sealed, :now, :now)
ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed, updated_at = excluded.updated_at
RETURNING s.xmax = 0 AS new;

-- name: delete_secret!
DELETE FROM secrets WHERE name = :name;

-- name: all_secrets
SELECT name, created_at, updated_at FROM secrets ORDER BY name;

-- name: sealed
SELECT name, sealed FROM secrets WHERE name = ANY(:names::text[]);
