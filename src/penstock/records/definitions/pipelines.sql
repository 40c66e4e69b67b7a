-- Pipelines and their stages; `lock` of schema.sql comes before every write.

-- name: pipelines
-- The pipelines of a type, all or the named ones, in the order in which they are shown.
SELECT p.id, p.label, p.display_order, p.created_at, p.updated_at, p.archived_at
FROM pipelines p
WHERE p.object_type = :type AND (:ids::text[] IS NULL OR p.id = ANY(:ids))
    AND (p.archived_at IS NOT NULL) = :archived
ORDER BY p.display_order, p.id;

-- name: stages
SELECT s.pipeline, s.id, s.label, s.display_order, s.metadata, s.created_at, s.updated_at,
    s.archived_at
FROM pipeline_stages s
WHERE s.object_type = :type AND s.pipeline = ANY(:pipelines)
    AND (s.archived_at IS NOT NULL) = :archived
ORDER BY s.pipeline, s.display_order, s.id;

-- name: save_pipeline!
INSERT INTO pipelines (object_type, id, label, display_order, created_at, updated_at)
VALUES (:type, :id, :label, :display_order, :now, :now)
ON CONFLICT (object_type, id) DO UPDATE SET
    label = excluded.label, display_order = excluded.display_order,
    updated_at = excluded.updated_at, archived_at = NULL;

-- name: archive_pipeline!
UPDATE pipelines SET archived_at = :now, updated_at = :now WHERE object_type = :type AND id = :id;

-- name: save_stages!
-- Makes new stages and rewrites present ones; a stage that stays as it was is not touched.
INSERT INTO pipeline_stages AS s (
    object_type, pipeline, id, label, display_order, metadata, created_at, updated_at)
SELECT :type, :pipeline, r.id, r.label, r.display_order, r.metadata, :now, :now
FROM jsonb_to_recordset(:rows) AS r(id text, label text, display_order integer, metadata jsonb)
ON CONFLICT (object_type, pipeline, id) DO UPDATE SET
    label = excluded.label, display_order = excluded.display_order, metadata = excluded.metadata,
    updated_at = excluded.updated_at, archived_at = NULL
WHERE s.archived_at IS NOT NULL
    OR (s.label, s.display_order, s.metadata)
        <> (excluded.label, excluded.display_order, excluded.metadata);

-- name: archive_stages!
UPDATE pipeline_stages SET archived_at = :now, updated_at = :now
WHERE object_type = :type AND pipeline = :pipeline AND id = ANY(:ids) AND archived_at IS NULL;

-- name: taken
-- Which of these ids stages of the type have or had, or a pipeline.
SELECT s.id FROM pipeline_stages s WHERE s.object_type = :type AND s.id = ANY(:stages)
UNION
SELECT p.id FROM pipelines p WHERE p.object_type = :type AND p.id = :pipeline;

-- name: some_records
-- Live records that stand in a pipeline, or in some stages of it.
SELECT r.id, r.properties ->> :stage_property AS stage
FROM records r
WHERE r.type = :type AND r.archived_at IS NULL AND r.properties ->> :pipeline_property = :pipeline
    AND (:stages::text[] IS NULL OR r.properties ->> :stage_property = ANY(:stages))
ORDER BY r.id
LIMIT 10;
