-- What every request asks first.

-- name: preamble^
-- Who is asking, the version of the schema, and the time, in one round trip.
-- house: allow clock — Clock.at makes a now of it
SELECT s.version, date_trunc('milliseconds', clock_timestamp()) AS told, k.id AS key_id,
    coalesce(k.scopes, g.scopes) AS scopes, g.app_id, t.expires_at AS token_expires_at,
    n.id AS session_id, n.expires_at AS session_expires_at
FROM schema_state s
LEFT JOIN api_keys k ON k.digest = :key AND k.revoked_at IS NULL
LEFT JOIN app_tokens t ON t.digest = :key
LEFT JOIN app_grants g ON g.id = t.grant_id AND g.revoked_at IS NULL
LEFT JOIN sessions n ON n.digest = :session;
