-- Effects on their way out. Rows of effects are taken with SKIP LOCKED, or one by one, and rates after
-- them in the order of their connections; nothing else is locked.

-- name: hold_name
-- The session's claim to a name, for as long as it lives. A machine that vanishes is noticed in a minute.
SELECT pg_try_advisory_lock(hashtextextended('penstock.deliverer/' || :name::text, 0)) AS held,
    set_config('tcp_keepalives_idle', '30', false) AS idle,
    set_config('tcp_keepalives_interval', '10', false) AS interval,
    set_config('tcp_keepalives_count', '3', false) AS count;

-- name: let_name_go
SELECT pg_advisory_unlock(hashtextextended('penstock.deliverer/' || :name::text, 0));

-- name: name_is_free
-- Whether nobody alive has the name; until the transaction ends nobody can take it.
SELECT pg_try_advisory_xact_lock(hashtextextended('penstock.deliverer/' || :name::text, 0));

-- name: names_sending
SELECT DISTINCT worker FROM effects WHERE state = 'sending';

-- name: sending
SELECT * FROM effects WHERE state = 'sending' AND worker = :name FOR UPDATE;

-- name: due
SELECT *
FROM effects
WHERE state = 'pending' AND kind = :kind AND next_at <= :now
ORDER BY next_at
LIMIT :limit
FOR UPDATE SKIP LOCKED;

-- name: claim!
UPDATE effects e SET state = 'sending', worker = i.worker, attempts = attempts + 1,
    first_at = coalesce(first_at, :now), place_at = NULL
FROM unnest(:enrollment_ids::bigint[], :visits::integer[], :parts::text[], :workers::text[])
    AS i(enrollment_id, visit, part, worker)
WHERE e.bucket = (i.enrollment_id & 63)::smallint AND e.enrollment_id = i.enrollment_id
    AND e.visit = i.visit AND e.part = i.part;

-- name: take_rates
-- How far the rates of these connections are handed out; the rows are held until the transaction ends.
INSERT INTO rates AS r (connection, free_at, second, used)
SELECT connection, :second, :second, 0 FROM unnest(:connections::text[]) AS c(connection)
ORDER BY connection
ON CONFLICT (connection) DO UPDATE SET connection = excluded.connection
RETURNING r.connection, r.free_at, r.second, r.used;

-- name: hand_out!
UPDATE rates r SET free_at = i.free_at, second = i.second, used = i.used
FROM unnest(:connections::text[], :free_at::timestamptz[], :seconds::timestamptz[],
    :used::integer[]) AS i(connection, free_at, second, used)
WHERE r.connection = i.connection;

-- name: move!
-- Effects that there was no room for, each to its place in the queue of its connection.
UPDATE effects e SET next_at = i.next_at, place_at = i.place_at
FROM unnest(:enrollment_ids::bigint[], :visits::integer[], :parts::text[], :workers::text[],
    :times::timestamptz[], :places::timestamptz[])
    AS i(enrollment_id, visit, part, worker, next_at, place_at)
WHERE e.bucket = (i.enrollment_id & 63)::smallint AND e.enrollment_id = i.enrollment_id
    AND e.visit = i.visit AND e.part = i.part AND e.worker IS NOT DISTINCT FROM i.worker;

-- name: unclaim!
UPDATE effects e SET state = 'pending', worker = NULL, attempts = attempts - 1,
    first_at = CASE WHEN attempts > 1 THEN first_at END
FROM unnest(:enrollment_ids::bigint[], :visits::integer[], :parts::text[], :workers::text[])
    AS i(enrollment_id, visit, part, worker)
WHERE e.bucket = (i.enrollment_id & 63)::smallint AND e.enrollment_id = i.enrollment_id
    AND e.visit = i.visit AND e.part = i.part AND e.worker IS NOT DISTINCT FROM i.worker;

-- name: settle!
-- The outcome of effects, and a change for each in its enrollment's bucket. An uncertain one still
-- takes the outcome that its worker knows after all. The workers come as a column: compared with a
-- constant, the planner expects one row and reads the whole table for every effect.
WITH settled AS (
    UPDATE effects e SET state = i.state, reason = i.reason, reply = i.reply, settled_at = :now,
        worker = CASE WHEN i.state = 'uncertain' THEN e.worker END
    FROM unnest(:enrollment_ids::bigint[], :visits::integer[], :parts::text[], :workers::text[],
        :states::text[], :reasons::text[], :replies::text[])
        AS i(enrollment_id, visit, part, worker, state, reason, reply)
    WHERE e.bucket = (i.enrollment_id & 63)::smallint AND e.enrollment_id = i.enrollment_id
        AND e.visit = i.visit AND e.part = i.part AND e.worker IS NOT DISTINCT FROM i.worker
    RETURNING e.bucket, e.enrollment_id, e.visit, e.part, e.kind, e.state, e.reason, e.workflow_id,
        e.record_id
)
INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
SELECT s.bucket, 0, s.record_id, w.object_type, 'effect',
    jsonb_build_object('enrollment', s.enrollment_id, 'visit', s.visit, 'part', s.part,
        'kind', s.kind, 'state', s.state, 'reason', s.reason),
    'AUTOMATION_PLATFORM/' || s.workflow_id, n.depth, :now
FROM settled s
JOIN enrollments n ON n.bucket = s.bucket AND n.id = s.enrollment_id
JOIN workflows w ON w.id = s.workflow_id;

-- name: put_back!
UPDATE effects e SET state = 'pending', worker = NULL, next_at = i.next_at, reason = i.reason,
    reply = i.reply, settled_at = NULL
FROM unnest(:enrollment_ids::bigint[], :visits::integer[], :parts::text[], :workers::text[],
    :times::timestamptz[], :reasons::text[], :replies::text[])
    AS i(enrollment_id, visit, part, worker, next_at, reason, reply)
WHERE e.bucket = (i.enrollment_id & 63)::smallint AND e.enrollment_id = i.enrollment_id
    AND e.visit = i.visit AND e.part = i.part AND e.worker IS NOT DISTINCT FROM i.worker;

-- name: mail_refusals
-- Which mails may not leave any more, and why. Where the enrolled record is no contact, the recipient
-- is whichever contact has the address now.
WITH letters AS (
    SELECT i.place, i.address, i.subscription, r.id IS NULL OR r.archived_at IS NOT NULL AS gone,
        w.id IS NULL OR w.deleted_at IS NOT NULL OR w.state = 'off' AS off,
        CASE WHEN r.type = '0-1' THEN r.id ELSE u.record_id END AS person
    FROM unnest(:workflow_ids::bigint[], :record_ids::bigint[], :addresses::text[],
        :subscriptions::bigint[]) WITH ORDINALITY
        AS i(workflow_id, record_id, address, subscription, place)
    LEFT JOIN workflows w ON w.id = i.workflow_id
    LEFT JOIN records r ON r.bucket = (i.record_id & 63)::smallint AND r.id = i.record_id
    LEFT JOIN LATERAL (
        SELECT record_id FROM unique_values
        WHERE type = '0-1' AND property = 'email' AND value = i.address LIMIT 1
    ) u ON true
), judged AS (
    SELECT l.place, CASE
        WHEN l.off THEN 'workflow_off'
        WHEN l.gone THEN 'record_gone'
        WHEN p.properties ->> 'email' IS DISTINCT FROM l.address THEN 'address_changed'
        WHEN p.properties -> 'hs_email_optout' = 'true' OR 0 = ANY(n.types) THEN 'opted_out'
        WHEN l.subscription = ANY(n.types) THEN 'unsubscribed'
        WHEN p.properties -> 'hs_email_hard_bounce_reason_enum' IS NOT NULL THEN 'bounced'
        END AS reason
    FROM letters l
    LEFT JOIN records p ON p.bucket = (l.person & 63)::smallint AND p.id = l.person
        AND p.archived_at IS NULL
    LEFT JOIN LATERAL (
        SELECT array_agg(s.subscription_type) AS types FROM subscriptions s
        WHERE s.bucket = p.bucket AND s.record_id = p.id AND s.channel = 'EMAIL'
            AND s.subscription_type IN (0, l.subscription) AND s.status = 'UNSUBSCRIBED'
    ) n ON true
)
SELECT place, reason FROM judged WHERE reason IS NOT NULL;

-- name: internal_refusals
-- Which internal mails may not leave any more, and why. People of the team are not asked; others may be
-- contacts who want no mail.
WITH letters AS (
    SELECT i.place, i.address, i.team, r.id IS NULL OR r.archived_at IS NOT NULL AS gone,
        w.id IS NULL OR w.deleted_at IS NOT NULL OR w.state = 'off' AS off,
        EXISTS (SELECT FROM owners o WHERE o.email = i.address AND o.archived_at IS NULL) AS known,
        (SELECT u.record_id FROM unique_values u
            WHERE u.type = '0-1' AND u.property = 'email' AND u.value = i.address) AS person
    FROM unnest(:workflow_ids::bigint[], :record_ids::bigint[], :addresses::text[], :team::boolean[])
        WITH ORDINALITY AS i(workflow_id, record_id, address, team, place)
    LEFT JOIN workflows w ON w.id = i.workflow_id
    LEFT JOIN records r ON r.bucket = (i.record_id & 63)::smallint AND r.id = i.record_id
), judged AS (
    SELECT l.place, CASE
        WHEN l.off THEN 'workflow_off'
        WHEN l.gone THEN 'record_gone'
        WHEN l.team AND NOT l.known THEN 'address_changed'
        WHEN l.team THEN NULL
        WHEN p.properties -> 'hs_email_optout' = 'true' THEN 'opted_out'
        WHEN p.properties -> 'hs_email_hard_bounce_reason_enum' IS NOT NULL THEN 'bounced'
        END AS reason
    FROM letters l
    LEFT JOIN records p ON p.bucket = (l.person & 63)::smallint AND p.id = l.person
        AND p.archived_at IS NULL
)
SELECT place, reason FROM judged WHERE reason IS NOT NULL;

-- name: refusals
-- Which effects may not leave any more, whatever they are, and why.
WITH judged AS (
    SELECT i.place, CASE
        WHEN w.id IS NULL OR w.deleted_at IS NOT NULL OR w.state = 'off' THEN 'workflow_off'
        WHEN r.id IS NULL OR r.archived_at IS NOT NULL THEN 'record_gone'
        END AS reason
    FROM unnest(:workflow_ids::bigint[], :record_ids::bigint[])
        WITH ORDINALITY AS i(workflow_id, record_id, place)
    LEFT JOIN workflows w ON w.id = i.workflow_id
    LEFT JOIN records r ON r.bucket = (i.record_id & 63)::smallint AND r.id = i.record_id
)
SELECT place, reason FROM judged WHERE reason IS NOT NULL;

-- name: capture!
INSERT INTO outbox (
    message_id, enrollment_id, visit, workflow_id, record_id, email_id, sender, recipient, subject,
    html, text, sent_at)
SELECT i.*, :now::timestamptz
FROM unnest(
    :message_ids::text[], :enrollment_ids::bigint[], :visits::integer[], :workflow_ids::bigint[],
    :record_ids::bigint[], :email_ids::bigint[], :senders::text[], :recipients::text[],
    :subjects::text[], :htmls::text[], :texts::text[])
    AS i(message_id, enrollment_id, visit, workflow_id, record_id, email_id, sender, recipient,
        subject, html, text)
ON CONFLICT (message_id) DO NOTHING;

-- name: outbox_page
SELECT id, message_id, enrollment_id, visit, workflow_id, record_id, email_id, sender, recipient,
    subject, sent_at
FROM outbox
WHERE (:before::bigint IS NULL OR id < :before)
    AND (:words::text IS NULL OR strpos(lower(recipient), lower(:words)) > 0
        OR strpos(lower(subject), lower(:words)) > 0)
    AND (:recipient::text IS NULL OR recipient = :recipient)
    AND (:workflow_id::bigint IS NULL OR workflow_id = :workflow_id)
    AND (:record_id::bigint IS NULL OR record_id = :record_id)
ORDER BY id DESC
LIMIT :limit;

-- name: outbox_read
SELECT * FROM outbox WHERE id = :id;

-- name: effects_page
-- Effects in a state, newest first, before a certain one in this order.
SELECT *
FROM effects
WHERE state = :state
    AND (:workflow_id::bigint IS NULL OR workflow_id = :workflow_id)
    AND (:at::timestamptz IS NULL OR (created_at, enrollment_id, visit, part)
        < (:at, :enrollment_id::bigint, :visit::integer, :part::text))
ORDER BY created_at DESC, enrollment_id DESC, visit DESC, part DESC
LIMIT :limit;

-- name: effects_of_visit
SELECT * FROM effects
WHERE bucket = (:enrollment_id & 63)::smallint AND enrollment_id = :enrollment_id AND visit = :visit;

-- name: lock
SELECT * FROM effects
WHERE bucket = (:enrollment_id & 63)::smallint AND enrollment_id = :enrollment_id AND visit = :visit
    AND part = :part
FOR UPDATE;

-- name: begin_again!
UPDATE effects SET state = 'pending', next_at = :now, attempts = 0, worker = NULL, reason = NULL,
    reply = NULL, settled_at = NULL, first_at = NULL, place_at = NULL
WHERE bucket = (:enrollment_id & 63)::smallint AND enrollment_id = :enrollment_id AND visit = :visit
    AND part = :part;
