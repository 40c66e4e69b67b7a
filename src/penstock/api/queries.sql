-- What every request asks first.

-- name: preamble^
-- Who is asking, the version of the schema, and the time, in one round trip.
SELECT s.version, date_trunc('milliseconds', clock_timestamp()) AS told, k.id AS key_id, k.scopes
FROM schema_state s
LEFT JOIN api_keys k ON k.digest = :digest AND k.revoked_at IS NULL;
