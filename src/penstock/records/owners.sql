-- Owners and teams; `lock` of schema.sql comes before every write, since owners are part of the schema.

-- name: insert
INSERT INTO owners (id, user_id, email, first_name, last_name, created_at, updated_at)
SELECT i.id, i.user_id, i.email, i.first_name, i.last_name, :now, :now
FROM unnest(
    :ids::bigint[], :user_ids::bigint[], :emails::text[], :first_names::text[],
    :last_names::text[]) AS i(id, user_id, email, first_name, last_name);

-- name: taken
SELECT o.email FROM owners o WHERE o.email = ANY(:emails) AND o.archived_at IS NULL;

-- name: change!
UPDATE owners SET email = :email, first_name = :first_name, last_name = :last_name, updated_at = :now
WHERE id = :id;

-- name: archive!
UPDATE owners SET archived_at = :now, updated_at = :now
WHERE id = ANY(:ids) AND archived_at IS NULL;

-- name: restore!
UPDATE owners SET archived_at = NULL, updated_at = :now WHERE id = :id;

-- name: page
-- Up to `limit` owners with ids above `after`, each with its teams.
SELECT o.id, o.user_id, o.email, o.first_name, o.last_name, o.created_at, o.updated_at, o.archived_at,
    (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'id', t.id, 'name', t.name, 'primary', m.is_primary) ORDER BY t.id), '[]')
        FROM team_members m JOIN teams t ON t.id = m.team_id WHERE m.owner_id = o.id) AS teams
FROM owners o
WHERE o.id > :after AND (o.archived_at IS NOT NULL) = :archived
    AND (:email::text IS NULL OR o.email = :email)
    AND (:ids::bigint[] IS NULL OR o.id = ANY(:ids))
    AND (:user_ids::bigint[] IS NULL OR o.user_id = ANY(:user_ids))
ORDER BY o.id
LIMIT :limit;

-- name: insert_team!
INSERT INTO teams (id, name, created_at) VALUES (:id, :name, :now);

-- name: rename_team!
UPDATE teams SET name = :name WHERE id = :id;

-- name: delete_team!
DELETE FROM teams WHERE id = :id;

-- name: teams
SELECT t.id, t.name, t.created_at,
    coalesce(array_agg(o.id ORDER BY o.id) FILTER (WHERE m.is_primary), '{}') AS members,
    coalesce(array_agg(o.id ORDER BY o.id) FILTER (WHERE NOT m.is_primary), '{}')
        AS secondary_members
FROM teams t
LEFT JOIN (team_members m JOIN owners o ON o.id = m.owner_id AND o.archived_at IS NULL)
    ON m.team_id = t.id
WHERE :ids::bigint[] IS NULL OR t.id = ANY(:ids)
GROUP BY t.id
ORDER BY t.id;

-- name: leave_others!
-- An owner has one primary team: whoever joins this one so leaves another.
DELETE FROM team_members m
WHERE m.team_id = :team OR (m.is_primary AND m.owner_id = ANY(:members));

-- name: join_team!
INSERT INTO team_members (team_id, owner_id, is_primary)
SELECT :team, i.owner_id, i.is_primary
FROM unnest(:owner_ids::bigint[], :primaries::boolean[]) AS i(owner_id, is_primary);
