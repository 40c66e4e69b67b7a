-- Lists. Lock order: whoever changes what lists ask about takes the lock of `alone` first, then the
-- list's row, then workflows_state; members are written under a share of the list's row, after which
-- come records by (bucket, id).

-- name: alone!
-- One at a time, so that two lists that come to ask about each other see it.
SELECT pg_advisory_xact_lock(hashtext('lists'));

-- name: create^
-- No row when the name is taken.
INSERT INTO lists (name, object_type, kind, document, pending_criterion_id, folder_id, created_at,
    updated_at, document_at, created_by, updated_by)
VALUES (:name, :object_type, :kind, :document, :criterion, :folder, :now, :now,
    CASE WHEN :document::jsonb IS NOT NULL THEN :now::timestamptz END, :actor, :actor)
ON CONFLICT (object_type, lower(name)) WHERE deleted_at IS NULL DO NOTHING
RETURNING *;

-- name: lock^
SELECT * FROM lists WHERE id = :id AND (deleted_at IS NOT NULL) = :deleted FOR UPDATE;

-- name: share^
SELECT * FROM lists WHERE id = :id AND deleted_at IS NULL FOR SHARE;

-- name: read
SELECT l.* FROM unnest(:ids::bigint[]) WITH ORDINALITY AS i(id, place)
JOIN lists l ON l.id = i.id AND l.deleted_at IS NULL
ORDER BY i.place;

-- name: by_name^
SELECT * FROM lists
WHERE object_type = :object_type AND lower(name) = lower(:name) AND deleted_at IS NULL;

-- name: rename^
UPDATE lists SET name = :name, updated_at = :now, updated_by = :actor WHERE id = :id RETURNING *;

-- name: change_filter^
-- Its members stay as they are until the new criterion stands; one that is theirs already does.
UPDATE lists
SET document = :document, version = version + 1,
    pending_criterion_id = nullif(:criterion::bigint, criterion_id), updated_at = :now,
    document_at = :now, updated_by = :actor
WHERE id = :id RETURNING *;

-- name: delete!
UPDATE lists SET deleted_at = :now, updated_by = :actor WHERE id = :id;

-- name: restore^
-- Nobody kept the members of a dynamic list up to date meanwhile: they are found anew.
UPDATE lists
SET deleted_at = NULL, criterion_id = NULL, pending_criterion_id = :criterion, updated_at = :now,
    updated_by = :actor
WHERE id = :id RETURNING *;

-- name: edges
-- Which dynamic lists ask about which lists.
SELECT DISTINCT l.id, d.key::bigint AS asked
FROM lists l
JOIN criterion_depends d ON d.criterion_id IN (l.criterion_id, l.pending_criterion_id)
WHERE l.deleted_at IS NULL AND d.kind = 'list';

-- name: found
WITH found AS (
    SELECT l.*, CASE :sort
        WHEN 'name' THEN lower(l.name)
        WHEN 'created_at' THEN to_char(l.created_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS')
        WHEN 'updated_at' THEN to_char(l.updated_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS')
        ELSE to_char(l.id, 'FM0000000000000000000') END COLLATE "C" AS key
    FROM lists l
    WHERE l.deleted_at IS NULL AND strpos(lower(l.name), lower(:words)) > 0
        AND (:ids::bigint[] IS NULL OR l.id = ANY(:ids))
        AND (:kinds::text[] IS NULL OR l.kind = ANY(:kinds))
)
SELECT * FROM found
ORDER BY CASE WHEN NOT :descending THEN key END, CASE WHEN :descending THEN key END DESC, id
LIMIT :limit OFFSET :offset;

-- name: count_found$
SELECT count(*) FROM lists l
WHERE l.deleted_at IS NULL AND strpos(lower(l.name), lower(:words)) > 0
    AND (:ids::bigint[] IS NULL OR l.id = ANY(:ids))
    AND (:kinds::text[] IS NULL OR l.kind = ANY(:kinds));

-- name: uses
-- Who asks about a list: other lists, and workflows with their latest or live definition.
WITH asked AS (SELECT jsonb_build_object('text', :id::bigint::text, 'number', :id::bigint) AS id)
SELECT 'list' AS kind, l.id, l.name, true AS active
FROM lists l
WHERE l.deleted_at IS NULL AND EXISTS (
    SELECT FROM criterion_depends d
    WHERE d.criterion_id IN (l.criterion_id, l.pending_criterion_id) AND d.kind = 'list'
        AND d.key = :id::bigint::text)
UNION ALL
SELECT 'workflow', w.id, coalesce(w.name, w.id::text), w.state <> 'off'
FROM workflows w CROSS JOIN asked a
WHERE w.deleted_at IS NULL AND EXISTS (
    SELECT FROM workflow_revisions r
    WHERE r.workflow_id = w.id AND r.revision IN (w.revision, w.live_revision)
        AND (jsonb_path_exists(r.document, '$.suppressionListIds[*] ? (@ == $text || @ == $number)', a.id)
            OR jsonb_path_exists(r.document, '$.** ? ((@.listId == $text || @.listId == $number)
                && !(exists(@.metadata.inListType)))', a.id)))
ORDER BY kind, id;
