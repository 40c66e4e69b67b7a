-- What happens. A turn works on one bucket, under the lock of its row here.

CREATE TABLE buckets (
    bucket smallint PRIMARY KEY,
    turned_at timestamptz NOT NULL DEFAULT '0001-01-02T00:00Z' -- the last turn's now; never goes back
);
INSERT INTO buckets (bucket) SELECT generate_series(0, 63);

-- How far a criterion has been judged over the records that were there before it.
CREATE TABLE standings (
    bucket smallint NOT NULL,
    criterion_id bigint NOT NULL,
    reached bigint NOT NULL DEFAULT 0, -- records up to this id have been judged
    stands boolean NOT NULL DEFAULT false,
    PRIMARY KEY (bucket, criterion_id)
);
CREATE INDEX standings_to_reach ON standings (bucket) WHERE NOT stands;

-- The level; a record without a row does not match, and time alone will not change that.
CREATE TABLE matches (
    bucket smallint NOT NULL,
    criterion_id bigint NOT NULL,
    record_id bigint NOT NULL,
    matching boolean NOT NULL,
    since timestamptz NOT NULL,
    recheck_at timestamptz, -- the next instant at which time alone can flip it
    PRIMARY KEY (bucket, criterion_id, record_id)
);
CREATE INDEX matches_to_recheck ON matches (bucket, recheck_at) WHERE recheck_at IS NOT NULL;

-- One passage of one record through a workflow.
CREATE TABLE enrollments (
    bucket smallint NOT NULL CHECK (bucket = (id & 63) AND bucket = (record_id & 63)),
    id bigint NOT NULL,
    workflow_id bigint NOT NULL,
    record_id bigint NOT NULL,
    passage integer NOT NULL,
    revision integer, -- null: follows the live revision
    state text NOT NULL CHECK (state IN ('active', 'finished', 'unenrolled', 'goal_met', 'failed')),
    step text NOT NULL, -- where it stands or, once ended, where it last stood; '' before the first
    visit integer NOT NULL DEFAULT 0, -- steps entered so far; never restarts
    waiting boolean NOT NULL DEFAULT false, -- its step has run, and it waits there
    entered_at timestamptz NOT NULL, -- when it came to its step
    lane smallint NOT NULL,
    depth smallint NOT NULL,
    context jsonb NOT NULL DEFAULT '{}', -- outputs of its steps
    enrolled_at timestamptz NOT NULL,
    ended_at timestamptz,
    reason text, -- why it ended, a stable code
    source text NOT NULL, -- what enrolled it
    PRIMARY KEY (bucket, id),
    CHECK ((state = 'active') = (ended_at IS NULL))
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX enrollments_live ON enrollments (bucket, workflow_id, record_id)
    WHERE ended_at IS NULL;
CREATE UNIQUE INDEX enrollments_passages ON enrollments (bucket, record_id, workflow_id, passage);

-- An enrollment that waits for a moment; inserted and deleted, never updated.
CREATE TABLE timers (
    bucket smallint NOT NULL,
    lane smallint NOT NULL,
    due_at timestamptz NOT NULL,
    enrollment_id bigint NOT NULL,
    PRIMARY KEY (bucket, lane, due_at, enrollment_id)
) WITH (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 10000,
    autovacuum_vacuum_cost_delay = 0
);

-- Counts, kept per bucket and summed on read.
CREATE TABLE tallies (
    bucket smallint NOT NULL,
    workflow_id bigint NOT NULL,
    step text NOT NULL, -- '' for the workflow as a whole
    kind text NOT NULL,
    count bigint NOT NULL,
    PRIMARY KEY (bucket, workflow_id, step, kind)
);

-- What happened, what did not, and why; one partition a month, made by the engine.
CREATE TABLE journal (
    bucket smallint NOT NULL,
    visit integer NOT NULL,
    at timestamptz NOT NULL,
    record_id bigint NOT NULL,
    workflow_id bigint NOT NULL,
    enrollment_id bigint NOT NULL, -- 0 for a refusal
    step text NOT NULL,
    kind text NOT NULL,
    detail jsonb
) PARTITION BY RANGE (at);
CREATE INDEX journal_by_record ON journal (bucket, record_id);
CREATE INDEX journal_by_workflow ON journal (workflow_id, at);

-- Something that must leave the building. Its key is all that a retry may depend on.
CREATE TABLE effects (
    bucket smallint NOT NULL,
    enrollment_id bigint NOT NULL,
    visit integer NOT NULL,
    part text NOT NULL, -- the recipient, never an ordinal
    kind text NOT NULL,
    state text NOT NULL CHECK (
        state IN ('pending', 'sending', 'done', 'failed', 'uncertain', 'recalled')),
    payload jsonb NOT NULL,
    workflow_id bigint NOT NULL,
    record_id bigint NOT NULL,
    step text NOT NULL,
    attempts smallint NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL,
    worker text,
    reason text, -- why it is in this state, a stable code
    reply text, -- what the receiver answered last
    created_at timestamptz NOT NULL,
    settled_at timestamptz,
    PRIMARY KEY (bucket, enrollment_id, visit, part)
) WITH (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 10000,
    autovacuum_vacuum_cost_delay = 0
);
CREATE INDEX effects_to_send ON effects (kind, next_at) WHERE state = 'pending';
CREATE INDEX effects_in_flight ON effects (worker) WHERE state = 'sending';
CREATE INDEX effects_to_look_at ON effects (state, created_at)
    WHERE state IN ('uncertain', 'failed');

-- Mail that was captured because no mail server is set.
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id text NOT NULL UNIQUE,
    enrollment_id bigint NOT NULL,
    visit integer NOT NULL,
    workflow_id bigint NOT NULL,
    record_id bigint NOT NULL,
    email_id bigint NOT NULL,
    sender text NOT NULL,
    recipient text NOT NULL,
    subject text NOT NULL,
    html text NOT NULL,
    text text NOT NULL,
    sent_at timestamptz NOT NULL
);
CREATE INDEX outbox_by_record ON outbox (record_id);
