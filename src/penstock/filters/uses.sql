-- Which definitions are needed by what people have made: by the criteria of lists and of workflows that
-- are not off, and by lists for their members.

-- name: of_properties
-- By keys such as `0-1/email`; with values only where one of them occurs.
WITH askers AS (
    SELECT unnest(ARRAY[l.criterion_id, l.pending_criterion_id]) AS criterion_id, 'list' AS kind, l.name
    FROM lists l WHERE l.deleted_at IS NULL
    UNION ALL
    SELECT u.criterion_id, 'workflow', coalesce(w.name, w.id::text)
    FROM workflow_criteria u
    JOIN workflows w ON w.id = u.workflow_id AND u.revision IN (w.revision, w.live_revision)
    WHERE w.deleted_at IS NULL AND w.state <> 'off'
)
SELECT DISTINCT split_part(d.key, '/', 2) AS property, a.kind, a.name
FROM askers a
JOIN criterion_depends d USING (criterion_id)
JOIN criteria c ON c.id = a.criterion_id
WHERE d.kind = 'property' AND d.key = ANY(:keys)
    AND (:values::jsonb IS NULL OR jsonb_path_exists(c.document, '$.** ? (@ == $values[*])',
        jsonb_build_object('values', :values::jsonb)))
ORDER BY property, kind, name;

-- name: of_type
WITH askers AS (
    SELECT unnest(ARRAY[l.criterion_id, l.pending_criterion_id]) AS criterion_id, 'list' AS kind, l.name
    FROM lists l WHERE l.deleted_at IS NULL
    UNION ALL
    SELECT u.criterion_id, 'workflow', coalesce(w.name, w.id::text)
    FROM workflow_criteria u
    JOIN workflows w ON w.id = u.workflow_id AND u.revision IN (w.revision, w.live_revision)
    WHERE w.deleted_at IS NULL AND w.state <> 'off'
)
SELECT 'list' AS kind, l.name FROM lists l WHERE l.object_type = :type AND l.deleted_at IS NULL
UNION
SELECT a.kind, a.name
FROM askers a JOIN criteria c ON c.id = a.criterion_id
WHERE c.object_type = :type OR EXISTS (
    SELECT FROM criterion_depends d
    LEFT JOIN association_types t ON d.kind = 'association' AND t.id::text = d.key
    WHERE d.criterion_id = c.id AND (:type IN (t.from_type, t.to_type)
        OR (d.kind = 'property' AND split_part(d.key, '/', 1) = :type)))
ORDER BY kind, name;
