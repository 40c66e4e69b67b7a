-- Workflows over time.

-- name: buckets
-- How many passages began and ended in each day, week or month, in a zone's civil time. A week begins
-- `shift` days after Monday.
SELECT j.kind, (date_trunc(:unit, j.at AT TIME ZONE :zone - s.shift) + s.shift)::date AS begins,
    count(*) AS count
FROM journal j
CROSS JOIN (SELECT make_interval(days => :shift) AS shift) s
WHERE j.workflow_id = :workflow_id AND j.at >= :start AND j.at < :end
    AND j.kind = ANY(:kinds::journal_kind[])
GROUP BY 1, 2
ORDER BY 2, 1;
