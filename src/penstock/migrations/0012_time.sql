-- Time in workflows: schedules that fire, pauses, and turning off at a moment.

ALTER TABLE workflows
    DROP CONSTRAINT workflows_state_check,
    ADD CONSTRAINT workflows_state_check CHECK (state IN ('off', 'starting', 'on', 'paused')),
    ADD COLUMN paused_at timestamptz,
    ADD COLUMN fires_at timestamptz, -- the next moment of its schedule
    ADD COLUMN turns_off_at timestamptz, -- when it turns itself off
    ADD CHECK ((state = 'paused') = (paused_at IS NOT NULL));

-- The moments at which schedules fired, each once; and those that were missed and passed over.
CREATE TABLE firings (
    workflow_id bigint NOT NULL REFERENCES workflows ON DELETE CASCADE,
    at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    skipped boolean NOT NULL,
    PRIMARY KEY (workflow_id, at)
);

-- The appointments of who is frozen because the workflow is paused.
CREATE TABLE parked (
    bucket smallint NOT NULL,
    workflow_id bigint NOT NULL,
    enrollment_id bigint NOT NULL,
    lane smallint NOT NULL,
    due_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, workflow_id, enrollment_id)
);

-- What a bucket is still to do about the end of a pause.
CREATE TABLE resumptions (
    bucket smallint NOT NULL,
    workflow_id bigint NOT NULL,
    resumed_at timestamptz NOT NULL,
    paused_at timestamptz NOT NULL,
    choice jsonb NOT NULL,
    PRIMARY KEY (bucket, workflow_id, resumed_at)
);
