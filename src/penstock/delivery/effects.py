"""Effects as people see them, and what people decide about those that nobody else can."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from penstock.delivery.base import Effect, Key, Outcome
from penstock.delivery.errors import EffectNotFound, EffectSettled
from penstock.delivery.settling import settle
from penstock.kernel.db import Connection
from penstock.kernel.queries import load

_queries = load("penstock.delivery")

State = Literal["pending", "sending", "done", "failed", "uncertain", "recalled"]


@dataclass(frozen=True)
class Sighted:
    """An effect with all that became of it so far. `next_at` matters while it is pending."""

    key: Key
    kind: str
    state: State
    workflow_id: int
    record_id: int
    step: str
    attempts: int
    reason: str | None
    reply: str | None
    created_at: datetime
    next_at: datetime
    settled_at: datetime | None


async def page(
    conn: Connection,
    state: State,
    *,
    workflow_id: int | None = None,
    before: str | None = None,
    limit: int = 50,
) -> list[Sighted]:
    """Up to `limit` effects in a state, newest first, after the one with the id `before`.

    Raises EffectNotFound when there is no such id.
    """
    last = await find(conn, before) if before else None
    rows = await _queries.rows(
        conn,
        "effects_page",
        state=state,
        workflow_id=workflow_id,
        limit=limit,
        at=last.created_at if last else None,
        enrollment_id=last.key.enrollment_id if last else None,
        visit=last.key.visit if last else None,
        part=last.key.part if last else None,
    )
    return [_sighted(row) for row in rows]


async def find(conn: Connection, id: str) -> Sighted:
    """The effect whose key has this id. Raises EffectNotFound."""
    numbers = id.split(".")[:2]
    if len(numbers) == 2 and all(n.isascii() and n.isdecimal() and len(n) < 19 for n in numbers):
        enrollment, visit = map(int, numbers)
        for row in await _of_visit(conn, enrollment, visit):
            if _key(row).id == id:
                return _sighted(row)
    raise EffectNotFound(id=id)


async def _of_visit(conn: Connection, enrollment: int, visit: int) -> Sequence[Any]:
    if visit >= 2**31:
        return []
    return await _queries.rows(conn, "effects_of_visit", enrollment_id=enrollment, visit=visit)


async def send_again(conn: Connection, key: Key, now: datetime) -> Sighted:
    """Let an uncertain or failed effect go out once more: who decides so accepts that it may come
    twice.

    Raises EffectNotFound, or EffectSettled when it is neither.
    """
    await _locked(conn, key, "uncertain", "failed")
    await _queries.run(conn, "begin_again", **key._asdict(), now=now)
    return await find(conn, key.id)


async def count_as_sent(conn: Connection, key: Key, now: datetime) -> Sighted:
    """Let an uncertain effect count as done.

    Raises EffectNotFound, or EffectSettled when it is not uncertain.
    """
    row = await _locked(conn, key, "uncertain")
    effect = Effect(key, row.kind, row.payload, row.workflow_id, row.record_id, row.attempts)
    await settle(conn, [(effect, Outcome("done", "counted_as_sent"))], now, worker=row.worker)
    return await find(conn, key.id)


async def _locked(conn: Connection, key: Key, *states: State) -> Any:
    row = await _queries.one(conn, "lock", **key._asdict())
    if row is None:
        raise EffectNotFound(id=key.id)
    if row.state not in states:
        raise EffectSettled(state=row.state)
    return row


def _key(row: Any) -> Key:
    return Key(row.enrollment_id, row.visit, row.part)


def _sighted(row: Any) -> Sighted:
    return Sighted(
        key=_key(row),
        kind=row.kind,
        state=row.state,
        workflow_id=row.workflow_id,
        record_id=row.record_id,
        step=row.step,
        attempts=row.attempts,
        reason=row.reason,
        reply=row.reply,
        created_at=row.created_at.astimezone(UTC),
        next_at=row.next_at.astimezone(UTC),
        settled_at=row.settled_at.astimezone(UTC) if row.settled_at else None,
    )
