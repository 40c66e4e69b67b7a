-- What turns need to be fair among workflows, careful after a crash, and true to new revisions.

-- Within a lane workflows come by turns, so a timer says whose it is.
ALTER TABLE timers ADD COLUMN workflow_id bigint;
UPDATE timers t SET workflow_id = e.workflow_id FROM enrollments e
WHERE e.bucket = t.bucket AND e.id = t.enrollment_id;
DELETE FROM timers WHERE workflow_id IS NULL;
ALTER TABLE timers ALTER COLUMN workflow_id SET NOT NULL;
CREATE INDEX timers_by_workflow ON timers (bucket, lane, workflow_id, due_at, enrollment_id);

ALTER TABLE buckets
    ADD COLUMN attempts smallint NOT NULL DEFAULT 0, -- turns begun since one ended
    ADD COLUMN caution smallint NOT NULL DEFAULT 0, -- how many times the portion was cut down
    ADD COLUMN careful smallint NOT NULL DEFAULT 0, -- turns until it may be larger again
    ADD COLUMN carried bigint NOT NULL DEFAULT 0; -- the version of all workflows that it has followed

-- Changes that killed the process which took them, and so were laid aside for somebody to look at.
CREATE TABLE set_aside (
    bucket smallint NOT NULL,
    id bigint NOT NULL,
    record_id bigint NOT NULL,
    object_type text NOT NULL,
    kind text NOT NULL,
    details jsonb NOT NULL,
    source text NOT NULL,
    depth smallint NOT NULL,
    at timestamptz NOT NULL,
    set_aside_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, id)
);

-- The revision that the enrollments of a bucket were last carried over to.
CREATE TABLE carried_revisions (
    bucket smallint NOT NULL,
    workflow_id bigint NOT NULL,
    revision integer NOT NULL,
    PRIMARY KEY (bucket, workflow_id)
);

-- What is to happen to those who wait when a revision goes live; by default they follow it.
ALTER TABLE workflow_revisions ADD COLUMN plan jsonb NOT NULL DEFAULT '{}';
