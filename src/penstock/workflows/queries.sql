-- Workflows and their revisions. Lock order: the workflow's row, then workflows_state.

-- name: create!
INSERT INTO workflows (
    id, uuid, name, object_type, state, revision, last_step_id, created_at, updated_at, created_by,
    updated_by)
VALUES (:id, :uuid, :name, :object_type, 'off', 1, :last_step_id, :now, :now, :actor, :actor);

-- name: add_revision!
INSERT INTO workflow_revisions (workflow_id, revision, document, plan, created_at, created_by)
VALUES (:id, :revision, :document, :plan, :now, :actor);

-- name: steps_once
-- What the steps with these ids were when they were last there.
SELECT DISTINCT ON (a.action ->> 'actionId') a.action ->> 'actionId' AS id, a.action
FROM workflow_revisions r CROSS JOIN jsonb_array_elements(r.document -> 'actions') AS a(action)
WHERE r.workflow_id = :id AND a.action ->> 'actionId' = ANY(:ids::text[])
ORDER BY a.action ->> 'actionId', r.revision DESC;

-- name: lock^
SELECT w.*, r.document FROM workflows w
JOIN workflow_revisions r ON r.workflow_id = w.id AND r.revision = w.revision
WHERE w.id = :id AND w.deleted_at IS NULL
FOR UPDATE OF w;

-- name: read
SELECT w.*, r.document
FROM unnest(:ids::bigint[]) WITH ORDINALITY AS i(id, place)
JOIN workflows w ON w.id = i.id AND w.deleted_at IS NULL
JOIN workflow_revisions r ON r.workflow_id = w.id AND r.revision = w.revision
ORDER BY i.place;

-- name: page
SELECT w.*, r.document
FROM workflows w
JOIN workflow_revisions r ON r.workflow_id = w.id AND r.revision = w.revision
WHERE w.deleted_at IS NULL AND w.id > :after
ORDER BY w.id
LIMIT :limit;

-- name: revision^
SELECT r.* FROM workflow_revisions r JOIN workflows w ON w.id = r.workflow_id
WHERE r.workflow_id = :id AND r.revision = :revision AND w.deleted_at IS NULL;

-- name: save!
-- A new latest revision; `live` when the engine may follow it at once.
UPDATE workflows SET name = :name, revision = :revision,
    live_revision = CASE WHEN :live THEN :revision ELSE live_revision END,
    last_step_id = greatest(last_step_id, :last_step_id), updated_at = :now, updated_by = :actor
WHERE id = :id;

-- name: set_state!
UPDATE workflows SET state = :state,
    on_since = CASE :state WHEN 'on' THEN coalesce(on_since, :now) WHEN 'paused' THEN on_since END,
    paused_at = CASE WHEN :state = 'paused' THEN :now::timestamptz END,
    fires_at = CASE WHEN :state NOT IN ('off', 'paused') THEN fires_at END,
    turns_off_at = CASE WHEN :state <> 'off' THEN turns_off_at END,
    enrolls_existing = coalesce(:enrolls_existing, enrolls_existing), updated_at = :now,
    updated_by = :actor
WHERE id = :id;

-- name: delete!
UPDATE workflows SET deleted_at = :now, state = 'off', on_since = NULL, enrolls_existing = false,
    paused_at = NULL, fires_at = NULL, turns_off_at = NULL,
    updated_by = :actor
WHERE id = :id;

-- name: set_times!
-- A moment that has come and was not seen yet is kept.
UPDATE workflows SET turns_off_at = :turns_off_at,
    fires_at = CASE WHEN fires_at <= :now THEN fires_at ELSE :fires_at END
WHERE id = :id;

-- name: resume!
INSERT INTO resumptions (bucket, workflow_id, resumed_at, paused_at, choice)
SELECT b.bucket, :id, :now, :paused_at, :choice FROM buckets b
ON CONFLICT (bucket, workflow_id, resumed_at) DO NOTHING;

-- name: use_criterion!
INSERT INTO workflow_criteria (workflow_id, revision, role, criterion_id)
VALUES (:workflow, :revision, :role, :criterion)
ON CONFLICT (workflow_id, revision, role) DO UPDATE SET criterion_id = excluded.criterion_id;

-- name: criteria_of
SELECT role, criterion_id FROM workflow_criteria WHERE workflow_id = :id AND revision = :revision;

-- name: by_legacy_ids
SELECT w.id, w.legacy_id FROM workflows w
WHERE w.deleted_at IS NULL AND w.legacy_id = ANY(:ids::bigint[]);

-- name: others_on
-- The other workflows that are on, with all that lets records into them.
SELECT w.id, r.document, coalesce((
    SELECT array_agg(d.kind || ' ' || d.key) FROM workflow_criteria u
    JOIN criterion_depends d ON d.criterion_id = u.criterion_id
    WHERE u.workflow_id = w.id AND u.revision = r.revision
        AND (u.role = 'enroll' OR u.role LIKE 'again%%')), '{}') AS asks
FROM workflows w
JOIN workflow_revisions r ON r.workflow_id = w.id AND r.revision = w.live_revision
WHERE w.deleted_at IS NULL AND w.state <> 'off' AND w.id <> :id
ORDER BY w.id;
