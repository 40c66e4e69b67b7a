-- Timers. Every statement that writes names its one bucket.

-- name: next
-- Timers that are due, fresh ones first.
(SELECT t.lane, t.due_at, t.enrollment_id FROM timers t
    WHERE t.bucket = :bucket AND t.lane = 0 AND t.due_at <= :now
    ORDER BY t.due_at, t.enrollment_id LIMIT :limit)
UNION ALL
(SELECT t.lane, t.due_at, t.enrollment_id FROM timers t
    WHERE t.bucket = :bucket AND t.lane = 1 AND t.due_at <= :now
    ORDER BY t.due_at, t.enrollment_id LIMIT :limit)
LIMIT :limit;

-- name: next_by_turns
-- Of one lane: the first of every workflow, then the second of every workflow, and so on.
WITH RECURSIVE flows AS (
    (SELECT t.workflow_id FROM timers t WHERE t.bucket = :bucket AND t.lane = :lane
        ORDER BY t.workflow_id LIMIT 1)
    UNION ALL
    SELECT (SELECT t.workflow_id FROM timers t
        WHERE t.bucket = :bucket AND t.lane = :lane AND t.workflow_id > f.workflow_id
        ORDER BY t.workflow_id LIMIT 1)
    FROM flows f WHERE f.workflow_id IS NOT NULL
)
SELECT :lane::smallint AS lane, d.due_at, d.enrollment_id
FROM flows f CROSS JOIN LATERAL (
    SELECT t.due_at, t.enrollment_id,
        row_number() OVER (ORDER BY t.due_at, t.enrollment_id) AS place
    FROM timers t
    WHERE t.bucket = :bucket AND t.lane = :lane AND t.workflow_id = f.workflow_id
        AND t.due_at <= :now
    ORDER BY t.due_at, t.enrollment_id LIMIT :limit) d
ORDER BY d.place, f.workflow_id
LIMIT :limit;

-- name: drop!
DELETE FROM timers t
USING unnest(:lanes::smallint[], :dues::timestamptz[], :ids::bigint[]) AS i(lane, due_at, id)
WHERE t.bucket = :bucket AND t.lane = i.lane AND t.due_at = i.due_at AND t.enrollment_id = i.id;
