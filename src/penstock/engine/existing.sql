-- Records that match already, enrolled by a request in each bucket.

-- name: left
-- In how many buckets it is still to be done; in all of them until the workflow is on.
SELECT (c.details ->> 'workflow')::bigint AS workflow_id, count(DISTINCT c.bucket) AS buckets
FROM (SELECT bucket, kind, details FROM changes
    UNION ALL SELECT bucket, kind, details FROM parked_requests) c
WHERE c.kind = 'enroll_existing'
    AND (c.details ->> 'workflow')::bigint = ANY(:workflows::bigint[])
    AND NOT EXISTS (SELECT FROM workflows w
        WHERE w.id = (c.details ->> 'workflow')::bigint AND w.enrolls_existing)
GROUP BY 1
UNION ALL
SELECT w.id, (SELECT count(*) FROM buckets) FROM workflows w
WHERE w.id = ANY(:workflows::bigint[]) AND w.enrolls_existing;

-- name: cancel$
-- What a turn has in its hands is waited for.
WITH parked AS (
    DELETE FROM parked_requests WHERE kind = 'enroll_existing' AND workflow_id = :workflow
    RETURNING 1
), asked AS (
    DELETE FROM changes
    WHERE kind = 'enroll_existing' AND (details ->> 'workflow')::bigint = :workflow RETURNING 1
)
SELECT (SELECT count(*) FROM parked) + (SELECT count(*) FROM asked);

-- name: forget_wish!
UPDATE workflows SET enrolls_existing = false WHERE id = :workflow AND enrolls_existing;
