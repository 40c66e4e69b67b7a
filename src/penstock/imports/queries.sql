-- Imports, their files and their reports. A batch holds the import's row from its beginning, so that
-- whoever else believes to run the import, or cancels it, comes after the batch or before it.

-- name: begin$
INSERT INTO imports (
    name, file_name, object_type, mapping, options, request, started_by, bytes_total, bytes_done,
    next_line, created_at, updated_at)
VALUES (
    :name, :file_name, :object_type, '[]', '{}', :request, :started_by, 0, 0, 1, :now, :now)
RETURNING id;

-- name: store_chunk!
INSERT INTO import_chunks (import_id, part, bytes) VALUES (:id, :part, :bytes);

-- name: plan!
UPDATE imports
SET mapping = :mapping, options = :options, bytes_total = :bytes_total, bytes_done = :offset,
    next_line = :line
WHERE id = :id;

-- name: chunk$
SELECT substr(bytes, :start::integer + 1) FROM import_chunks WHERE import_id = :id AND part = :part;

-- name: one
SELECT * FROM imports WHERE id = :id;

-- name: page
-- Newest first.
SELECT * FROM imports WHERE id < :before ORDER BY id DESC LIMIT :limit;

-- name: to_run
SELECT id FROM imports WHERE state IN ('waiting', 'running') ORDER BY id;

-- name: take$
-- Held by the session, so that a process that dies lets go of its import.
SELECT pg_try_advisory_lock(:space, (:id::bigint %% 2147483647)::integer);

-- name: start!
UPDATE imports
SET state = 'running', started_at = coalesce(started_at, :now), updated_at = :now
WHERE id = :id AND state IN ('waiting', 'running');

-- name: hold$
SELECT state FROM imports WHERE id = :id AND bytes_done = :offset FOR NO KEY UPDATE;

-- name: advance
UPDATE imports
SET bytes_done = :offset, next_line = :line, wary_until = :wary_until,
    rows_read = rows_read + :rows_read, created = created + :created, updated = updated + :updated,
    unchanged = unchanged + :unchanged, rejected = rejected + :rejected,
    warnings = warnings + :warnings, updated_at = :now
WHERE id = :id
RETURNING *;

-- name: end
-- With an offset, only if the import stands there: nobody else has gone on with it.
UPDATE imports
SET state = :state, failure = :failure, finished_at = :now, updated_at = :now,
    bytes_done = CASE :state WHEN 'finished' THEN bytes_total ELSE bytes_done END
WHERE id = :id AND state IN ('waiting', 'running')
    AND bytes_done = coalesce(:offset, bytes_done)
RETURNING *;

-- name: drop_file!
DELETE FROM import_chunks WHERE import_id = :id;

-- name: add_members!
-- The records of a batch came with the import. What is judged as new anyway needs no change of its own.
WITH given AS (
    SELECT DISTINCT (i.id & 63)::smallint AS bucket, i.id, i.new
    FROM unnest(:ids::bigint[], :news::boolean[]) AS i(id, new)
), added AS (
    INSERT INTO import_members (bucket, import_id, record_id)
    SELECT DISTINCT bucket, :id::bigint, id FROM given
    ON CONFLICT DO NOTHING
    RETURNING bucket, record_id
)
INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
SELECT old.bucket, :lane, old.id, :type, 'imported', jsonb_build_object('import', :id::bigint),
    :source, :depth, :now
FROM (
    SELECT bucket, record_id AS id FROM added EXCEPT SELECT bucket, id FROM given WHERE new
) old;

-- name: report!
INSERT INTO import_problems (
    import_id, line, rejected, column_number, column_name, property, value, code, reason)
SELECT :id, p.line, p.rejected, p.column_number, p.column_name, p.property, p.value, p.code,
    p.reason::jsonb
FROM unnest(
    :lines::bigint[], :rejected::boolean[], :column_numbers::integer[], :column_names::text[],
    :properties::text[], :values::text[], :codes::text[], :reasons::text[])
    WITH ORDINALITY AS p(
        line, rejected, column_number, column_name, property, value, code, reason, place)
ORDER BY p.place;

-- name: problems
SELECT p.id, p.line, p.rejected, p.column_number, p.column_name, p.property, p.value, p.code,
    p.reason
FROM import_problems p
WHERE p.import_id = :id AND p.id > :after
ORDER BY p.id
LIMIT :limit;

-- name: owners
-- How people write down an owner: by address, or by name.
SELECT o.id::text AS id, o.email, btrim(o.first_name || ' ' || o.last_name) AS name
FROM owners o WHERE o.archived_at IS NULL;

-- name: make_names!
-- What records of other types are called, for the columns that name them: properties without an index
-- are gone through once an import, not once a batch. Only a candidate: `named` looks at the record.
CREATE TEMPORARY TABLE IF NOT EXISTS import_names (
    object_type text NOT NULL, property text NOT NULL, digest bigint NOT NULL, id bigint NOT NULL);

-- name: index_names!
CREATE INDEX IF NOT EXISTS import_names_by_digest ON import_names (object_type, property, digest);

-- name: count_names!
-- Temporary tables are not looked after by autovacuum, and the planner has to know how many there are.
ANALYZE import_names;

-- name: gather_names$
-- Adds the records that have come since; returns the last one's id.
WITH fresh AS (
    SELECT r.id, r.properties ->> :property AS name
    FROM records r
    WHERE r.type = :type AND r.id > :after AND r.archived_at IS NULL
), kept AS (
    INSERT INTO import_names (object_type, property, digest, id)
    SELECT :type, :property, hashtextextended(lower(btrim(name)), 0), id
    FROM fresh WHERE name IS NOT NULL
)
SELECT max(id) FROM fresh;

-- name: named
-- The live records that have these names, without regard to case.
SELECT DISTINCT i.name, r.id
FROM unnest(:names::text[]) AS i(name)
JOIN import_names n ON n.object_type = :type AND n.property = :property
    AND n.digest = hashtextextended(lower(btrim(i.name)), 0)
JOIN records r ON r.bucket = (n.id & 63)::smallint AND r.id = n.id AND r.archived_at IS NULL
WHERE lower(btrim(r.properties ->> :property)) = lower(btrim(i.name))
ORDER BY i.name, r.id;
