-- Mails and their revisions. Rows of emails are locked in the order of their ids.

-- name: create!
WITH input AS (
    SELECT * FROM unnest(:ids::bigint[], :names::text[], :contents::jsonb[]) AS i(id, name, content)
), made AS (
    INSERT INTO emails (id, name, state, revision, created_at, updated_at)
    SELECT id, name, 'DRAFT', 1, :now, :now FROM input
)
INSERT INTO email_revisions (email_id, revision, content, created_at)
SELECT id, 1, content, :now FROM input;

-- name: read
SELECT e.*, r.content
FROM emails e JOIN email_revisions r ON r.email_id = e.id AND r.revision = e.revision
WHERE e.id = ANY(:ids::bigint[]) AND (e.archived_at IS NOT NULL) = :archived;

-- name: lock!
-- Before they are read: what a mail says is found by its revision, which the lock waits for.
SELECT FROM emails WHERE id = ANY(:ids::bigint[]) ORDER BY id FOR UPDATE;

-- name: write!
-- What the mails are from now on; a revision that is new gets its row.
WITH input AS (
    SELECT *
    FROM unnest(:ids::bigint[], :names::text[], :states::text[], :revisions::integer[],
        :contents::jsonb[]) AS i(id, name, state, revision, content)
), revised AS (
    INSERT INTO email_revisions (email_id, revision, content, created_at)
    SELECT id, revision, content, :now FROM input
    ON CONFLICT DO NOTHING
)
UPDATE emails e SET name = i.name, state = i.state, revision = i.revision, updated_at = :now
FROM input i WHERE e.id = i.id;

-- name: archive!
UPDATE emails SET archived_at = :now, updated_at = :now WHERE id = ANY(:ids::bigint[]);

-- name: contents
-- What certain revisions say.
SELECT r.email_id, r.revision, r.content
FROM unnest(:ids::bigint[], :revisions::integer[]) AS i(id, revision)
JOIN email_revisions r ON r.email_id = i.id AND r.revision = i.revision;

-- name: live_ids
SELECT id FROM emails WHERE state = 'PUBLISHED' AND archived_at IS NULL;

-- name: page
SELECT e.*, r.content
FROM emails e JOIN email_revisions r ON r.email_id = e.id AND r.revision = e.revision
WHERE e.id > :after AND (e.archived_at IS NOT NULL) = :archived
    AND (:state::text IS NULL OR e.state = :state)
    AND (:words::text IS NULL OR strpos(lower(e.name), lower(:words)) > 0
        OR strpos(lower(r.content ->> 'subject'), lower(:words)) > 0)
ORDER BY e.id
LIMIT :limit;

-- name: count
SELECT count(*)
FROM emails e JOIN email_revisions r ON r.email_id = e.id AND r.revision = e.revision
WHERE (e.archived_at IS NOT NULL) = :archived
    AND (:state::text IS NULL OR e.state = :state)
    AND (:words::text IS NULL OR strpos(lower(e.name), lower(:words)) > 0
        OR strpos(lower(r.content ->> 'subject'), lower(:words)) > 0);
