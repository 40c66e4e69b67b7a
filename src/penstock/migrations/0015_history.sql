-- The history of a workflow is looked through by step, and for what went wrong, without reading it all.

DROP INDEX journal_by_workflow;
CREATE INDEX journal_by_workflow ON journal (workflow_id, at, step);
CREATE INDEX journal_troubles ON journal (workflow_id, at)
    WHERE kind IN ('refused', 'failed', 'undelivered', 'uncertain');
