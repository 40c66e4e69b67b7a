-- Criteria that somebody asks about all the time, kept up to date by the engine.

-- name: keep$
-- The criterion with this document, made if it is new.
WITH made AS (
    INSERT INTO criteria (object_type, digest, document, created_at)
    VALUES (:object_type, :digest, :document, :now)
    ON CONFLICT (object_type, digest) DO NOTHING
    RETURNING id
)
SELECT id FROM made
UNION ALL
SELECT id FROM criteria WHERE object_type = :object_type AND digest = :digest
LIMIT 1;

-- name: add_depends!
INSERT INTO criterion_depends (criterion_id, kind, key, across)
SELECT :criterion, d.kind, d.key, d.across
FROM jsonb_to_recordset(:depends) AS d(kind text, key text, across integer[])
ON CONFLICT DO NOTHING;

-- name: add_standings!
-- Every bucket has to judge what is there already. A criterion that nobody asked about any more was
-- not kept up to date, so it begins anew.
INSERT INTO standings (bucket, criterion_id)
SELECT b.bucket, :criterion FROM buckets b
ON CONFLICT (bucket, criterion_id) DO UPDATE SET reached = 0, stands = false
WHERE NOT EXISTS (
    SELECT FROM workflow_criteria u
    JOIN workflows w ON w.id = u.workflow_id AND u.revision IN (w.revision, w.live_revision)
    WHERE u.criterion_id = :criterion AND w.state <> 'off' AND w.deleted_at IS NULL)
AND NOT EXISTS (
    SELECT FROM lists l
    WHERE :criterion IN (l.criterion_id, l.pending_criterion_id) AND l.deleted_at IS NULL);

-- name: announce!
UPDATE workflows_state SET version = version + 1;
