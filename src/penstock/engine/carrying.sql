-- New revisions are followed by those who stand in a bucket. Every statement that writes names it.

-- name: to_carry
-- Workflows whose live revision the bucket does not follow yet, with the one that it follows.
SELECT w.id, c.revision AS carried, w.live_revision AS live
FROM workflows w
LEFT JOIN carried_revisions c ON c.bucket = :bucket AND c.workflow_id = w.id
WHERE w.live_revision IS NOT NULL AND c.revision IS DISTINCT FROM w.live_revision
ORDER BY w.id;

-- name: followed
-- The revisions of workflows that the bucket follows.
SELECT c.workflow_id, c.revision FROM carried_revisions c
WHERE c.bucket = :bucket AND c.workflow_id = ANY(:workflows::bigint[]);

-- name: revisions
SELECT r.workflow_id, r.revision, r.document, r.plan FROM workflow_revisions r
JOIN unnest(:workflows::bigint[], :first::integer[], :last::integer[]) AS i(workflow, first, last)
    ON r.workflow_id = i.workflow AND r.revision BETWEEN i.first AND i.last
ORDER BY r.workflow_id, r.revision;

-- name: carried!
INSERT INTO carried_revisions (bucket, workflow_id, revision)
SELECT :bucket, i.workflow, i.revision FROM unnest(:workflows::bigint[], :revisions::integer[])
    AS i(workflow, revision)
ON CONFLICT (bucket, workflow_id) DO UPDATE SET revision = excluded.revision;

-- name: mark_carried!
UPDATE buckets SET carried = :version WHERE bucket = :bucket;

-- name: standing
-- Those who stand at steps of a workflow and follow its live revision, with when they are to move.
SELECT e.id, e.record_id, e.visit, e.step, e.waiting, t.lane, t.due_at,
    EXISTS (SELECT FROM waits w WHERE w.bucket = :bucket AND w.enrollment_id = e.id) AS awaiting
FROM enrollments e
LEFT JOIN timers t ON t.bucket = :bucket AND t.enrollment_id = e.id AND t.workflow_id = :workflow
WHERE e.bucket = :bucket AND e.workflow_id = :workflow AND e.step = ANY(:steps::text[])
    AND e.ended_at IS NULL AND e.revision IS NULL;

-- name: move!
-- They come to another step at the moment at which they would have gone on.
UPDATE enrollments e SET step = i.step, waiting = false, visit = e.visit + 1, entered_at = i.at
FROM unnest(:ids::bigint[], :steps::text[], :ats::timestamptz[]) AS i(id, step, at)
WHERE e.bucket = :bucket AND e.id = i.id;

-- name: run_again!
-- Their step is looked at anew, as from when they came to it.
UPDATE enrollments SET waiting = false WHERE bucket = :bucket AND id = ANY(:ids::bigint[]);

-- name: pin!
UPDATE enrollments SET revision = :revision WHERE bucket = :bucket AND id = ANY(:ids::bigint[]);

-- name: drop_waits!
DELETE FROM waits WHERE bucket = :bucket AND enrollment_id = ANY(:ids::bigint[]);
