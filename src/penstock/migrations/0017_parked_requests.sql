-- What a bucket was to do for a workflow when that was paused: it does so when the workflow goes on.

CREATE TABLE parked_requests (
    bucket smallint NOT NULL,
    workflow_id bigint NOT NULL,
    lane smallint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    record_id bigint NOT NULL,
    object_type text NOT NULL,
    kind text NOT NULL,
    details jsonb NOT NULL,
    depth smallint NOT NULL,
    PRIMARY KEY (bucket, workflow_id, id)
);
