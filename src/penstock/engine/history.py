"""What happened, as people read it: by record, by workflow, and in numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from penstock.engine.errors import CursorInvalid
from penstock.engine.journal import WHOLE
from penstock.engine.kinds import KINDS, Kind
from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.kernel.texts import Text
from penstock.workflows import reasons

_queries = load("penstock.engine", "history.sql")

TOLD: dict[Kind, Text] = {
    "refused": Text("Not enrolled: {reason}"),
    "enrolled": Text("Enrolled"),
    "waiting": Text("Waits until {until}"),
    "awaiting": Text("Waits for an event"),
    "held": Text("Waits for an answer"),
    "queued": Text("E-mail queued"),
    "delivered": Text("E-mail sent to {part}"),
    "undelivered": Text("E-mail to {part} was not sent: {reason}"),
    "uncertain": Text("It is uncertain whether the e-mail to {part} was sent"),
    "succeeded": Text("Done"),
    "skipped": Text("Skipped: {reason}"),
    "rescheduled": Text("Put off until {until}: {reason}"),
    "retrying": Text("Failed: {reason}. It is tried again at {until}"),
    "failed": Text("Failed: {reason}"),
    "step_removed": Text("Its step was removed from the workflow"),
    "moved": Text("Its step is no longer what it was: it goes on at another one"),
    "pinned": Text("Stays on the revision that it began with"),
    "goal_met": Text("Goal met"),
    "unenrolled": Text("Unenrolled: {reason}"),
    "finished": Text("Finished the workflow"),
}
"""How each kind of entry is told."""

TROUBLES: frozenset[Kind] = frozenset(("refused", "failed", "undelivered", "uncertain"))
"""Kinds of what did not go as it should; they have an index of their own."""

OF_WEBHOOKS: dict[Kind, Text] = {
    "delivered": Text("Webhook answered by {part}"),
    "undelivered": Text("Webhook to {part} was not taken: {reason}"),
    "uncertain": Text("It is uncertain whether the webhook to {part} was taken"),
}
"""How what became of a webhook is told; of anything else that left, as of mail."""

REASONS: dict[str, Text] = {
    "already_active": Text("it is in the workflow already"),
    "not_eligible_again": Text("it has been through the workflow before"),
    "too_deep": Text("workflows have set each other off too many times in a row"),
    "record_deleted": Text("the record was deleted"),
    "record_merged": Text("the record was merged into another one"),
    "record_erased": Text("the record was erased"),
    "goal_met": Text("it has met the workflow's goal"),
    "unenrollment_trigger": Text("it meets the workflow's unenrollment trigger"),
    "suppression_list": Text("it is in a suppression list of the workflow"),
    "no_longer_matches": Text("it no longer meets the enrollment conditions"),
    "step_removed": Text("its step was removed from the workflow"),
    "outside_hours": Text("the workflow does not act at this time of the week"),
    "pause_date": Text("the workflow pauses on this date"),
    "holiday": Text("it is a public holiday"),
    "workflow_paused": Text("the workflow is paused"),
    "paused": Text("its time came while the workflow was paused"),
    "anchor_empty": Text("it has no date for the workflow to centre on"),
    "moment_past": Text("its moment was past when the record enrolled"),
    "workflow_off": Text("the workflow is off"),
    "workflow_starting": Text("the workflow is still being turned on"),
    "record_gone": Text("there is no such record"),
    "wrong_type": Text("the record is of another type"),
    "not_active": Text("it is not in the workflow"),
    "manual": Text("somebody decided so"),
    "other_workflow": Text("another workflow removed it"),
    "own_step": Text("a step of the workflow removed it"),
    "date_past": Text("its date was past, which ends the workflow for it"),
    "date_empty": Text("it has no date, which ends the workflow for it"),
    "step_failed": Text("a step failed that must not"),
    "set_aside": Text("the process ended each time that it tried, and so it was set aside"),
    "loop": Text("it has come back to the same step too often"),
    "revision": Text("the workflow was changed, and those at this step were let go"),
}
"""What the codes of refusals and endings mean."""


@dataclass(frozen=True)
class Entry:
    """One thing that happened to a record in a workflow. `enrollment_id` is 0 for a refusal."""

    at: datetime
    record_id: int
    workflow_id: int
    workflow: str
    enrollment_id: int
    visit: int
    step: str
    kind: Kind
    detail: dict[str, Any]
    by_name: str | None = None
    """What the workflow is called that did it, if another one did."""

    @property
    def cursor(self) -> str:
        """Where this entry stands among those of its workflow."""
        place = (self.enrollment_id, self.visit, self.kind, self.record_id)
        return ",".join([self.at.isoformat(), *map(str, place)])

    def text(self) -> Text:
        """The entry as a sentence."""
        detail = self.detail
        match self.kind, detail.get("by"):
            case "succeeded", _ if "branch" in detail:
                return Text("Went down the branch {branch}", branch=detail["branch"])
            case "succeeded", _ if "told" in detail:
                stored = detail["told"]
                return Text(stored["pattern"], **stored["arguments"])
            case "enrolled", "existing":
                return Text("Enrolled, since it met the conditions already")
            case "enrolled", str(by):
                return Text("Enrolled by {who}", who=who(by, self.by_name))
            case "refused", str(by):
                asking, reason = who(by, self.by_name), self._reason()
                return Text("Not enrolled, though {who} asked: {reason}", who=asking, reason=reason)
            case "unenrolled", str(by):
                return Text("Unenrolled by {who}", who=who(by, self.by_name))
            case "delivered", _ if detail.get("reason") == "counted_as_sent":
                return Text("Somebody decided that what went to {part} was sent", **detail)
            case "waiting", _ if "until" not in detail:
                return Text("Waits")
            case "awaiting", _ if "until" in detail:
                until = moment(datetime.fromisoformat(detail["until"]))
                return Text("Waits for an event, until {until} at the latest", until=until)
        until = detail.get("until", "")
        sentences = {**TOLD, **OF_WEBHOOKS} if detail.get("effect") == "http" else TOLD
        return Text(
            sentences[self.kind].pattern,
            reason=self._reason(),
            until=moment(datetime.fromisoformat(until)) if until else "",
            part=detail.get("part", ""),
        )

    def _reason(self) -> Text:
        known = {**REASONS, **reasons.REASONS} if self.kind in _OF_EFFECTS else REASONS
        code = str(self.detail.get("reason", ""))
        pattern = known[code].pattern if code in known else code
        return Text(pattern, **self.detail.get("arguments", {}))


_OF_EFFECTS = frozenset(("delivered", "undelivered", "uncertain", "retrying", "failed"))
"""Kinds whose reasons may be those of effects."""


@dataclass(frozen=True)
class Search:
    """What is wanted of a history; None: all. `since` and `until` are both included."""

    kinds: Sequence[Kind] | None = None
    steps: Sequence[str] | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def parameters(self) -> dict[str, Any]:
        return {
            "kinds": None if self.kinds is None else list(self.kinds),
            "steps": None if self.steps is None else list(self.steps),
            "since": self.since or _EARLIEST,
            "until": self.until or _LATEST,
        }


_EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
_LATEST = datetime(9999, 12, 30, tzinfo=UTC)
ALL = Search()


def moment(at: datetime) -> str:
    """A moment as texts tell it."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def who(by: str, called: str | None = None) -> Text:
    """Who did something, from how the history keeps it, and by the name that it is called."""
    kind, _, name = by.partition(":")
    return Text(_ACTORS.get(kind, "{name}"), name=called or name or by)


_ACTORS = {
    "workflow": "the workflow {name}",
    "key": "the API key {name}",
    "session": "somebody in the browser",
    "cli": "{name} at the command line",
}


def reason(code: str) -> Text:
    """A reason in words; one that nobody knows any more as its code."""
    return REASONS.get(code, Text("{code}", code=code))


async def of_record(
    conn: Connection,
    record_id: int,
    search: Search = ALL,
    *,
    workflow_id: int | None = None,
    limit: int = 1000,
) -> list[Entry]:
    """What workflows, or one of them, did with a record, oldest first."""
    rows = await _queries.rows(
        conn,
        "of_record",
        record_id=record_id,
        workflow_id=workflow_id,
        **search.parameters,
        limit=limit,
    )
    return await _entries(conn, rows)


async def of_workflow(
    conn: Connection,
    workflow_id: int,
    search: Search = ALL,
    *,
    after: str | None = None,
    limit: int = 100,
) -> list[Entry]:
    """What a workflow did, newest first; `after` is the cursor of the last entry known.

    Raises CursorInvalid.
    """
    name = "of_workflow"
    if search.steps is not None:
        name = "of_steps"
    elif search.kinds is not None and TROUBLES.issuperset(search.kinds):
        name = "of_troubles"
    place = _place(after, search.until or _LATEST)
    rows = await _queries.rows(
        conn,
        name,
        workflow_id=workflow_id,
        **{**search.parameters, **place},
        limit=limit,
    )
    return await _entries(conn, rows)


def _place(cursor: str | None, until: datetime) -> dict[str, Any]:
    names = ("at", "enrollment_id", "visit", "kind", "record_id")
    if cursor is None:
        return dict(zip(names, (until, 2**63 - 1, 2**31 - 1, KINDS[-1], 2**63 - 1), strict=True))
    try:
        at, enrollment, visit, kind, record = cursor.split(",")
        if kind not in KINDS:
            raise CursorInvalid(cursor=cursor)
        values = (datetime.fromisoformat(at), int(enrollment), int(visit), kind, int(record))
        return dict(zip(names, values, strict=True))
    except ValueError:
        raise CursorInvalid(cursor=cursor) from None


async def _entries(conn: Connection, rows: Sequence[Any]) -> list[Entry]:
    causes = {row.detail["by"] for row in rows if row.detail and row.detail.get("by")}
    ids = sorted(int(by[len(_WORKFLOW) :]) for by in causes if by.startswith(_WORKFLOW))
    found = await _queries.rows(conn, "names", ids=ids) if ids else ()
    names = {f"{_WORKFLOW}{row.id}": row.name for row in found}
    return [_entry(row, names) for row in rows]


_WORKFLOW = "workflow:"


def _entry(row: Any, names: Mapping[str, str]) -> Entry:
    return Entry(
        at=row.at.astimezone(UTC),
        record_id=row.record_id,
        workflow_id=row.workflow_id,
        workflow=row.workflow,
        enrollment_id=row.enrollment_id,
        visit=row.visit,
        step=row.step,
        kind=row.kind,
        detail=row.detail or {},
        by_name=names.get(row.detail["by"]) if row.detail and "by" in row.detail else None,
    )


@dataclass(frozen=True)
class Counts:
    """A workflow in numbers: of the whole, by kind, and of each step, by step and kind.

    `enrolled` = `active` + `finished` + `unenrolled` + `goal_met` + `failed`, at every commit.
    """

    whole: dict[str, int] = field(default_factory=dict)
    steps: dict[str, dict[str, int]] = field(default_factory=dict)


async def counts(conn: Connection, workflow_ids: Sequence[int]) -> dict[int, Counts]:
    """The numbers of several workflows."""
    found = {id: Counts() for id in workflow_ids}
    for row in await _queries.rows(conn, "tallies", workflow_ids=list(workflow_ids)):
        of_workflow = found[row.workflow_id]
        if row.step == WHOLE:
            of_workflow.whole[row.kind] = row.count
        else:
            of_workflow.steps.setdefault(row.step, {})[row.kind] = row.count
    return found


async def progress(conn: Connection, workflow_ids: Sequence[int]) -> dict[int, float]:
    """How far each workflow's criteria stand, from 0 to 1; 1 for those without criteria."""
    rows = await _queries.rows(conn, "progress", workflow_ids=list(workflow_ids))
    stands = {row.workflow_id: row.stands / row.total for row in rows}
    return {id: stands.get(id, 1.0) for id in workflow_ids}


@dataclass(frozen=True)
class Passage:
    """One passage of a record through a workflow; `due_at` is when it will move."""

    enrollment_id: int
    workflow_id: int
    workflow: str
    passage: int
    state: str
    step: str
    enrolled_at: datetime
    ended_at: datetime | None
    reason: str | None
    source: str
    due_at: datetime | None


async def passages(conn: Connection, record_id: int) -> list[Passage]:
    """Every passage of a record, oldest first."""
    rows = await _queries.rows(conn, "enrollments_of_record", record_id=record_id)
    return [
        Passage(
            row.id,
            row.workflow_id,
            row.workflow,
            row.passage,
            row.state,
            row.step,
            row.enrolled_at.astimezone(UTC),
            row.ended_at.astimezone(UTC) if row.ended_at else None,
            row.reason,
            row.source,
            row.due_at.astimezone(UTC) if row.due_at else None,
        )
        for row in rows
    ]
