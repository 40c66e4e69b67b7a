"""Workflows are stored here: created, replaced with an optimistic lock, turned on and off."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as altered
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from psycopg.types.json import Jsonb

from penstock.emails import rendering
from penstock.emails import store as emails
from penstock.filters import criteria
from penstock.filters.mentions import names
from penstock.kernel import ids
from penstock.kernel.db import Connection
from penstock.kernel.errors import Problem
from penstock.kernel.queries import load
from penstock.records.schema import Schema
from penstock.workflows import loops, step_ids
from penstock.workflows.broken import refuse_broken
from penstock.workflows.document import Document
from penstock.workflows.errors import (
    ReplacementInvalid,
    RevisionNotFound,
    RevisionStale,
    StepsUnknown,
    WorkflowIncomplete,
    WorkflowNotFound,
    WorkflowNotOn,
    WorkflowNotPaused,
)
from penstock.workflows.pausing import Resumption, release
from penstock.workflows.planning import plan_problems
from penstock.workflows.timing import past_problems, timing
from penstock.workflows.validate import Checked, look, mails, mentioned

_queries = load("penstock.workflows")


@dataclass(frozen=True)
class Workflow:
    """A workflow with its latest definition. `state` is off, starting, on or paused.

    `fires_at` is the next moment of its schedule; at `turns_off_at` it turns itself off.
    """

    id: int
    legacy_id: int
    uuid: str
    state: str
    revision: int
    live_revision: int | None
    last_step_id: int
    on_since: datetime | None
    paused_at: datetime | None
    fires_at: datetime | None
    turns_off_at: datetime | None
    created_at: datetime
    updated_at: datetime
    document: Document

    @property
    def enabled(self) -> bool:
        return self.state != "off"


async def create(
    conn: Connection, schema: Schema, body: Mapping[str, Any], actor: str, now: datetime
) -> Workflow:
    """Store a new workflow, and turn it on if it says so.

    Raises DocumentInvalid for what cannot be stored, WorkflowIncomplete for what cannot be on.
    """
    refuse_broken(body, schema, creating=True)
    document = Document.from_request(body)
    (id,) = await ids.take(conn, 1)
    given = str(body.get("uuid") or uuid.uuid4())
    await _queries.run(
        conn,
        "create",
        id=id,
        uuid=given,
        name=document.name,
        object_type=document.object_type,
        last_step_id=document.last_step_id,
        now=now,
        actor=actor,
    )
    await _add_revision(conn, id, 1, document, actor, now)
    if body.get("isEnabled"):
        return await turn_on(conn, schema, id, actor, now)
    await criteria.announce(conn)
    return await read_one(conn, id)


async def replace(
    conn: Connection, schema: Schema, id: int, body: Mapping[str, Any], actor: str, now: datetime
) -> Workflow:
    """Replace the definition as a whole; what is left out is cleared. Our key `publishPlan` says
    what becomes of those who wait at steps.

    Raises WorkflowNotFound, RevisionStale, DocumentInvalid or WorkflowIncomplete.
    """
    current = await _lock(conn, id)
    given = body.get("revisionId")
    if given is not None and str(given) != str(current.revision):
        raise RevisionStale(id=id, given=given, current=current.revision)
    whole = {**body, "objectTypeId": current.document.object_type}
    refuse_broken(whole, schema, creating=False)
    document = Document.from_request(body, before=current.document)
    plan = body.get("publishPlan") or {}
    problems = [
        *await step_ids.problems(conn, id, current.document, document),
        *plan_problems(plan, current.document, document),
    ]
    if problems:
        raise ReplacementInvalid(problems=problems)
    revision = current.revision + 1
    await _add_revision(conn, id, revision, document, actor, now, plan)
    enabled = bool(body.get("isEnabled"))
    unchanged = False
    if enabled:
        checked = await _complete(conn, schema, document, now)
        before = await _criteria_of(conn, id, current.live_revision)
        unchanged = await _use(conn, id, revision, checked, now) == before
    await _queries.run(
        conn,
        "save",
        id=id,
        name=document.name,
        revision=revision,
        # A changed trigger goes live when its criterion stands; until then the old one counts.
        live=not enabled or (current.state == "on" and unchanged),
        last_step_id=document.last_step_id,
        now=now,
        actor=actor,
    )
    if enabled != current.enabled:
        state = "starting" if enabled else "off"
        await _set_state(conn, id, state, actor, now)
        if current.paused_at is not None:
            await release(conn, id, current.paused_at, Resumption(), now)
    if enabled and current.paused_at is None:
        await _set_times(conn, schema, id, now)
    await criteria.announce(conn)
    return await read_one(conn, id)


async def turn_on(
    conn: Connection,
    schema: Schema,
    id: int,
    actor: str,
    now: datetime,
    *,
    enroll_existing: bool = False,
) -> Workflow:
    """Begin to turn on: the workflow is on when its criteria stand in every bucket.

    `enroll_existing` enrols the records that match at that moment too. Raises WorkflowNotFound, or
    WorkflowIncomplete with every problem.
    """
    workflow = await _lock(conn, id)
    checked = await _complete(conn, schema, workflow.document, now)
    await _use(conn, id, workflow.revision, checked, now)
    if workflow.paused_at is not None:
        await release(conn, id, workflow.paused_at, Resumption(), now)
    if workflow.state in ("off", "paused") or enroll_existing:
        state = "starting" if workflow.state != "on" else "on"
        await _set_state(conn, id, state, actor, now, enroll_existing=enroll_existing)
    if workflow.state in ("off", "paused"):
        await _set_times(conn, schema, id, now)
    await criteria.announce(conn)
    return await read_one(conn, id)


async def turn_off(conn: Connection, id: int, actor: str, now: datetime) -> Workflow:
    """Nobody enrols from now on, and steps that fall due are skipped. Raises WorkflowNotFound."""
    workflow = await _lock(conn, id)
    await _set_state(conn, id, "off", actor, now)
    if workflow.paused_at is not None:
        await release(conn, id, workflow.paused_at, Resumption(), now)
    await criteria.announce(conn)
    return await read_one(conn, id)


async def pause(conn: Connection, id: int, actor: str, now: datetime) -> Workflow:
    """Freeze everybody where they stand; nobody enrols.

    Raises WorkflowNotFound or WorkflowNotOn.
    """
    workflow = await _lock(conn, id)
    if workflow.state not in ("on", "starting"):
        raise WorkflowNotOn(id=id, state=workflow.state)
    await _set_state(conn, id, "paused", actor, now, enroll_existing=None)
    await criteria.announce(conn)
    return await read_one(conn, id)


async def resume(
    conn: Connection, schema: Schema, id: int, resumption: Resumption, actor: str, now: datetime
) -> Workflow:
    """End a pause. Raises WorkflowNotFound, WorkflowNotPaused or StepsUnknown."""
    workflow = await _lock(conn, id)
    if workflow.paused_at is None:
        raise WorkflowNotPaused(id=id, state=workflow.state)
    known = {*workflow.document.steps, *await _live_steps(conn, workflow)}
    unknown = [step for step in resumption.steps if step not in known]
    if unknown:
        raise StepsUnknown(id=id, steps=", ".join(unknown), known=", ".join(sorted(known)))
    await release(conn, id, workflow.paused_at, resumption, now)
    state = "starting" if workflow.on_since is None else "on"
    await _set_state(conn, id, state, actor, now, enroll_existing=None)
    await _set_times(conn, schema, id, now)
    await criteria.announce(conn)
    return await read_one(conn, id)


async def _live_steps(conn: Connection, workflow: Workflow) -> Collection[str]:
    """The steps of the revision that runs, which need not be the latest."""
    if workflow.live_revision is None:
        return ()
    return (await read_revision(conn, workflow.id, workflow.live_revision)).document.steps


async def delete(conn: Connection, id: int, actor: str, now: datetime) -> None:
    """Put a workflow away. Raises WorkflowNotFound."""
    workflow = await _lock(conn, id)
    await _queries.run(conn, "delete", id=id, now=now, actor=actor)
    if workflow.paused_at is not None:
        await release(conn, id, workflow.paused_at, Resumption(), now)
    await criteria.announce(conn)


async def review(conn: Connection, schema: Schema, workflow: Workflow) -> Checked:
    """What keeps it from being turned on, and what is worth knowing before; with JSON paths."""
    checked = await _look(conn, schema, workflow.document)
    more = await loops.warnings(conn, schema, workflow.id, workflow.document, checked)
    return altered(checked, warnings=(*checked.warnings, *more))


async def problems(conn: Connection, schema: Schema, workflow: Workflow) -> tuple[Problem, ...]:
    """What keeps it from being turned on, with JSON paths."""
    return (await _look(conn, schema, workflow.document)).problems


async def read(conn: Connection, wanted: Sequence[int]) -> list[Workflow]:
    """The workflows that exist among `wanted`, in that order."""
    return [_workflow(row) for row in await _queries.rows(conn, "read", ids=list(wanted))]


async def read_one(conn: Connection, id: int) -> Workflow:
    """Raises WorkflowNotFound."""
    found = await read(conn, [id])
    if not found:
        raise WorkflowNotFound(id=id)
    return found[0]


async def by_legacy_ids(conn: Connection, wanted: Sequence[int]) -> dict[int, int]:
    """The ids of the workflows that have these ids of the API before v4, by the latter."""
    rows = await _queries.rows(conn, "by_legacy_ids", ids=list(wanted))
    return {row.legacy_id: row.id for row in rows}


async def page(conn: Connection, *, after: int = 0, limit: int = 100) -> list[Workflow]:
    """Up to `limit` workflows with ids above `after`."""
    rows = await _queries.rows(conn, "page", after=after, limit=limit)
    return [_workflow(row) for row in rows]


@dataclass(frozen=True)
class Revision:
    """A definition as it once was; never changed."""

    revision: int
    document: Document
    created_at: datetime
    created_by: str


async def read_revision(conn: Connection, id: int, revision: int) -> Revision:
    """Raises RevisionNotFound."""
    row = await _queries.one(conn, "revision", id=id, revision=revision)
    if row is None:
        raise RevisionNotFound(id=id, revision=revision)
    return Revision(row.revision, Document(row.document), row.created_at, row.created_by)


async def _add_revision(
    conn: Connection,
    id: int,
    revision: int,
    document: Document,
    actor: str,
    now: datetime,
    plan: Mapping[str, Any] | None = None,
) -> None:
    await _queries.run(
        conn,
        "add_revision",
        id=id,
        revision=revision,
        document=Jsonb(document.raw),
        plan=Jsonb(plan or {}),
        now=now,
        actor=actor,
    )


async def _complete(conn: Connection, schema: Schema, document: Document, now: datetime) -> Checked:
    checked = await _look(conn, schema, document)
    problems = [*checked.problems, *past_problems(document.raw, now)]
    if problems:
        raise WorkflowIncomplete(problems=problems)
    return checked


async def _set_times(conn: Connection, schema: Schema, id: int, now: datetime) -> None:
    """Set when the latest definition is to do something of its own accord."""
    times = timing((await read_one(conn, id)).document.raw)
    zone = times.zone or ZoneInfo(schema.time_zone)
    await _queries.run(
        conn,
        "set_times",
        id=id,
        now=now,
        fires_at=times.schedule and times.schedule.after(now, zone),
        turns_off_at=times.turn_off_at,
    )


async def _look(conn: Connection, schema: Schema, document: Document) -> Checked:
    found = await emails.published_of(conn, mails(document))
    published = {id: rendering.tokens(email.content) for id, email in found.items()}
    checked = look(document, schema, published, await names(conn, mentioned(document)))
    return altered(checked, problems=(*checked.problems, *loops.of_steps(document)))


async def _criteria_of(conn: Connection, id: int, revision: int | None) -> dict[str, int]:
    rows = await _queries.rows(conn, "criteria_of", id=id, revision=revision)
    return {row.role: row.criterion_id for row in rows}


async def _use(
    conn: Connection, id: int, revision: int, checked: Checked, now: datetime
) -> dict[str, int]:
    """Make sure that the criteria of a revision exist and come to stand; returns them by role."""
    used: dict[str, int] = {}
    for role, criterion in checked.criteria.items():
        used[role] = await criteria.keep(conn, criterion, now)
        await _queries.run(
            conn,
            "use_criterion",
            workflow=id,
            revision=revision,
            role=role,
            criterion=used[role],
        )
    return used


async def _set_state(
    conn: Connection,
    id: int,
    state: str,
    actor: str,
    now: datetime,
    *,
    enroll_existing: bool | None = False,
) -> None:
    """With None, whether existing records are still to be enrolled stays as it is."""
    await _queries.run(
        conn,
        "set_state",
        id=id,
        state=state,
        enrolls_existing=enroll_existing,
        now=now,
        actor=actor,
    )


async def _lock(conn: Connection, id: int) -> Workflow:
    row = await _queries.one(conn, "lock", id=id)
    if row is None:
        raise WorkflowNotFound(id=id)
    return _workflow(row)


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)


def _workflow(row: Any) -> Workflow:
    return Workflow(
        id=row.id,
        legacy_id=row.legacy_id,
        uuid=str(row.uuid),
        state=row.state,
        revision=row.revision,
        live_revision=row.live_revision,
        last_step_id=row.last_step_id,
        on_since=_utc(row.on_since),
        paused_at=_utc(row.paused_at),
        fires_at=_utc(row.fires_at),
        turns_off_at=_utc(row.turns_off_at),
        created_at=row.created_at.astimezone(UTC),
        updated_at=row.updated_at.astimezone(UTC),
        document=Document(row.document),
    )
