-- Records that data sources find: the first live one in an order, for each that asks.

-- name: associated
-- By an association type. The order is by a property, then by age; `last` is by when they were
-- associated instead. Of the far records only those are read that edges of the group lead to.
SELECT DISTINCT ON (f.from_id) f.from_id, f.to_id
FROM (
    SELECT a.from_id, a.to_id, a.created_at AS since,
        CASE :column
            WHEN 'id' THEN to_jsonb(r.id)
            WHEN 'created_at' THEN to_jsonb(extract(epoch FROM r.created_at))
            WHEN 'updated_at' THEN to_jsonb(extract(epoch FROM r.updated_at))
            ELSE r.properties -> :property
        END AS value
    FROM associations a
    JOIN records r ON r.bucket = (a.to_id & 63)::smallint AND r.id = a.to_id
        AND r.archived_at IS NULL
    WHERE a.bucket = :bucket AND a.from_id = ANY(:ids::bigint[]) AND a.type_id = :type_id
) f
ORDER BY f.from_id, CASE WHEN :last THEN f.since END DESC, (f.value IS NULL) <> :missing_first,
    CASE WHEN NOT :descending THEN f.value END, CASE WHEN :descending THEN f.value END DESC, f.to_id;

-- name: having
-- By a value of a property, given as canonical JSON. One pass over the records of the type for all.
SELECT DISTINCT ON (f.wanted) f.wanted, f.id
FROM (
    SELECT i.wanted, r.id,
        CASE :column
            WHEN 'id' THEN to_jsonb(r.id)
            WHEN 'created_at' THEN to_jsonb(extract(epoch FROM r.created_at))
            WHEN 'updated_at' THEN to_jsonb(extract(epoch FROM r.updated_at))
            ELSE r.properties -> :property
        END AS value
    FROM (SELECT w.wanted, w.wanted::jsonb AS value FROM unnest(:wanted::text[]) AS w(wanted)) i
    JOIN records r ON r.type = :type AND r.archived_at IS NULL AND r.properties -> :name = i.value
) f
ORDER BY f.wanted, (f.value IS NULL) <> :missing_first,
    CASE WHEN NOT :descending THEN f.value END, CASE WHEN :descending THEN f.value END DESC, f.id;

-- name: alive
-- The live ones of records wherever they are.
SELECT r.id FROM unnest(:ids::bigint[]) AS i(id)
JOIN records r ON r.bucket = (i.id & 63)::smallint AND r.id = i.id AND r.archived_at IS NULL;

-- name: ends
-- The live records that an association type leads to, the oldest first, so many of each.
SELECT f.from_id, f.to_id
FROM (
    SELECT a.from_id, a.to_id, row_number() OVER (PARTITION BY a.from_id ORDER BY a.to_id) AS place
    FROM associations a
    JOIN records r ON r.bucket = (a.to_id & 63)::smallint AND r.id = a.to_id
        AND r.archived_at IS NULL
    WHERE a.bucket = :bucket AND a.from_id = ANY(:ids::bigint[]) AND a.type_id = :type_id
) f
WHERE f.place <= :most
ORDER BY f.from_id, f.to_id;
