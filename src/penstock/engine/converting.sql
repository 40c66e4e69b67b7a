-- Conversion. Every statement names its one bucket.

-- name: convert
-- The latest passage of each record counts, unless one of its passages has been counted, it was taken
-- out of the workflow, or no marketing e-mail reached it.
WITH latest AS (
    SELECT DISTINCT ON (e.record_id) e.id, e.record_id, e.state
    FROM enrollments e
    WHERE e.bucket = :bucket AND e.workflow_id = :workflow AND e.record_id = ANY(:records::bigint[])
    ORDER BY e.record_id, e.passage DESC
)
UPDATE enrollments c SET converted_at = :now
FROM latest l
WHERE c.bucket = :bucket AND c.id = l.id AND l.state IN ('active', 'finished', 'goal_met')
    AND NOT EXISTS (SELECT FROM enrollments o
        WHERE o.bucket = :bucket AND o.workflow_id = :workflow AND o.record_id = l.record_id
            AND o.converted_at IS NOT NULL)
    AND EXISTS (SELECT FROM effects f JOIN enrollments s ON s.bucket = :bucket AND s.id = f.enrollment_id
        WHERE f.bucket = :bucket AND s.workflow_id = :workflow AND s.record_id = l.record_id
            AND f.kind = 'mail' AND f.state = 'done' AND f.payload ? 'email')
RETURNING c.record_id;
