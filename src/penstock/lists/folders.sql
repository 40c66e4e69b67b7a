-- Folders of lists. Lock order: the lock of `alone` first, so that no folder comes to lie in itself.

-- name: alone!
SELECT pg_advisory_xact_lock(hashtext('list_folders'));

-- name: all
SELECT * FROM list_folders ORDER BY lower(name), id;

-- name: contents
-- The lists that lie in folders.
SELECT l.folder_id, array_agg(l.id ORDER BY l.id) AS lists
FROM lists l WHERE l.folder_id IS NOT NULL AND l.deleted_at IS NULL GROUP BY l.folder_id;

-- name: at_the_root$
SELECT coalesce(array_agg(l.id ORDER BY l.id), '{}') FROM lists l
WHERE l.folder_id IS NULL AND l.deleted_at IS NULL;

-- name: hold^
SELECT id FROM list_folders WHERE id = :id FOR KEY SHARE;

-- name: create^
-- No row when the name is taken.
INSERT INTO list_folders (parent_id, name, created_at, updated_at)
VALUES (:parent, :name, :now, :now)
ON CONFLICT DO NOTHING
RETURNING *;

-- name: change^
-- No row when the name is taken there.
UPDATE list_folders f SET name = :name, parent_id = :parent, updated_at = :now
WHERE f.id = :id AND NOT EXISTS (
    SELECT FROM list_folders o
    WHERE o.id <> f.id AND o.parent_id IS NOT DISTINCT FROM :parent::bigint AND o.name = :name)
RETURNING *;

-- name: release!
-- Deleted lists do not keep a folder from being deleted: they come back without it.
UPDATE lists SET folder_id = NULL WHERE folder_id = :id AND deleted_at IS NOT NULL;

-- name: delete!
DELETE FROM list_folders WHERE id = :id;

-- name: move_list!
UPDATE lists SET folder_id = :folder, updated_at = :now, updated_by = :actor
WHERE id = :id AND deleted_at IS NULL;
