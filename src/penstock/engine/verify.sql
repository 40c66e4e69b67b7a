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
-- Live enrollments that nothing will ever lead on.
SELECT e.workflow_id, e.id, e.record_id, e.step FROM enrollments e
WHERE e.bucket = :bucket AND e.ended_at IS NULL
    AND NOT EXISTS (SELECT FROM timers t WHERE t.bucket = :bucket AND t.enrollment_id = e.id)
    AND NOT EXISTS (SELECT FROM waits w WHERE w.bucket = :bucket AND w.enrollment_id = e.id);

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
