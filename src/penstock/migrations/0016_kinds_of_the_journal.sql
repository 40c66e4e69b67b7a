-- What an entry of the journal tells is one of few things, in the order in which those of one moment
-- happen. As a type of its own it takes four bytes, sorts in that order, and lets nothing else in.

CREATE TYPE journal_kind AS ENUM (
    'refused', 'enrolled', 'waiting', 'awaiting', 'held', 'queued', 'delivered', 'undelivered',
    'uncertain', 'succeeded', 'skipped', 'rescheduled', 'retrying', 'failed', 'step_removed', 'moved',
    'pinned', 'goal_met', 'unenrolled', 'finished');

DROP INDEX journal_troubles;
ALTER TABLE journal ALTER COLUMN kind TYPE journal_kind USING kind::journal_kind;
CREATE INDEX journal_troubles ON journal (workflow_id, at)
    WHERE kind IN ('refused', 'failed', 'undelivered', 'uncertain');

-- A record's id says its bucket already.
DROP INDEX journal_by_record;
CREATE INDEX journal_by_record ON journal (record_id);
