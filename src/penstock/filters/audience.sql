-- name: live
-- How many live records a type has, counted no further than to a limit.
SELECT count(*)
FROM (
    SELECT FROM records WHERE type = :type AND archived_at IS NULL LIMIT :most
) AS live;

-- name: page_of_ids
-- The oldest live records of a type after one of them.
SELECT id
FROM records
WHERE type = :type AND id > :after AND archived_at IS NULL
ORDER BY id
LIMIT :limit;

-- name: limit_time
-- Let no further statement of the transaction run longer; where less is allowed, that stays.
SELECT set_config('statement_timeout', :milliseconds::text, true)
FROM pg_settings
WHERE name = 'statement_timeout' AND (setting::bigint = 0 OR setting::bigint > :milliseconds);
