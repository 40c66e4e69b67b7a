-- Who made the records that workflows have in their hands.

-- name: created_by$
-- Of these records, those whose history begins with a write by this source.
SELECT ARRAY(
    SELECT i.id FROM unnest(:ids::bigint[]) AS i(id)
    CROSS JOIN LATERAL (
        SELECT h.source FROM property_history h
        WHERE h.bucket = :bucket AND h.record_id = i.id
        ORDER BY h.id LIMIT 1) first
    WHERE first.source = :source);
