-- What further actions of workflows keep.

-- By what a step rotates: how many numbers it has given.
CREATE TABLE rotations (
    workflow_id bigint NOT NULL,
    step text NOT NULL,
    given bigint NOT NULL,
    PRIMARY KEY (workflow_id, step)
);

-- Numbers that were claimed by turns which have not taken them yet: after a rollback they are found here.
CREATE TABLE rotation_numbers (
    bucket smallint NOT NULL CHECK (bucket = (record_id & 63)),
    workflow_id bigint NOT NULL,
    step text NOT NULL,
    record_id bigint NOT NULL,
    passage integer NOT NULL,
    visit integer NOT NULL,
    number bigint NOT NULL,
    PRIMARY KEY (bucket, workflow_id, step, record_id, passage, visit)
);
CREATE INDEX rotation_numbers_by_record ON rotation_numbers (bucket, record_id);

-- What workflows tell people of the team, within Penstock.
CREATE TABLE notifications (
    bucket smallint NOT NULL CHECK (bucket = (record_id & 63)),
    id bigint GENERATED ALWAYS AS IDENTITY,
    user_id bigint NOT NULL,
    workflow_id bigint NOT NULL,
    step text NOT NULL,
    enrollment_id bigint NOT NULL,
    record_id bigint NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    created_at timestamptz NOT NULL,
    read_at timestamptz,
    PRIMARY KEY (bucket, id)
);
CREATE INDEX notifications_by_user ON notifications (user_id, id);
CREATE INDEX notifications_by_record ON notifications (bucket, record_id);

-- Mail to people of the team is no marketing e-mail.
ALTER TABLE outbox ALTER COLUMN email_id DROP NOT NULL;
