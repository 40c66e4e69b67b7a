-- name: names
-- What filters name, if it exists.
SELECT w.kind, w.id, coalesce(l.name, f.name, i.name, s.name) AS name
FROM unnest(:kinds::text[], :ids::bigint[]) AS w(kind, id)
LEFT JOIN lists l ON w.kind = 'list' AND l.id = w.id AND l.deleted_at IS NULL
LEFT JOIN workflows f ON w.kind = 'workflow' AND f.id = w.id AND f.deleted_at IS NULL
LEFT JOIN imports i ON w.kind = 'import' AND i.id = w.id
LEFT JOIN subscription_types s ON w.kind = 'subscription' AND s.id = w.id AND s.active
WHERE coalesce(l.name, f.name, i.name, s.name) IS NOT NULL;
