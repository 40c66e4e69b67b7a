-- What happened, as people read it.

-- name: of_record
-- Oldest first.
SELECT j.at, j.record_id, j.workflow_id, w.name AS workflow, j.enrollment_id, j.visit, j.step,
    j.kind, j.detail
FROM journal j JOIN workflows w ON w.id = j.workflow_id
WHERE j.bucket = (:record_id & 63)::smallint AND j.record_id = :record_id
    AND j.at >= :since AND j.at <= :until
    AND (:workflow_id::bigint IS NULL OR j.workflow_id = :workflow_id)
    AND (:kinds::journal_kind[] IS NULL OR j.kind = ANY(:kinds::journal_kind[]))
    AND (:steps::text[] IS NULL OR j.step = ANY(:steps))
ORDER BY j.at, j.enrollment_id, j.visit, j.kind
LIMIT :limit;

-- name: of_workflow
-- Newest first; the cursor is the last entry of the page before. Thousands share one instant.
SELECT j.at, j.record_id, j.workflow_id, w.name AS workflow, j.enrollment_id, j.visit, j.step,
    j.kind, j.detail
FROM journal j JOIN workflows w ON w.id = j.workflow_id
WHERE j.workflow_id = :workflow_id AND j.at >= :since AND j.at <= :at
    AND (:kinds::journal_kind[] IS NULL OR j.kind = ANY(:kinds::journal_kind[]))
    AND (j.at, j.enrollment_id, j.visit, j.kind, j.record_id)
        < (:at, :enrollment_id::bigint, :visit::integer, :kind::journal_kind, :record_id::bigint)
ORDER BY j.at DESC, j.enrollment_id DESC, j.visit DESC, j.kind DESC, j.record_id DESC
LIMIT :limit;

-- name: of_steps
-- The same of certain steps, which the index tells apart.
SELECT j.at, j.record_id, j.workflow_id, w.name AS workflow, j.enrollment_id, j.visit, j.step,
    j.kind, j.detail
FROM journal j JOIN workflows w ON w.id = j.workflow_id
WHERE j.workflow_id = :workflow_id AND j.at >= :since AND j.at <= :at
    AND j.step = ANY(:steps::text[])
    AND (:kinds::journal_kind[] IS NULL OR j.kind = ANY(:kinds::journal_kind[]))
    AND (j.at, j.enrollment_id, j.visit, j.kind, j.record_id)
        < (:at, :enrollment_id::bigint, :visit::integer, :kind::journal_kind, :record_id::bigint)
ORDER BY j.at DESC, j.enrollment_id DESC, j.visit DESC, j.kind DESC, j.record_id DESC
LIMIT :limit;

-- name: of_troubles
-- The same of what went wrong, which has an index of its own.
SELECT j.at, j.record_id, j.workflow_id, w.name AS workflow, j.enrollment_id, j.visit, j.step,
    j.kind, j.detail
FROM journal j JOIN workflows w ON w.id = j.workflow_id
WHERE j.workflow_id = :workflow_id AND j.at >= :since AND j.at <= :at
    AND j.kind IN ('refused', 'failed', 'undelivered', 'uncertain')
    AND (:kinds::journal_kind[] IS NULL OR j.kind = ANY(:kinds::journal_kind[]))
    AND (j.at, j.enrollment_id, j.visit, j.kind, j.record_id)
        < (:at, :enrollment_id::bigint, :visit::integer, :kind::journal_kind, :record_id::bigint)
ORDER BY j.at DESC, j.enrollment_id DESC, j.visit DESC, j.kind DESC, j.record_id DESC
LIMIT :limit;

-- name: names
SELECT w.id, w.name FROM workflows w WHERE w.id = ANY(:ids::bigint[]);

-- name: tallies
SELECT t.workflow_id, t.step, t.kind, sum(t.count)::bigint AS count
FROM tallies t
WHERE t.workflow_id = ANY(:workflow_ids::bigint[])
GROUP BY t.workflow_id, t.step, t.kind
HAVING sum(t.count) <> 0
ORDER BY t.workflow_id, t.step, t.kind;

-- name: progress
-- In how many of all buckets the criteria of each workflow's latest revision stand.
SELECT u.workflow_id, count(*) FILTER (WHERE s.stands) AS stands, count(*) AS total
FROM workflow_criteria u
JOIN workflows w ON w.id = u.workflow_id AND w.revision = u.revision
JOIN standings s ON s.criterion_id = u.criterion_id
WHERE u.workflow_id = ANY(:workflow_ids::bigint[])
GROUP BY u.workflow_id;

-- name: enrollments_of_record
SELECT e.id, e.workflow_id, w.name AS workflow, e.record_id, e.passage, e.state, e.step, e.visit,
    e.waiting, e.entered_at, e.enrolled_at, e.ended_at, e.reason, e.source,
    (SELECT min(t.due_at) FROM timers t WHERE t.bucket = e.bucket AND t.enrollment_id = e.id
        AND e.ended_at IS NULL) AS due_at
FROM enrollments e JOIN workflows w ON w.id = e.workflow_id
WHERE e.bucket = (:record_id & 63)::smallint AND e.record_id = :record_id
ORDER BY e.enrolled_at, e.id;
