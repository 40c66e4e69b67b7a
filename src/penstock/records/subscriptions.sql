-- What people said about being written to. Rows are written in the order of their keys, by those who
-- hold the records.

-- name: types
SELECT t.* FROM subscription_types t ORDER BY t.id;

-- name: add_type
INSERT INTO subscription_types (name, description, purpose, method, created_at, updated_at)
VALUES (:name, :description, :purpose, :method, :now, :now)
ON CONFLICT (name) DO NOTHING
RETURNING *;

-- name: of_records
SELECT s.* FROM subscriptions s
JOIN unnest(:ids::bigint[]) AS i(id) ON s.bucket = (i.id & 63)::smallint AND s.record_id = i.id
ORDER BY s.record_id, s.channel, s.subscription_type;

-- name: say
-- Keeps what was said, and leaves a change where it is something else than before.
WITH input AS (
    SELECT DISTINCT ON (i.record_id, i.channel, i.subscription_type)
        coalesce(:bucket::smallint, (i.record_id & 63)::smallint) AS bucket, i.*
    FROM unnest(:record_ids::bigint[], :channels::text[], :types::bigint[], :statuses::text[],
        :bases::text[], :explanations::text[]) WITH ORDINALITY
        AS i(record_id, channel, subscription_type, status, basis, explanation, place)
    ORDER BY i.record_id, i.channel, i.subscription_type, i.place DESC
), kept AS (
    INSERT INTO subscriptions AS s (
        bucket, record_id, channel, subscription_type, status, at, source, legal_basis,
        legal_basis_explanation)
    SELECT bucket, record_id, channel, subscription_type, status, :now, :source, basis, explanation
    FROM input ORDER BY record_id, channel, subscription_type
    ON CONFLICT (bucket, record_id, channel, subscription_type) DO UPDATE
        SET status = excluded.status, at = excluded.at, source = excluded.source,
            legal_basis = excluded.legal_basis,
            legal_basis_explanation = excluded.legal_basis_explanation
    RETURNING s.bucket, s.record_id, s.channel, s.subscription_type, s.status,
        old.status IS DISTINCT FROM new.status AS changed
), announced AS (
    INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
    SELECT DISTINCT bucket, :lane::smallint, record_id, :type, 'subscribed', '{}'::jsonb, :source,
        :depth::smallint, :now::timestamptz
    FROM kept WHERE changed
)
SELECT record_id, channel, subscription_type, status FROM kept WHERE changed ORDER BY 1, 2, 3;
