-- The counts by which steps rotate. `claim` runs in a transaction of its own, and so locks a count for
-- a moment only; `take` belongs to the turn.

-- name: claim!
-- Numbers for those who have none yet, in the order of the records.
WITH asked AS (
    SELECT i.record_id, i.passage, i.visit
    FROM unnest(:records::bigint[], :passages::integer[], :visits::integer[])
        AS i(record_id, passage, visit)
), missing AS (
    SELECT a.*, row_number() OVER (ORDER BY a.record_id, a.passage, a.visit) AS place
    FROM asked a
    WHERE NOT EXISTS (SELECT FROM rotation_numbers n
        WHERE n.bucket = :bucket AND n.workflow_id = :workflow AND n.step = :step
            AND n.record_id = a.record_id AND n.passage = a.passage AND n.visit = a.visit)
), counted AS (
    INSERT INTO rotations AS r (workflow_id, step, given)
    SELECT :workflow, :step, count(*) FROM missing HAVING count(*) > 0
    ON CONFLICT (workflow_id, step) DO UPDATE SET given = r.given + excluded.given
    RETURNING given
)
INSERT INTO rotation_numbers (bucket, workflow_id, step, record_id, passage, visit, number)
SELECT :bucket, :workflow, :step, m.record_id, m.passage, m.visit,
    c.given - (SELECT count(*) FROM missing) + m.place - 1
FROM missing m CROSS JOIN counted c;

-- name: take
DELETE FROM rotation_numbers n
USING unnest(:records::bigint[], :passages::integer[], :visits::integer[])
    AS i(record_id, passage, visit)
WHERE n.bucket = :bucket AND n.workflow_id = :workflow AND n.step = :step
    AND n.record_id = i.record_id AND n.passage = i.passage AND n.visit = i.visit
RETURNING n.record_id, n.number;
