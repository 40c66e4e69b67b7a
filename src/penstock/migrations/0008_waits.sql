-- Enrollments that wait for something to happen to their record.

CREATE TABLE waits (
    bucket smallint NOT NULL,
    enrollment_id bigint NOT NULL,
    number smallint NOT NULL, -- which of the events that the step waits for
    record_id bigint NOT NULL,
    kind text NOT NULL, -- the changes that bring such an event: their kind, and what they are about
    key text NOT NULL,
    document jsonb NOT NULL, -- what is asked of the event
    since bigint NOT NULL, -- changes up to this one were before the step was entered
    lane smallint NOT NULL, -- its timer, if the wait ends by itself
    due_at timestamptz,
    PRIMARY KEY (bucket, enrollment_id, number)
);
CREATE INDEX waits_by_record ON waits (bucket, record_id, kind, key);
