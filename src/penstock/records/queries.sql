-- Records, their values, edges and history.
--
-- Lock order, kept by every transaction: records by (bucket, id), then unique_values by
-- (type, property, value). Associating takes FOR KEY SHARE on records, writing FOR NO KEY UPDATE,
-- archiving, merging and erasing FOR UPDATE. Every write leaves its history row and its change in the
-- statement that makes it.

-- name: lock
-- The records as they are once nobody else can write them.
SELECT r.id, r.type, r.properties, r.created_at, r.updated_at, r.archived_at, r.merged_into
FROM records r
WHERE (r.bucket, r.id) IN (SELECT (i.id & 63)::smallint, i.id FROM unnest(:ids::bigint[]) AS i(id))
ORDER BY r.bucket, r.id
FOR NO KEY UPDATE OF r;

-- name: lock_for_removal
SELECT r.id, r.type, r.archived_at, r.merged_into, r.properties
FROM records r
WHERE (r.bucket, r.id) IN (SELECT (i.id & 63)::smallint, i.id FROM unnest(:ids::bigint[]) AS i(id))
ORDER BY r.bucket, r.id
FOR UPDATE OF r;

-- name: lock_for_edges
-- Live records that are to be associated: they may be written meanwhile, but not removed.
SELECT r.id, r.type, r.archived_at
FROM records r
WHERE (r.bucket, r.id) IN (SELECT (i.id & 63)::smallint, i.id FROM unnest(:ids::bigint[]) AS i(id))
    AND r.archived_at IS NULL
ORDER BY r.bucket, r.id
FOR KEY SHARE OF r;

-- name: read
SELECT r.id, r.type, r.properties, r.created_at, r.updated_at, r.archived_at, r.merged_into
FROM unnest(:ids::bigint[]) WITH ORDINALITY AS i(id, place)
JOIN records r ON r.bucket = (i.id & 63)::smallint AND r.id = i.id
ORDER BY i.place;

-- name: page
-- One page of a type in id order.
SELECT r.id, r.type, r.properties, r.created_at, r.updated_at, r.archived_at, r.merged_into
FROM records r
WHERE r.type = :type AND r.id > :after AND (r.archived_at IS NOT NULL) = :archived
    AND r.merged_into IS NULL
ORDER BY r.id
LIMIT :limit;

-- name: find
-- Which records have these unique values.
SELECT u.property, u.value, u.record_id
FROM unique_values u
WHERE u.type = :type AND u.property = :property AND u.value = ANY(:values);

-- name: lock_values
SELECT u.property, u.value, u.record_id
FROM unique_values u
JOIN unnest(:properties::text[], :values::text[]) AS i(property, value)
    ON u.property = i.property AND u.value = i.value
WHERE u.type = :type
ORDER BY u.property, u.value
FOR UPDATE OF u;

-- name: claim_values
-- Takes unique values in sorted order; what is not returned belongs to somebody else.
INSERT INTO unique_values (type, property, value, record_id)
SELECT :type, i.property, i.value, i.record_id
FROM unnest(:properties::text[], :values::text[], :record_ids::bigint[])
    AS i(property, value, record_id)
ORDER BY i.property, i.value
ON CONFLICT DO NOTHING
RETURNING property, value, record_id;

-- name: release_values!
DELETE FROM unique_values u
USING unnest(:properties::text[], :values::text[], :record_ids::bigint[])
    AS i(property, value, record_id)
WHERE u.type = :type AND u.property = i.property AND u.value = i.value
    AND u.record_id = i.record_id;

-- name: create!
WITH input AS (
    SELECT coalesce(:bucket::smallint, (i.id & 63)::smallint) AS bucket, i.id, i.properties
    FROM ROWS FROM (unnest(:ids::bigint[]), jsonb_array_elements(:properties::jsonb))
        AS i(id, properties)
), created AS (
    INSERT INTO records (bucket, id, type, properties, created_at, updated_at)
    SELECT bucket, id, :type, properties, :now, :now FROM input
), history AS (
    INSERT INTO property_history (bucket, record_id, at, changed, source)
    SELECT bucket, id, :now, properties, :source FROM input
)
INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
SELECT bucket, :lane, id, :type, 'created', properties, :source, :depth, :now FROM input;

-- name: write
-- Sets, adds and appends on locked records; what stays as it was is no change. `stamps` maps a
-- property to the values that it brings along when it really changes.
WITH input AS (
    SELECT coalesce(:bucket::smallint, (i.id & 63)::smallint) AS bucket, i.id, i.sets, nullif(i.adds, 'null') AS adds,
        nullif(i.appends, 'null') AS appends, nullif(i.stamps, 'null') AS stamps
    FROM ROWS FROM (unnest(:ids::bigint[]), jsonb_array_elements(:sets::jsonb),
            jsonb_array_elements(:adds::jsonb), jsonb_array_elements(:appends::jsonb),
            jsonb_array_elements(:stamps::jsonb))
        AS i(id, sets, adds, appends, stamps)
), compared AS (
    SELECT r.bucket, r.id, r.type, r.properties, i.stamps, d.changed
    FROM input i
    JOIN records r ON r.bucket = i.bucket AND r.id = i.id AND r.archived_at IS NULL
    CROSS JOIN LATERAL (
        SELECT jsonb_object_agg(v.key, v.value) AS changed
        FROM (
            SELECT s.key, s.value FROM jsonb_each(i.sets) s
            UNION ALL
            SELECT a.key, to_jsonb(trim_scale(
                coalesce((r.properties ->> a.key)::numeric, 0) + a.value::numeric))
            FROM jsonb_each_text(i.adds) a
            UNION ALL
            SELECT p.key, CASE jsonb_typeof(p.value)
                WHEN 'array' THEN coalesce(r.properties -> p.key, '[]') || coalesce((
                    SELECT jsonb_agg(e.value ORDER BY e.place)
                    FROM jsonb_array_elements(p.value) WITH ORDINALITY AS e(value, place)
                    WHERE NOT coalesce(r.properties -> p.key, '[]') @> e.value), '[]')
                ELSE to_jsonb(coalesce(r.properties ->> p.key, '') || (p.value #>> '{}')) END
            FROM jsonb_each(i.appends) p
        ) v
        WHERE coalesce(r.properties -> v.key, 'null') <> v.value
    ) d
), changed AS (
    SELECT c.bucket, c.id, c.type, c.properties, c.changed || coalesce((
        SELECT jsonb_object_agg(v.key, v.value)
        FROM jsonb_each(c.stamps) s, jsonb_each(s.value) v
        WHERE c.changed ? s.key), '{}') AS changed
    FROM compared c
    WHERE c.changed IS NOT NULL
), written AS (
    UPDATE records r
    SET properties = jsonb_strip_nulls(r.properties || c.changed), updated_at = :now
    FROM changed c
    WHERE r.bucket = c.bucket AND r.id = c.id
), history AS (
    INSERT INTO property_history (bucket, record_id, at, changed, source)
    SELECT bucket, id, :now, changed, :source FROM changed
), announced AS (
    INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
    SELECT bucket, :lane, id, type, 'updated', changed, :source, :depth, :now FROM changed
)
SELECT c.id, c.changed FROM changed c;

-- name: assign!
-- One value of a property for locked records of a bucket; `changed` is that with what it brings.
WITH changed AS (
    UPDATE records r
    SET properties = (r.properties || :changed::jsonb) - :cleared::text[], updated_at = :now
    WHERE r.bucket = :bucket AND r.id = ANY(:ids::bigint[]) AND r.archived_at IS NULL
        AND coalesce(r.properties -> :name::text, 'null') <> :value::jsonb
    RETURNING r.bucket, r.id, r.type
), history AS (
    INSERT INTO property_history (bucket, record_id, at, changed, source)
    SELECT bucket, id, :now, :changed::jsonb, :source FROM changed
)
INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
SELECT bucket, :lane, id, type, 'updated', :changed::jsonb, :source, :depth, :now FROM changed;

-- name: archive!
WITH gone AS (
    UPDATE records r SET archived_at = :now, updated_at = :now
    FROM unnest(:ids::bigint[]) AS i(id)
    WHERE r.bucket = coalesce(:bucket::smallint, (i.id & 63)::smallint) AND r.id = i.id
        AND r.archived_at IS NULL
    RETURNING r.bucket, r.id, r.type
)
INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
SELECT bucket, :lane, id, type, 'archived', '{}', :source, :depth, :now FROM gone;

-- name: restore!
WITH back AS (
    UPDATE records r SET archived_at = NULL, updated_at = :now
    FROM unnest(:ids::bigint[]) AS i(id)
    WHERE r.bucket = (i.id & 63)::smallint AND r.id = i.id AND r.archived_at IS NOT NULL
    RETURNING r.bucket, r.id, r.type
)
INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
SELECT bucket, :lane, id, type, 'restored', '{}', :source, :depth, :now FROM back;

-- name: retire!
-- The loser of a merge: archived, and pointing at the survivor.
WITH gone AS (
    UPDATE records SET archived_at = :now, updated_at = :now, merged_into = :survivor
    WHERE bucket = (:loser & 63)::smallint AND id = :loser
)
INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
VALUES
    ((:loser & 63)::smallint, :lane, :loser, :type, 'merged',
        jsonb_build_object('into', :survivor::bigint), :source, :depth, :now),
    ((:survivor & 63)::smallint, :lane, :survivor, :type, 'absorbed',
        jsonb_build_object('from', :loser::bigint), :source, :depth, :now);

-- name: move_history!
WITH moved AS (
    DELETE FROM property_history WHERE bucket = (:loser & 63)::smallint AND record_id = :loser
    RETURNING at, changed, source
)
INSERT INTO property_history (bucket, record_id, at, changed, source)
SELECT (:survivor & 63)::smallint, :survivor, at, changed, source FROM moved ORDER BY at;

-- name: move_events!
WITH moved AS (
    DELETE FROM events WHERE bucket = (:loser & 63)::smallint AND record_id = :loser
    RETURNING type, at, properties, uuid
)
INSERT INTO events (bucket, record_id, type, at, properties, uuid)
SELECT (:survivor & 63)::smallint, :survivor, type, at, properties, uuid FROM moved ORDER BY at
ON CONFLICT DO NOTHING;

-- name: move_memberships!
-- The survivor is in all lists and imports that the loser was in, from when either first was.
WITH left_lists AS (
    DELETE FROM list_members WHERE bucket = (:loser & 63)::smallint AND record_id = :loser
    RETURNING list_id, joined_at
), joined AS (
    INSERT INTO list_members (bucket, list_id, record_id, joined_at)
    SELECT (:survivor & 63)::smallint, list_id, :survivor, joined_at FROM left_lists ORDER BY list_id
    ON CONFLICT (bucket, list_id, record_id) DO UPDATE
        SET joined_at = least(list_members.joined_at, excluded.joined_at)
    RETURNING list_id, old.record_id IS NULL AS new
), left_imports AS (
    DELETE FROM import_members WHERE bucket = (:loser & 63)::smallint AND record_id = :loser
    RETURNING import_id
), imported AS (
    INSERT INTO import_members (bucket, import_id, record_id)
    SELECT (:survivor & 63)::smallint, import_id, :survivor FROM left_imports ORDER BY import_id
    ON CONFLICT DO NOTHING
    RETURNING import_id
)
INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
SELECT (:survivor & 63)::smallint, :lane, :survivor, :type, c.kind, c.details, :source, :depth, :now
FROM (
    SELECT 'listed' AS kind, jsonb_build_object('list', list_id) AS details FROM joined WHERE new
    UNION ALL
    SELECT 'imported', jsonb_build_object('import', import_id) FROM imported
) c;

-- name: move_consents!
-- What either wanted no more, the survivor does not want.
WITH moved AS (
    DELETE FROM subscriptions WHERE bucket = (:loser & 63)::smallint AND record_id = :loser
    RETURNING *
), kept AS (
    INSERT INTO subscriptions AS s (
        bucket, record_id, channel, subscription_type, status, at, source, legal_basis,
        legal_basis_explanation)
    SELECT (:survivor & 63)::smallint, :survivor, channel, subscription_type, status, at, source,
        legal_basis, legal_basis_explanation
    FROM moved ORDER BY channel, subscription_type
    ON CONFLICT (bucket, record_id, channel, subscription_type) DO UPDATE
        SET status = excluded.status, at = excluded.at, source = excluded.source,
            legal_basis = excluded.legal_basis,
            legal_basis_explanation = excluded.legal_basis_explanation
        WHERE s.status = 'SUBSCRIBED' AND excluded.status = 'UNSUBSCRIBED'
    RETURNING record_id
)
INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
SELECT DISTINCT (:survivor & 63)::smallint, :lane::smallint, record_id, :type, 'subscribed',
    '{}'::jsonb, :source, :depth::smallint, :now::timestamptz
FROM kept;

-- name: edges_of
-- Every edge that leaves the record.
SELECT a.type_id, a.to_id FROM associations a
WHERE a.bucket = (:id & 63)::smallint AND a.from_id = :id
ORDER BY a.type_id, a.to_id;

-- name: erase!
-- The person is gone: record, history, events and what waited to be handled. What was merged into the
-- record goes too. The engine learns the addresses there were, since it wrote to them. Requests to
-- write the record stay: who asked waits for the answer, which is that it is gone.
WITH record AS (
    DELETE FROM records WHERE (bucket = (:id & 63)::smallint AND id = :id) OR merged_into = :id
    RETURNING bucket, id
), addresses AS (
    SELECT coalesce(jsonb_agg(DISTINCT h.changed ->> 'email'), '[]') AS all
    FROM property_history h
    WHERE h.bucket = (:id & 63)::smallint AND h.record_id = :id AND h.changed ->> 'email' IS NOT NULL
), history AS (
    DELETE FROM property_history WHERE bucket = (:id & 63)::smallint AND record_id = :id
), events AS (
    DELETE FROM events WHERE bucket = (:id & 63)::smallint AND record_id = :id
), visits AS (
    DELETE FROM visitors
    WHERE record_id = :id OR record_id IN (SELECT id FROM records WHERE merged_into = :id)
), lists AS (
    DELETE FROM list_members WHERE bucket = (:id & 63)::smallint AND record_id = :id
), imports AS (
    DELETE FROM import_members WHERE bucket = (:id & 63)::smallint AND record_id = :id
), consents AS (
    DELETE FROM subscriptions WHERE bucket = (:id & 63)::smallint AND record_id = :id
), waiting AS (
    DELETE FROM changes
    WHERE bucket = (:id & 63)::smallint AND record_id = :id AND kind <> 'write'
)
INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
SELECT r.bucket, :lane, r.id, :type, 'erased',
    jsonb_build_object('addresses', CASE WHEN r.id = :id THEN a.all ELSE '[]' END),
    :source, :depth, :now
FROM record r CROSS JOIN addresses a;

-- name: history
-- The values that properties of records have had, newest first.
SELECT h.record_id, h.at, h.source, v.key AS property, v.value
FROM property_history h
JOIN unnest(:ids::bigint[]) AS i(id) ON h.bucket = (i.id & 63)::smallint AND h.record_id = i.id
CROSS JOIN LATERAL jsonb_each(h.changed) AS v
WHERE v.key = ANY(:properties)
ORDER BY h.record_id, h.at DESC, h.id DESC;

-- name: associate
-- Adds edges, both directions at once, and leaves a change for each new direction.
WITH given AS (
    SELECT i.from_id, i.type_id, i.to_id
    FROM unnest(:from_ids::bigint[], :type_ids::integer[], :to_ids::bigint[])
        AS i(from_id, type_id, to_id)
), input AS (
    SELECT from_id, type_id, to_id FROM given
    UNION
    SELECT g.to_id, t.inverse, g.from_id FROM given g JOIN association_types t ON t.id = g.type_id
), added AS (
    INSERT INTO associations (bucket, from_id, type_id, to_id, created_at)
    SELECT coalesce(:bucket::smallint, (from_id & 63)::smallint) AS bucket, from_id, type_id, to_id, :now
    FROM input
    ORDER BY bucket, from_id, type_id, to_id
    ON CONFLICT DO NOTHING
    RETURNING bucket, from_id, type_id, to_id
), announced AS (
    INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
    SELECT a.bucket, :lane, a.from_id, t.from_type, 'associated',
        jsonb_build_object('type', a.type_id, 'to', a.to_id), :source, :depth, :now
    FROM added a JOIN association_types t ON t.id = a.type_id
)
SELECT coalesce(array_agg(from_id), '{}') AS from_ids, coalesce(array_agg(type_id), '{}') AS type_ids,
    coalesce(array_agg(to_id), '{}') AS to_ids
FROM added;

-- name: dissociate
-- Removes edges, both directions at once, and leaves a change for each.
WITH given AS (
    SELECT i.from_id, i.type_id, i.to_id
    FROM unnest(:from_ids::bigint[], :type_ids::integer[], :to_ids::bigint[])
        AS i(from_id, type_id, to_id)
), input AS (
    SELECT from_id, type_id, to_id FROM given
    UNION
    SELECT g.to_id, t.inverse, g.from_id FROM given g JOIN association_types t ON t.id = g.type_id
), removed AS (
    DELETE FROM associations a USING input i
    WHERE a.bucket = coalesce(:bucket::smallint, (i.from_id & 63)::smallint) AND a.from_id = i.from_id
        AND a.type_id = i.type_id AND a.to_id = i.to_id
    RETURNING a.bucket, a.from_id, a.type_id, a.to_id
), announced AS (
    INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
    SELECT r.bucket, :lane, r.from_id, t.from_type, 'dissociated',
        jsonb_build_object('type', r.type_id, 'to', r.to_id), :source, :depth, :now
    FROM removed r JOIN association_types t ON t.id = r.type_id
)
SELECT coalesce(array_agg(from_id), '{}') AS from_ids, coalesce(array_agg(type_id), '{}') AS type_ids,
    coalesce(array_agg(to_id), '{}') AS to_ids
FROM removed;

-- name: edges_from
-- The edges of several records, for some association types, in the order of the other end.
SELECT a.from_id, a.type_id, a.to_id, a.created_at
FROM unnest(:ids::bigint[]) AS i(id)
JOIN associations a ON a.bucket = (i.id & 63)::smallint AND a.from_id = i.id
WHERE a.type_id = ANY(:type_ids::integer[]) AND a.to_id > :after
ORDER BY a.from_id, a.to_id, a.type_id;

-- name: edges_page
-- At most `limit` other ends of one record, with all edges to each.
SELECT a.type_id, a.to_id
FROM associations a
WHERE a.bucket = (:id & 63)::smallint AND a.from_id = :id AND a.type_id = ANY(:type_ids::integer[])
    AND a.to_id IN (
        SELECT b.to_id FROM associations b
        WHERE b.bucket = (:id & 63)::smallint AND b.from_id = :id
            AND b.type_id = ANY(:type_ids::integer[]) AND b.to_id > :after
        GROUP BY b.to_id ORDER BY b.to_id LIMIT :limit)
ORDER BY a.to_id, a.type_id;

-- name: live
-- Which of these records exist and are not archived.
SELECT r.id
FROM unnest(:ids::bigint[]) AS i(id)
JOIN records r ON r.bucket = (i.id & 63)::smallint AND r.id = i.id
WHERE r.archived_at IS NULL;

-- name: count_edges
-- How many edges of a type each of these records has.
SELECT a.from_id, a.type_id, count(*) AS number
FROM (SELECT DISTINCT i.from_id, i.type_id
    FROM unnest(:from_ids::bigint[], :type_ids::integer[]) AS i(from_id, type_id)) i
JOIN associations a ON a.bucket = (i.from_id & 63)::smallint AND a.from_id = i.from_id
    AND a.type_id = i.type_id
GROUP BY a.from_id, a.type_id
ORDER BY a.from_id, a.type_id;

-- name: count_by_type
-- Live records of each type.
SELECT r.type, count(*) AS count FROM records r WHERE r.archived_at IS NULL GROUP BY r.type;
