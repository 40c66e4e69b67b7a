-- Records that match already, enrolled by a request in each bucket.

-- name: left
-- In how many buckets it is still to be done.
SELECT (c.details ->> 'workflow')::bigint AS workflow_id, count(DISTINCT c.bucket) AS buckets
FROM changes c
WHERE c.kind = 'enroll_existing'
    AND (c.details ->> 'workflow')::bigint = ANY(:workflows::bigint[])
GROUP BY 1;

-- name: cancel!
-- What a turn has in its hands is waited for.
DELETE FROM changes
WHERE kind = 'enroll_existing' AND (details ->> 'workflow')::bigint = :workflow;

-- name: forget_wish!
UPDATE workflows SET enrolls_existing = false WHERE id = :workflow AND enrolls_existing;
