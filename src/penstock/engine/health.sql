-- How the engine is doing. Nothing here writes.

-- name: load^
-- What is to be done at `now`, and how many are in workflows.
SELECT (SELECT count(*) FROM changes) AS changes,
    (SELECT count(*) FROM buckets b
        JOIN timers t ON t.bucket = b.bucket AND t.lane = 0 AND t.due_at <= :now) AS fresh,
    (SELECT count(*) FROM buckets b
        JOIN timers t ON t.bucket = b.bucket AND t.lane = 1 AND t.due_at <= :now) AS backfill,
    (SELECT coalesce(sum(t.count), 0)::bigint FROM tallies t
        WHERE t.step = '' AND t.kind = 'active') AS active,
    (SELECT count(DISTINCT s.criterion_id) FROM standings s WHERE NOT s.stands) AS standing,
    least(
        (SELECT min(c.at) FROM changes c WHERE c.lane = 0),
        (SELECT min(n.due_at) FROM buckets b CROSS JOIN LATERAL (
            SELECT t.due_at FROM timers t WHERE t.bucket = b.bucket AND t.lane = 0 AND t.due_at <= :now
            ORDER BY t.due_at LIMIT 1) n)) AS oldest,
    (SELECT count(*) FROM set_aside) AS set_aside,
    (SELECT max(b.turned_at) FROM buckets b) AS turned;

-- name: effects
-- Effects that are not done, by state.
SELECT e.state, count(*) AS count FROM effects e
WHERE e.state IN ('pending', 'sending', 'uncertain', 'failed')
GROUP BY e.state;
