-- What single workflows do of their own accord.

-- name: to_fire
-- Workflows whose schedule has a moment that has come, unless somebody else is about them.
SELECT w.id, w.object_type, w.fires_at, r.document
FROM workflows w
JOIN workflow_revisions r ON r.workflow_id = w.id
    AND r.revision = coalesce(w.live_revision, w.revision)
WHERE w.fires_at <= :now AND w.state = 'on' AND w.deleted_at IS NULL
ORDER BY w.id
FOR UPDATE OF w SKIP LOCKED;

-- name: to_turn_off
SELECT w.id, w.turns_off_at FROM workflows w
WHERE w.turns_off_at <= :now AND w.state <> 'off' AND w.deleted_at IS NULL
ORDER BY w.id
FOR UPDATE OF w SKIP LOCKED;

-- name: fire!
-- Each moment once, and of those that are not passed over a request to every bucket.
WITH came AS (
    INSERT INTO firings (workflow_id, at, seen_at, skipped)
    SELECT :workflow, i.at, :now, i.skipped
    FROM unnest(:ats::timestamptz[], :skipped::boolean[]) AS i(at, skipped)
    ON CONFLICT (workflow_id, at) DO NOTHING
    RETURNING at, skipped
)
INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
SELECT b.bucket, 1, 0, :object_type, 'fire', jsonb_build_object(
    'workflow', :workflow::bigint, 'at', c.at, 'after', 0), 'AUTOMATION_PLATFORM', 0, :now
FROM (SELECT at FROM came WHERE NOT skipped ORDER BY at) c CROSS JOIN buckets b
ORDER BY c.at, b.bucket;

-- name: fires_next!
UPDATE workflows SET fires_at = :at WHERE id = :id;

-- name: candidates$
-- The next live records of a type.
SELECT ARRAY(
    SELECT r.id FROM records r
    WHERE r.bucket = :bucket AND r.id > :after AND r.type = :type AND r.archived_at IS NULL
    ORDER BY r.bucket, r.id LIMIT :limit);

-- name: unsettled$
-- Whether time has changed verdicts of a criterion that nobody has looked at yet.
SELECT EXISTS (
    SELECT FROM matches m
    WHERE m.bucket = :bucket AND m.criterion_id = :criterion AND m.recheck_at <= :now);
