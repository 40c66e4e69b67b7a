-- What must hold at every commit, looked at from outside. Nothing here writes.

-- name: one_moment!
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;

-- name: unbalanced
-- Workflows of which not everybody who enrolled is accounted for.
SELECT t.workflow_id,
    sum(t.count) FILTER (WHERE t.kind = 'enrolled')::bigint AS enrolled,
    sum(t.count) FILTER (WHERE t.kind IN ('active', 'finished', 'unenrolled', 'goal_met', 'failed'))::bigint
        AS accounted
FROM tallies t
WHERE t.step = ''
GROUP BY t.workflow_id
HAVING coalesce(sum(t.count) FILTER (WHERE t.kind = 'enrolled'), 0)
    <> coalesce(sum(t.count) FILTER (
        WHERE t.kind IN ('active', 'finished', 'unenrolled', 'goal_met', 'failed')), 0);

-- name: miscounted
-- Counts of the bucket that differ from what its enrollments say.
WITH counted AS (
    SELECT e.workflow_id, '' AS step, e.state AS kind, count(*) AS count
    FROM enrollments e WHERE e.bucket = :bucket GROUP BY e.workflow_id, e.state
    UNION ALL
    SELECT e.workflow_id, '', 'enrolled', count(*)
    FROM enrollments e WHERE e.bucket = :bucket GROUP BY e.workflow_id
    UNION ALL
    SELECT e.workflow_id, e.step, 'here', count(*)
    FROM enrollments e WHERE e.bucket = :bucket AND e.ended_at IS NULL AND e.step <> ''
    GROUP BY e.workflow_id, e.step
), kept AS (
    SELECT t.workflow_id, t.step, t.kind, t.count FROM tallies t
    WHERE t.bucket = :bucket AND ((t.step <> '' AND t.kind = 'here') OR (t.step = '' AND t.kind IN (
        'enrolled', 'active', 'finished', 'unenrolled', 'goal_met', 'failed')))
)
SELECT workflow_id, step, kind, coalesce(k.count, 0) AS kept, coalesce(c.count, 0) AS counted
FROM kept k FULL JOIN counted c USING (workflow_id, step, kind)
WHERE coalesce(k.count, 0) <> coalesce(c.count, 0);

-- name: stuck
-- Live enrollments that nothing will ever lead on: no moment, no event, no effect or request of their
-- visit, no change that is still to be taken, and no end of a pause.
SELECT e.workflow_id, e.id, e.record_id, e.step FROM enrollments e
WHERE e.bucket = :bucket AND e.ended_at IS NULL
    AND NOT EXISTS (SELECT FROM timers t WHERE t.bucket = :bucket AND t.enrollment_id = e.id)
    AND NOT EXISTS (SELECT FROM waits w WHERE w.bucket = :bucket AND w.enrollment_id = e.id)
    AND NOT EXISTS (SELECT FROM effects f
        WHERE f.bucket = :bucket AND f.enrollment_id = e.id AND f.visit = e.visit
            AND f.state IN ('pending', 'sending', 'uncertain'))
    AND NOT EXISTS (SELECT FROM changes c WHERE c.bucket = :bucket AND c.record_id = e.record_id)
    AND NOT EXISTS (SELECT FROM parked p
        WHERE p.bucket = :bucket AND p.workflow_id = e.workflow_id AND p.enrollment_id = e.id);

-- name: nowhere
-- Live enrollments that stand at a step which their definition never had. Who keeps to a revision stands
-- in that one; who follows the live one may wait at a step until its time, though it was removed.
WITH places AS (
    SELECT DISTINCT e.workflow_id, e.revision, e.step FROM enrollments e
    WHERE e.bucket = :bucket AND e.ended_at IS NULL AND e.step <> ''
), unknown AS (
    SELECT p.workflow_id, p.revision, p.step FROM places p
    WHERE NOT EXISTS (
        SELECT FROM workflow_revisions r
        CROSS JOIN jsonb_array_elements(r.document -> 'actions') AS a(action)
        WHERE r.workflow_id = p.workflow_id AND r.revision = coalesce(p.revision, r.revision)
            AND a.action ->> 'actionId' = p.step)
)
SELECT e.workflow_id, e.id, e.record_id, e.step
FROM unknown u
JOIN enrollments e ON e.bucket = :bucket AND e.workflow_id = u.workflow_id AND e.step = u.step
    AND e.revision IS NOT DISTINCT FROM u.revision AND e.ended_at IS NULL;

-- name: overdue
-- Live enrollments that have long been due, though turns have been here since. A backfill may take its
-- time.
SELECT e.workflow_id, e.id, e.record_id, e.step, t.due_at
FROM buckets b
JOIN timers t ON t.bucket = b.bucket AND t.lane = 0 AND t.due_at < b.turned_at - :patience::interval
JOIN enrollments e ON e.bucket = t.bucket AND e.id = t.enrollment_id AND e.ended_at IS NULL
WHERE b.bucket = :bucket;

-- name: abandoned
-- Effects that somebody took long ago who no longer lives, though turns have been here since. Who lives
-- holds the lock of its name.
WITH taken AS (
    SELECT f.*, hashtextextended('penstock.deliverer/' || f.worker, 0) AS key
    FROM buckets b
    JOIN effects f ON f.bucket = b.bucket AND f.state = 'sending'
        AND f.next_at < b.turned_at - :patience::interval
    WHERE b.bucket = :bucket
)
SELECT t.workflow_id, t.record_id, t.step, t.part FROM taken t
WHERE NOT EXISTS (
    SELECT FROM pg_locks l
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
        AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
        AND l.classid::bigint = (t.key >> 32) & 4294967295 AND l.objid::bigint = t.key & 4294967295);

-- name: told_twice
-- Effects that are told to have been done more than once.
SELECT j.workflow_id, j.record_id, j.step, j.detail ->> 'part' AS part, count(*) AS times
FROM journal j
WHERE j.bucket = :bucket AND j.kind = 'delivered' AND j.detail ? 'part'
GROUP BY j.enrollment_id, j.visit, j.workflow_id, j.record_id, j.step, j.detail ->> 'part'
HAVING count(*) > 1;

-- name: captured_twice
-- Mail that was captured more than once.
SELECT o.workflow_id, o.record_id, '' AS step, o.recipient AS part, count(*) AS times
FROM outbox o
GROUP BY o.enrollment_id, o.visit, o.workflow_id, o.record_id, o.recipient
HAVING count(*) > 1;

-- name: astray
-- Live enrollments whose record is gone, though nothing is left to be told about that.
SELECT e.workflow_id, e.id, e.record_id, e.step FROM enrollments e
LEFT JOIN records r ON r.bucket = :bucket AND r.id = e.record_id AND r.archived_at IS NULL
WHERE e.bucket = :bucket AND e.ended_at IS NULL AND r.id IS NULL
    AND NOT EXISTS (SELECT FROM changes c WHERE c.bucket = :bucket AND c.record_id = e.record_id);

-- name: misjudged
-- Levels that differ from a fresh judgement, of records that nothing waits to be settled for.
SELECT v.criterion, v.record_id, v.verdict, coalesce(m.matching, false) AS matching
FROM (VERDICTS) v
LEFT JOIN matches m ON m.bucket = :bucket AND m.criterion_id = v.criterion
    AND m.record_id = v.record_id
WHERE v.verdict <> coalesce(m.matching, false)
    AND coalesce(m.recheck_at > :now, true)
    AND NOT EXISTS (SELECT FROM changes c WHERE c.bucket = :bucket AND c.record_id = v.record_id);

-- name: standing
-- Criteria that stand in the bucket.
SELECT s.criterion_id FROM standings s WHERE s.bucket = :bucket AND s.stands ORDER BY s.criterion_id;

-- name: buckets
SELECT b.bucket FROM buckets b ORDER BY b.bucket;

-- name: records
-- The next live records of the bucket and type.
SELECT r.id FROM records r
WHERE r.bucket = :bucket AND r.type = :type AND r.archived_at IS NULL AND r.id > :after
ORDER BY r.id LIMIT :limit;
