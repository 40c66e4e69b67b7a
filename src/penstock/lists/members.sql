-- Members of lists: rows of their own, or the matches of a dynamic list's criterion. Archived records
-- are none until they are restored. Every row that comes or goes leaves its change in the statement
-- that moves it.

-- name: fill!
-- The members of a new list; nobody asks about it yet, so there is nobody to tell.
INSERT INTO list_members (bucket, list_id, record_id, joined_at)
SELECT (m.record_id & 63)::smallint, :list, m.record_id, :now FROM (MATCHING) m;

-- name: add
-- Of the given records, those that exist, and those that came to be members.
WITH given AS (
    SELECT DISTINCT coalesce(:bucket::smallint, (i.id & 63)::smallint) AS bucket, i.id
    FROM unnest(:ids::bigint[]) AS i(id)
), held AS (
    -- By their keys alone: a planner without statistics would look for them among all of the type.
    SELECT r.bucket, r.id, r.type, r.archived_at
    FROM given g JOIN records r ON r.bucket = g.bucket AND r.id = g.id
    ORDER BY r.bucket, r.id
    FOR KEY SHARE OF r
), present AS (
    SELECT bucket, id FROM held WHERE type = :type AND archived_at IS NULL
), added AS (
    INSERT INTO list_members (bucket, list_id, record_id, joined_at)
    SELECT bucket, :list, id, :now FROM present ORDER BY bucket, id
    ON CONFLICT DO NOTHING
    RETURNING bucket, record_id
), announced AS (
    INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
    SELECT bucket, :lane, record_id, :type, 'listed', jsonb_build_object('list', :list::bigint),
        :source, :depth, :now
    FROM added
)
SELECT ARRAY(SELECT id FROM present) AS present, ARRAY(SELECT record_id FROM added) AS moved;

-- name: remove
-- Of the given records, those that exist, and those that were members.
WITH given AS (
    SELECT DISTINCT coalesce(:bucket::smallint, (i.id & 63)::smallint) AS bucket, i.id
    FROM unnest(:ids::bigint[]) AS i(id)
), held AS MATERIALIZED (
    SELECT r.id, r.type, r.archived_at
    FROM given g JOIN records r ON r.bucket = g.bucket AND r.id = g.id
), present AS (
    SELECT id FROM held WHERE type = :type AND archived_at IS NULL
), removed AS (
    DELETE FROM list_members m USING given g
    WHERE m.bucket = g.bucket AND m.list_id = :list AND m.record_id = g.id
    RETURNING m.bucket, m.record_id
), announced AS (
    INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
    SELECT bucket, :lane, record_id, :type, 'unlisted', jsonb_build_object('list', :list::bigint),
        :source, :depth, :now
    FROM removed
)
SELECT ARRAY(SELECT id FROM present) AS present, ARRAY(SELECT record_id FROM removed) AS moved;

-- name: add_from!
-- All members of another list.
WITH source AS (
    SELECT m.record_id FROM list_members m WHERE m.list_id = :origin
    UNION ALL
    SELECT m.record_id FROM matches m WHERE m.criterion_id = :criterion AND m.matching
), held AS (
    SELECT r.bucket, r.id, r.archived_at
    FROM source s JOIN records r ON r.bucket = (s.record_id & 63)::smallint AND r.id = s.record_id
    ORDER BY r.bucket, r.id
    FOR KEY SHARE OF r
), added AS (
    INSERT INTO list_members (bucket, list_id, record_id, joined_at)
    SELECT bucket, :list, id, :now FROM held WHERE archived_at IS NULL ORDER BY bucket, id
    ON CONFLICT DO NOTHING
    RETURNING bucket, record_id
)
INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
SELECT bucket, :lane, record_id, :type, 'listed', jsonb_build_object('list', :list::bigint), :source,
    :depth, :now
FROM added;

-- name: clear!
WITH removed AS (
    DELETE FROM list_members WHERE list_id = :list RETURNING bucket, record_id
)
INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
SELECT bucket, :lane, record_id, :type, 'unlisted', jsonb_build_object('list', :list::bigint), :source,
    :depth, :now
FROM removed;

-- name: page
-- Members by id; before a place they come backwards.
WITH members AS (
    SELECT m.bucket, m.record_id, m.joined_at FROM list_members m WHERE m.list_id = :list
    UNION ALL
    SELECT m.bucket, m.record_id, m.since FROM matches m
    WHERE m.criterion_id = :criterion AND m.matching
)
SELECT m.record_id, m.joined_at
FROM members m
JOIN records r ON r.bucket = m.bucket AND r.id = m.record_id AND r.archived_at IS NULL
WHERE CASE WHEN :backwards THEN m.record_id < :id ELSE m.record_id > :id END
ORDER BY CASE WHEN :backwards THEN -m.record_id ELSE m.record_id END
LIMIT :limit;

-- name: page_by_joining
-- Members by the moment at which they joined; before a place they come backwards.
WITH members AS (
    SELECT m.bucket, m.record_id, m.joined_at FROM list_members m WHERE m.list_id = :list
    UNION ALL
    SELECT m.bucket, m.record_id, m.since FROM matches m
    WHERE m.criterion_id = :criterion AND m.matching
)
SELECT m.record_id, m.joined_at
FROM members m
JOIN records r ON r.bucket = m.bucket AND r.id = m.record_id AND r.archived_at IS NULL
WHERE :at::timestamptz IS NULL OR CASE
    WHEN :backwards THEN (m.joined_at, m.record_id) < (:at, :id::bigint)
    ELSE (m.joined_at, m.record_id) > (:at, :id::bigint) END
ORDER BY CASE WHEN :backwards THEN m.joined_at END DESC, CASE WHEN :backwards THEN -m.record_id END,
    m.joined_at, m.record_id
LIMIT :limit;

-- name: sizes
-- How many members lists have, and when the last one joined.
SELECT l.id, count(r.id) AS size, max(m.joined_at) FILTER (WHERE r.id IS NOT NULL) AS last_joined_at
FROM unnest(:lists::bigint[], :criteria::bigint[]) AS l(id, criterion_id)
CROSS JOIN LATERAL (
    SELECT m.bucket, m.record_id, m.joined_at FROM list_members m WHERE m.list_id = l.id
    UNION ALL
    SELECT m.bucket, m.record_id, m.since FROM matches m
    WHERE m.criterion_id = l.criterion_id AND m.matching
) m
JOIN records r ON r.bucket = m.bucket AND r.id = m.record_id AND r.archived_at IS NULL
GROUP BY l.id;

-- name: of_record
-- The lists that a record is in.
SELECT l.id, l.version, m.joined_at
FROM list_members m JOIN lists l ON l.id = m.list_id AND l.deleted_at IS NULL
WHERE m.bucket = (:record::bigint & 63)::smallint AND m.record_id = :record
UNION ALL
SELECT l.id, l.version, m.since
FROM lists l
JOIN matches m ON m.bucket = (:record::bigint & 63)::smallint AND m.criterion_id = l.criterion_id
    AND m.record_id = :record AND m.matching
WHERE l.deleted_at IS NULL
ORDER BY id;
