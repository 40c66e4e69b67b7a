-- One turn of one bucket. Lock order: the bucket's row, then records by id, then what the records
-- store locks. Every statement that writes names its one bucket.

-- name: lock_bucket^
-- The bucket, unless somebody else is turning it.
SELECT b.turned_at, b.carried, EXISTS (SELECT FROM waits w WHERE w.bucket = :bucket) AS awaiting
FROM buckets b WHERE b.bucket = :bucket FOR NO KEY UPDATE SKIP LOCKED;

-- name: versions^
-- Of all that changes may speak of.
SELECT (SELECT version FROM schema_state) AS schema, (SELECT version FROM workflows_state) AS workflows;

-- name: mark_turned!
-- A turn that ends leaves the bucket a little less careful.
UPDATE buckets SET turned_at = :now, attempts = 0,
    careful = greatest(careful - 1, 0), caution = CASE WHEN careful > 1 THEN caution ELSE 0 END
WHERE bucket = :bucket;

-- name: begin^
-- That a turn is begun, known also if its process dies. No commit is waited for: what a crash of the
-- server forgets was no fault of the turn.
UPDATE buckets b SET attempts = b.attempts + 1
FROM (SELECT bucket, set_config('synchronous_commit', 'off', true) FROM buckets
    WHERE bucket = :bucket FOR NO KEY UPDATE SKIP LOCKED) l
WHERE b.bucket = l.bucket
RETURNING b.attempts, b.caution, b.careful;

-- name: take_back!
-- A turn that came to nothing for no fault of its own.
UPDATE buckets b SET attempts = greatest(b.attempts - 1, 0)
FROM (SELECT bucket FROM buckets WHERE bucket = :bucket FOR NO KEY UPDATE SKIP LOCKED) l
WHERE b.bucket = l.bucket;

-- name: be_careful!
UPDATE buckets SET attempts = 1, caution = :caution, careful = :careful WHERE bucket = :bucket;

-- name: set_change_aside^
-- The change that would be taken next.
WITH next AS (
    SELECT c.lane, c.id FROM changes c WHERE c.bucket = :bucket ORDER BY c.lane, c.id LIMIT 1
), gone AS (
    DELETE FROM changes c USING next n
    WHERE c.bucket = :bucket AND c.lane = n.lane AND c.id = n.id
    RETURNING c.*
), kept AS (
    INSERT INTO set_aside (bucket, id, record_id, object_type, kind, details, source, depth, at,
        set_aside_at)
    SELECT :bucket, g.id, g.record_id, g.object_type, g.kind, g.details, g.source, g.depth, g.at, :now
    FROM gone g
)
SELECT g.lane, g.object_type, g.kind, g.depth, g.details, ARRAY[g.record_id] AS record_ids FROM gone g;

-- name: set_recheck_aside!
-- The verdict that would be looked at again next stays as it is.
UPDATE matches m SET recheck_at = NULL
FROM (SELECT criterion_id, record_id FROM matches
    WHERE bucket = :bucket AND recheck_at <= :now ORDER BY recheck_at LIMIT 1) n
WHERE m.bucket = :bucket AND m.criterion_id = n.criterion_id AND m.record_id = n.record_id;

-- name: set_standing_aside!
-- The record that would be judged next by a criterion is passed over.
UPDATE standings s SET reached = coalesce((
    SELECT min(r.id) FROM records r JOIN criteria c ON c.id = s.criterion_id
    WHERE r.bucket = :bucket AND r.id > s.reached AND r.type = c.object_type
        AND r.archived_at IS NULL), s.reached)
WHERE s.bucket = :bucket AND NOT s.stands AND s.criterion_id = :criterion;

-- name: passage_of^
SELECT e.record_id, e.workflow_id FROM enrollments e
WHERE e.bucket = :bucket AND e.id = :id AND e.ended_at IS NULL;

-- name: busy_buckets
-- Buckets that have something to do at `now`.
SELECT b.bucket FROM buckets b
WHERE EXISTS (SELECT FROM changes c WHERE c.bucket = b.bucket)
    OR EXISTS (SELECT FROM timers t WHERE t.bucket = b.bucket AND t.lane = 0 AND t.due_at <= :now)
    OR EXISTS (SELECT FROM timers t WHERE t.bucket = b.bucket AND t.lane = 1 AND t.due_at <= :now)
    OR EXISTS (SELECT FROM matches m WHERE m.bucket = b.bucket AND m.recheck_at <= :now)
    OR EXISTS (SELECT FROM standings s WHERE s.bucket = b.bucket AND NOT s.stands)
    OR EXISTS (SELECT FROM resumptions r WHERE r.bucket = b.bucket)
    OR (b.carried <> (SELECT version FROM workflows_state) AND EXISTS (
        SELECT FROM carried_revisions c JOIN workflows w ON w.id = c.workflow_id
        WHERE c.bucket = b.bucket AND c.revision <> w.live_revision));

-- name: fresh_buckets
-- Those of them where somebody waits who is not of a backfill.
SELECT b.bucket FROM buckets b
WHERE EXISTS (SELECT FROM changes c WHERE c.bucket = b.bucket AND c.lane = 0)
    OR EXISTS (SELECT FROM timers t WHERE t.bucket = b.bucket AND t.lane = 0 AND t.due_at <= :now);

-- name: next_due$
-- The next instant at which time alone gives a bucket something to do.
SELECT min(x.at) FROM (
    SELECT (SELECT min(t.due_at) FROM timers t WHERE t.bucket = b.bucket AND t.lane = l.lane) AS at
    FROM buckets b CROSS JOIN (VALUES (0), (1)) AS l(lane)
    UNION ALL
    SELECT (SELECT min(m.recheck_at) FROM matches m
        WHERE m.bucket = b.bucket AND m.recheck_at IS NOT NULL)
    FROM buckets b
) x;

-- name: take_changes
-- The next changes, fresh ones first; they are gone when the turn commits. Those that say the same of
-- different records come as one row, with what each says in detail if that is to be told. A range of
-- the key, since a queue's statistics mislead the planner.
WITH taken AS (
    DELETE FROM changes c
    WHERE c.bucket = :bucket AND (c.lane, c.id) <= (
        SELECT n.lane, n.id
        FROM (SELECT lane, id FROM changes WHERE bucket = :bucket ORDER BY lane, id LIMIT :limit) n
        ORDER BY n.lane DESC, n.id DESC LIMIT 1)
    RETURNING c.id, c.lane, c.record_id, c.object_type, c.kind, c.depth, c.at,
        CASE WHEN :told AND c.kind IN ('created', 'updated', 'event') THEN c.details::text END AS said,
        CASE
            WHEN c.kind = 'updated' THEN ARRAY(SELECT jsonb_object_keys(c.details))
            WHEN c.kind IN ('associated', 'dissociated', 'event') THEN ARRAY[c.details ->> 'type']
            WHEN c.kind IN ('listed', 'unlisted') THEN ARRAY[c.details ->> 'list']
            WHEN c.kind = 'passed' THEN ARRAY[c.details ->> 'workflow']
            WHEN c.kind = 'imported' THEN ARRAY[c.details ->> 'import']
            WHEN c.kind = 'subscribed' THEN ARRAY['']
        END AS keys,
        CASE WHEN c.kind NOT IN ('created', 'updated', 'associated', 'dissociated', 'event', 'listed',
                'unlisted', 'passed', 'imported', 'subscribed')
            THEN c.details END AS details
)
SELECT t.lane, t.object_type, t.kind, t.depth, t.keys, t.details,
    array_agg(t.record_id ORDER BY t.id) AS record_ids,
    CASE WHEN :told THEN array_agg(t.said ORDER BY t.id) END AS said,
    CASE WHEN :told THEN array_agg(t.at ORDER BY t.id) END AS ats,
    CASE WHEN :told THEN array_agg(t.id ORDER BY t.id) END AS ids
FROM taken t
GROUP BY t.lane, t.object_type, t.kind, t.depth, t.keys, t.details
ORDER BY t.lane, min(t.id);

-- name: take_rechecks
-- Verdicts that time alone may have flipped.
SELECT m.criterion_id, m.record_id FROM matches m
WHERE m.bucket = :bucket AND m.recheck_at <= :now
ORDER BY m.recheck_at LIMIT :limit;

-- name: drop_rechecks!
-- Records that no longer exist have nothing to recheck.
UPDATE matches m SET recheck_at = NULL, matching = false
FROM unnest(:criteria::bigint[], :records::bigint[]) AS i(criterion_id, record_id)
WHERE m.bucket = :bucket AND m.criterion_id = i.criterion_id AND m.record_id = i.record_id
    AND m.recheck_at <= :now;

-- name: settle
-- Judges candidates, writes the levels that moved, and returns the edges.
WITH verdicts AS MATERIALIZED (
    VERDICTS
), compared AS (
    SELECT v.criterion, v.record_id, v.verdict, v.flip, m.matching, m.record_id IS NOT NULL AS known,
        m.recheck_at
    FROM verdicts v
    LEFT JOIN matches m ON m.bucket = :bucket AND m.criterion_id = v.criterion
        AND m.record_id = v.record_id
), written AS (
    INSERT INTO matches (bucket, criterion_id, record_id, matching, since, recheck_at)
    SELECT :bucket, c.criterion, c.record_id, c.verdict, :now, c.flip
    FROM compared c
    WHERE (c.known AND (c.matching <> c.verdict OR c.recheck_at IS DISTINCT FROM c.flip))
        OR (NOT c.known AND (c.verdict OR c.flip IS NOT NULL))
    ON CONFLICT (bucket, criterion_id, record_id) DO UPDATE SET
        since = CASE WHEN matches.matching <> excluded.matching THEN excluded.since
            ELSE matches.since END,
        matching = excluded.matching, recheck_at = excluded.recheck_at
)
SELECT c.criterion, c.record_id, c.verdict FROM compared c
WHERE c.verdict <> coalesce(c.matching, false);

-- name: judge
-- The candidates that match, by criterion.
SELECT v.criterion, array_agg(v.record_id) AS ids
FROM (VERDICTS) v
WHERE v.verdict
GROUP BY v.criterion;

-- name: forget_matches!
DELETE FROM matches WHERE bucket = :bucket AND criterion_id = ANY(:criteria::bigint[])
    AND record_id = ANY(:records::bigint[]);

-- name: standing
-- Criteria that have not yet been judged over all records of the bucket.
SELECT s.criterion_id, s.reached FROM standings s
WHERE s.bucket = :bucket AND NOT s.stands ORDER BY s.criterion_id;

-- name: stand_candidates$
SELECT ARRAY(
    SELECT r.id FROM records r
    WHERE r.bucket = :bucket AND r.id > :reached AND r.type = :type AND r.archived_at IS NULL
    ORDER BY r.bucket, r.id LIMIT :limit);

-- name: stand!
UPDATE standings SET reached = :reached, stands = :stands
WHERE bucket = :bucket AND criterion_id = :criterion;

-- name: matching$
-- The next records that match a criterion, and came to do so after `since`, by `until`.
SELECT ARRAY(
    SELECT m.record_id FROM matches m
    JOIN records r ON r.bucket = m.bucket AND r.id = m.record_id AND r.archived_at IS NULL
    WHERE m.bucket = :bucket AND m.criterion_id = :criterion AND m.matching AND m.record_id > :after
        AND m.since > coalesce(:since::timestamptz, '-infinity')
        AND m.since <= coalesce(:until::timestamptz, 'infinity')
    ORDER BY m.record_id LIMIT :limit);

-- name: among_matching
SELECT m.record_id FROM matches m
WHERE m.bucket = :bucket AND m.criterion_id = :criterion AND m.record_id = ANY(:records::bigint[])
    AND m.matching;

-- name: live_records
SELECT r.id FROM records r
WHERE r.bucket = :bucket AND r.id = ANY(:ids::bigint[]) AND r.type = :type
    AND r.archived_at IS NULL;

-- name: ends
-- The other ends of associations of one type, in an order that can be gone on with.
SELECT a.from_id, a.to_id FROM associations a
WHERE a.bucket = :bucket AND a.from_id = ANY(:records::bigint[]) AND a.type_id = :type_id
    AND (a.from_id, a.to_id) > (:after_from::bigint, :after_to::bigint)
ORDER BY a.from_id, a.to_id LIMIT :limit;

-- name: whereabouts
-- Live records among these, wherever they are.
SELECT r.id, r.type FROM unnest(:ids::bigint[]) AS i(id)
JOIN records r ON r.bucket = (i.id & 63)::smallint AND r.id = i.id AND r.archived_at IS NULL;

-- name: reach!
-- Requests to the buckets of other records, to judge them or to reach further from there.
INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
SELECT (i.id & 63)::smallint, :lane, i.id, :object_type, :kind, :details, 'AUTOMATION_PLATFORM',
    :depth, :now
FROM unnest(:records::bigint[]) AS i(id);

-- name: leave!
-- Changes of records of this bucket.
INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
SELECT :bucket, i.lane, r.id, r.type, :kind, :details, 'AUTOMATION_PLATFORM', i.depth, :now
FROM unnest(:records::bigint[], :lanes::smallint[], :depths::smallint[]) AS i(id, lane, depth)
JOIN records r ON r.bucket = :bucket AND r.id = i.id;

-- name: ask!
-- One request for each of these records, in its bucket.
INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
SELECT (i.id & 63)::smallint, :lane, i.id, :object_type, :kind, :details, :source, :depth, :now
FROM unnest(:records::bigint[]) AS i(id) ORDER BY i.id;

-- name: request!
-- Something for this bucket to do in a later turn.
INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
VALUES (:bucket, :lane, :record_id, :object_type, :kind, :details, :source, :depth, :now);

-- name: passages
-- How often records have been through a workflow, and whether they are in it now.
SELECT e.record_id, max(e.passage) AS passages, bool_or(e.ended_at IS NULL) AS active
FROM unnest(:records::bigint[]) AS i(id)
JOIN enrollments e ON e.bucket = (i.id & 63)::smallint AND e.record_id = i.id
    AND e.workflow_id = :workflow
GROUP BY e.record_id;

-- name: load_enrollments
SELECT e.id, e.workflow_id, e.record_id, e.passage, e.revision, e.step, e.visit, e.waiting,
    e.entered_at, e.lane, e.depth, e.context, e.enrolled_at
FROM enrollments e
WHERE e.bucket = :bucket AND e.id = ANY(:ids::bigint[]) AND e.state = 'active';

-- name: lock_records$
-- The live ones of these records, which nobody else can write from now on.
SELECT ARRAY(
    SELECT r.id FROM records r
    WHERE r.bucket = :bucket AND r.id = ANY(:ids::bigint[]) AND r.archived_at IS NULL
    ORDER BY r.id FOR NO KEY UPDATE);

-- name: values
-- Properties of records of this bucket: by name, the records and their values in the same order.
SELECT n.name, array_agg(r.id) AS ids, jsonb_agg(r.properties -> n.name) AS values
FROM records r CROSS JOIN unnest(:names::text[]) AS n(name)
WHERE r.bucket = :bucket AND r.id = ANY(:ids::bigint[])
GROUP BY n.name;

-- name: far_values
-- Properties of live records wherever they are, likewise.
SELECT n.name, array_agg(r.id) AS ids, jsonb_agg(r.properties -> n.name) AS values
FROM unnest(:ids::bigint[]) AS i(id)
JOIN records r ON r.bucket = (i.id & 63)::smallint AND r.id = i.id AND r.archived_at IS NULL
CROSS JOIN unnest(:names::text[]) AS n(name)
GROUP BY n.name;

-- name: moments
-- When records came to be, and when they were last written.
SELECT r.id, r.created_at, r.updated_at
FROM unnest(:ids::bigint[]) AS i(id)
JOIN records r ON r.bucket = (i.id & 63)::smallint AND r.id = i.id;

-- name: far_ends
-- The records that each of these is associated with.
SELECT a.from_id, a.type_id, a.to_id FROM associations a
WHERE a.bucket = :bucket AND a.from_id = ANY(:ids::bigint[]) AND a.type_id = ANY(:types::integer[])
ORDER BY a.from_id, a.type_id, a.to_id;

-- name: insert_enrollments!
INSERT INTO enrollments (
    bucket, id, workflow_id, record_id, passage, revision, state, step, visit, waiting, entered_at,
    lane, depth, context, enrolled_at, ended_at, reason, source)
SELECT :bucket, i.id, i.workflow_id, i.record_id, i.passage, i.revision, i.state, i.step, i.visit,
    i.waiting, i.entered_at, i.lane, i.depth, i.context::jsonb, :now, i.ended_at, i.reason, i.source
FROM unnest(
    :id::bigint[], :workflow_id::bigint[], :record_id::bigint[], :passage::integer[],
    :revision::integer[], :state::text[], :step::text[], :visit::integer[], :waiting::boolean[],
    :entered_at::timestamptz[], :lane::smallint[], :depth::smallint[], :context::text[],
    :ended_at::timestamptz[], :reason::text[], :source::text[])
    AS i(id, workflow_id, record_id, passage, revision, state, step, visit, waiting, entered_at,
        lane, depth, context, ended_at, reason, source);

-- name: update_enrollments!
UPDATE enrollments e
SET state = i.state, step = i.step, visit = i.visit, waiting = i.waiting, entered_at = i.entered_at,
    lane = i.lane, depth = i.depth, context = i.context::jsonb, ended_at = i.ended_at,
    reason = i.reason
FROM unnest(
    :id::bigint[], :state::text[], :step::text[], :visit::integer[], :waiting::boolean[],
    :entered_at::timestamptz[], :lane::smallint[], :depth::smallint[], :context::text[],
    :ended_at::timestamptz[], :reason::text[])
    AS i(id, state, step, visit, waiting, entered_at, lane, depth, context, ended_at, reason)
WHERE e.bucket = :bucket AND e.id = i.id;

-- name: end_enrollments
-- Ends the live enrollments of records in a workflow, or in all but one, whatever they wait for.
UPDATE enrollments e SET state = :state, ended_at = :now, reason = :reason, waiting = false
WHERE e.bucket = :bucket AND e.record_id = ANY(:records::bigint[]) AND e.ended_at IS NULL
    AND e.workflow_id = coalesce(:workflow::bigint, e.workflow_id)
    AND e.workflow_id IS DISTINCT FROM :spare::bigint
RETURNING e.id, e.workflow_id, e.record_id, e.step, e.visit, e.waiting;

-- name: insert_timers!
INSERT INTO timers (bucket, lane, due_at, enrollment_id, workflow_id)
SELECT :bucket, i.lane, i.due_at, i.id, i.workflow_id
FROM unnest(:lane::smallint[], :due_at::timestamptz[], :id::bigint[], :workflow_id::bigint[])
    AS i(lane, due_at, id, workflow_id);

-- name: insert_journal!
INSERT INTO journal (bucket, visit, at, record_id, workflow_id, enrollment_id, step, kind, detail)
SELECT :bucket, i.visit, :now, i.record_id, i.workflow_id, i.enrollment_id, i.step, i.kind,
    i.detail::jsonb
FROM unnest(
    :visit::integer[], :record_id::bigint[], :workflow_id::bigint[], :enrollment_id::bigint[],
    :step::text[], :kind::journal_kind[], :detail::text[])
    AS i(visit, record_id, workflow_id, enrollment_id, step, kind, detail)
ORDER BY i.record_id, i.visit;

-- name: lock_months!
-- Nobody else makes a partition of the journal until this transaction ends.
SELECT pg_advisory_xact_lock(hashtext('journal'));

-- name: has_month$
-- Whether the journal has the partition of that name.
SELECT to_regclass(:name) IS NOT NULL;

-- name: add_tallies!
INSERT INTO tallies (bucket, workflow_id, step, kind, count)
SELECT :bucket, i.workflow_id, i.step, i.kind, i.count
FROM unnest(:workflow_id::bigint[], :step::text[], :kind::text[], :count::bigint[])
    AS i(workflow_id, step, kind, count)
ON CONFLICT (bucket, workflow_id, step, kind) DO UPDATE SET count = tallies.count + excluded.count;

-- name: insert_effects!
INSERT INTO effects (
    bucket, enrollment_id, visit, part, kind, state, payload, workflow_id, record_id, step, next_at,
    created_at)
SELECT :bucket, i.enrollment_id, i.visit, i.part, i.kind, 'pending', i.payload::jsonb,
    i.workflow_id, i.record_id, i.step, :now, :now
FROM unnest(
    :enrollment_id::bigint[], :visit::integer[], :part::text[], :kind::text[], :payload::text[],
    :workflow_id::bigint[], :record_id::bigint[], :step::text[])
    AS i(enrollment_id, visit, part, kind, payload, workflow_id, record_id, step);

-- name: erase_traces!
-- What the engine still knew about a person who was erased.
WITH enrolled AS (
    UPDATE enrollments SET context = '{}' WHERE bucket = :bucket AND record_id = ANY(:records::bigint[])
    RETURNING id
), journalled AS (
    UPDATE journal SET detail = NULL
    WHERE bucket = :bucket AND record_id = ANY(:records::bigint[]) AND detail IS NOT NULL
), queued AS (
    DELETE FROM effects e USING enrolled n WHERE e.bucket = :bucket AND e.enrollment_id = n.id
), told AS (
    DELETE FROM notifications WHERE bucket = :bucket AND record_id = ANY(:records::bigint[])
), levels AS (
    DELETE FROM matches WHERE bucket = :bucket AND record_id = ANY(:records::bigint[])
)
DELETE FROM outbox WHERE record_id = ANY(:records::bigint[]);

-- name: request_forgetting!
-- One request per bucket: somebody else's workflow may have written to an erased person.
INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
SELECT b.bucket, 0, 0, '', 'forget', jsonb_build_object('addresses', :addresses::text[]),
    'AUTOMATION_PLATFORM', 0, :now
FROM buckets b;

-- name: forget_addresses
-- Returns what was queued for them.
WITH journalled AS (
    UPDATE journal SET detail = NULL
    WHERE bucket = :bucket AND detail IS NOT NULL
        AND EXISTS (SELECT FROM unnest(:addresses::text[]) AS a(address)
            WHERE position(a.address IN detail::text) > 0)
)
DELETE FROM effects WHERE bucket = :bucket AND part = ANY(:addresses::text[])
RETURNING enrollment_id, visit;

-- name: forget_mail!
-- Mail to erased people that was captured, and what a file said of them.
WITH mail AS (
    DELETE FROM outbox WHERE recipient = ANY(:addresses::text[])
)
DELETE FROM import_problems WHERE value = ANY(:addresses::text[]);

-- name: effect_steps
-- What settled effects belong to.
SELECT e.enrollment_id, e.visit, e.part, e.workflow_id, e.record_id, e.step,
    e.payload ->> 'email' AS email_id
FROM effects e
JOIN unnest(:enrollments::bigint[], :visits::integer[], :parts::text[]) AS i(enrollment, visit, part)
    ON e.enrollment_id = i.enrollment AND e.visit = i.visit AND e.part = i.part
WHERE e.bucket = :bucket;

-- name: record_mail_events!
-- A delivered mail is an event of its record, and a change.
WITH noted AS (
    INSERT INTO events (bucket, record_id, type, at, properties)
    SELECT :bucket, i.record_id, :type, :now, i.properties::jsonb
    FROM unnest(:record_ids::bigint[], :properties::text[]) AS i(record_id, properties)
    RETURNING record_id, properties
)
INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
SELECT :bucket, 0, n.record_id, r.type, 'event',
    jsonb_build_object('type', :type::text, 'properties', n.properties), :source, 0, :now
FROM noted n JOIN records r ON r.bucket = :bucket AND r.id = n.record_id;

-- name: starting
-- Workflows whose latest revision waits for its criteria to stand in every bucket, and those ready.
SELECT w.id, w.revision, w.object_type, w.enrolls_existing, w.state
FROM workflows w
WHERE w.deleted_at IS NULL
    AND (w.state = 'starting'
        OR (w.state = 'on' AND (w.live_revision IS DISTINCT FROM w.revision OR w.enrolls_existing)))
    AND NOT EXISTS (
        SELECT FROM workflow_criteria u JOIN standings s ON s.criterion_id = u.criterion_id
        WHERE u.workflow_id = w.id AND u.revision = w.revision AND NOT s.stands)
ORDER BY w.id
FOR UPDATE OF w SKIP LOCKED;

-- name: go_live!
UPDATE workflows SET state = 'on', live_revision = :revision, on_since = coalesce(on_since, :now),
    enrolls_existing = false
WHERE id = :id;

-- name: request_existing!
-- One request per bucket: enrol what matches already.
INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
SELECT b.bucket, 1, 0, :object_type, 'enroll_existing',
    jsonb_build_object('workflow', :workflow::bigint, 'after', 0), :source, 0, :now
FROM buckets b;

-- name: ready_lists
-- Lists whose new criterion stands in every bucket.
SELECT l.id, l.object_type, l.criterion_id, l.pending_criterion_id FROM lists l
WHERE l.deleted_at IS NULL AND l.pending_criterion_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM standings s WHERE s.criterion_id = l.pending_criterion_id AND NOT s.stands)
ORDER BY l.id
FOR UPDATE OF l SKIP LOCKED;

-- name: list_goes_live!
UPDATE lists SET criterion_id = pending_criterion_id, pending_criterion_id = NULL WHERE id = :id;

-- name: request_relisting!
-- One request per bucket: say who joined and who left when the list came to mean something else.
INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
SELECT b.bucket, 1, 0, :object_type, 'relist', jsonb_build_object(
    'list', :list::bigint, 'old', :old::bigint, 'new', :new::bigint), :source, 0, :now
FROM buckets b;

-- name: relist!
WITH moved AS (
    SELECT coalesce(o.record_id, n.record_id) AS record_id, n.record_id IS NOT NULL AS inside
    FROM (SELECT record_id FROM matches
        WHERE bucket = :bucket AND criterion_id = :old AND matching) o
    FULL JOIN (SELECT record_id FROM matches
        WHERE bucket = :bucket AND criterion_id = :new AND matching) n USING (record_id)
    WHERE o.record_id IS NULL OR n.record_id IS NULL
)
INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
SELECT :bucket, 1, r.id, r.type, CASE WHEN m.inside THEN 'listed' ELSE 'unlisted' END,
    jsonb_build_object('list', :list::bigint), 'AUTOMATION_PLATFORM', 0, :now
FROM moved m
JOIN records r ON r.bucket = :bucket AND r.id = m.record_id AND r.archived_at IS NULL;

-- name: active_lists
-- Dynamic lists, with the criterion of their members and the one that is to replace it.
SELECT l.id, l.object_type, l.criterion_id, l.pending_criterion_id FROM lists l
WHERE l.deleted_at IS NULL AND coalesce(l.criterion_id, l.pending_criterion_id) IS NOT NULL;

-- name: active_workflows
-- Workflows that may enrol, or the `only` one, with the criteria of their latest and live revisions.
SELECT w.id, w.object_type, w.state, w.on_since, w.revision, w.live_revision,
    (SELECT r.document -> 'enrollmentCriteria' FROM workflow_revisions r
        WHERE r.workflow_id = w.id AND r.revision = w.live_revision) AS trigger,
    (SELECT r.document -> 'enrollmentSchedule' FROM workflow_revisions r
        WHERE r.workflow_id = w.id AND r.revision = w.live_revision) AS schedule,
    coalesce((SELECT jsonb_agg(jsonb_build_object(
            'role', u.role, 'criterion', u.criterion_id, 'live', u.revision = w.live_revision))
        FROM workflow_criteria u
        WHERE u.workflow_id = w.id AND u.revision IN (w.revision, w.live_revision)), '[]') AS criteria
FROM workflows w
WHERE w.deleted_at IS NULL AND w.state <> 'off' AND w.id = coalesce(:only, w.id);

-- name: criteria
SELECT c.id, c.object_type, c.document FROM criteria c WHERE c.id = ANY(:ids::bigint[]);

-- name: definitions
-- The definition that enrollments of a workflow follow: a pinned revision, or the live one.
SELECT w.id, w.object_type, w.state, r.revision, r.document
FROM unnest(:workflows::bigint[], :revisions::integer[]) AS i(workflow_id, revision)
JOIN workflows w ON w.id = i.workflow_id
JOIN workflow_revisions r ON r.workflow_id = w.id
    AND r.revision = coalesce(i.revision, w.live_revision, w.revision);
