"""Mails are written and read here. A change of what a mail says is a new revision of it.

Functions take whole sets and return one outcome per item, in order: the mail, or the error that
kept this item from being written.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from psycopg.types.json import Jsonb

from penstock.emails import checking, rendering
from penstock.emails.errors import ContentInvalid, EmailNotFound
from penstock.emails.model import Content, Email, State
from penstock.kernel import ids
from penstock.kernel.db import Connection
from penstock.kernel.errors import PenstockError
from penstock.kernel.queries import load

_queries = load("penstock.emails")

Outcome = Email | PenstockError
Revision = tuple[int, int]
"""A mail's id and the number of one of its revisions."""


@dataclass(frozen=True)
class Draft:
    """A mail to be; it begins unpublished."""

    name: str
    content: Content = field(default_factory=Content)


@dataclass(frozen=True)
class Patch:
    """What to change in a mail: its name, its state, and fields of its content by their names."""

    id: int
    name: str | None = None
    state: State | None = None
    content: Mapping[str, str] = field(default_factory=dict)


async def create(conn: Connection, drafts: Sequence[Draft], now: datetime) -> list[Outcome]:
    """Create mails. Templates with problems are kept: they only cannot be published."""
    outcomes: list[Outcome] = []
    numbers = await ids.take(conn, len(drafts))
    for id, draft in zip(numbers, drafts, strict=True):
        problems = checking.problems(draft.name, draft.content)
        outcomes.append(
            ContentInvalid(problems=problems)
            if problems
            else Email(id, draft.name, "DRAFT", 1, draft.content, now, now)
        )
    made = [outcome for outcome in outcomes if isinstance(outcome, Email)]
    if made:
        await _queries.run(
            conn,
            "create",
            ids=[email.id for email in made],
            names=[email.name for email in made],
            contents=[_json(email.content) for email in made],
            now=now,
        )
    return outcomes


async def update(conn: Connection, patches: Sequence[Patch], now: datetime) -> list[Outcome]:
    """Change mails. A published one must stay fit to be sent; same values are no change."""
    before = await _lock(conn, [patch.id for patch in patches])
    after = dict(before)
    outcomes: list[Outcome] = []
    for patch in patches:
        if patch.id not in after:
            outcomes.append(EmailNotFound(id=patch.id))
            continue
        try:
            outcomes.append(_patched(before[patch.id], after[patch.id], patch, now))
        except PenstockError as error:
            outcomes.append(error)
        else:
            after[patch.id] = one(outcomes[-1:])
    changed = [email for id, email in after.items() if email != before[id]]
    if changed:
        await _queries.run(
            conn,
            "write",
            ids=[email.id for email in changed],
            names=[email.name for email in changed],
            states=[email.state for email in changed],
            revisions=[email.revision for email in changed],
            contents=[_json(email.content) for email in changed],
            now=now,
        )
    return outcomes


def _patched(before: Email, current: Email, patch: Patch, now: datetime) -> Email:
    content = replace(current.content, **patch.content)
    patched = replace(
        current,
        name=current.name if patch.name is None else patch.name,
        state=patch.state or current.state,
        content=content,
        revision=before.revision + (content != before.content),
    )
    if patched == current:
        return current
    problems = checking.problems(patched.name, content)
    if patched.state == "PUBLISHED" and not problems:
        problems = rendering.check(content)
    if problems:
        raise ContentInvalid(problems=problems)
    return replace(patched, updated_at=now)


async def publish(conn: Connection, wanted: Sequence[int], now: datetime) -> list[Outcome]:
    """Let mails be sent; ContentInvalid names all that is wrong with one."""
    return await update(conn, [Patch(id, state="PUBLISHED") for id in wanted], now)


async def unpublish(conn: Connection, wanted: Sequence[int], now: datetime) -> list[Outcome]:
    """Let mails be sent no more; what is queued already still goes."""
    return await update(conn, [Patch(id, state="DRAFT") for id in wanted], now)


async def archive(conn: Connection, wanted: Sequence[int], now: datetime) -> list[Outcome]:
    """Archive mails; their revisions stay, for what is queued."""
    found = await _lock(conn, wanted)
    await _queries.run(conn, "archive", ids=list(found), now=now)
    return [
        replace(found[id], archived_at=now, updated_at=now) if id in found else EmailNotFound(id=id)
        for id in wanted
    ]


async def read(
    conn: Connection, wanted: Collection[int], *, archived: bool = False
) -> dict[int, Email]:
    """The mails that exist among those wanted. `archived` asks for archived ones instead."""
    rows = await _queries.rows(conn, "read", ids=list(wanted), archived=archived)
    return {row.id: _email(row) for row in rows}


async def contents(conn: Connection, wanted: Iterable[Revision]) -> dict[Revision, Content]:
    """What certain revisions say, whatever has become of their mails."""
    keys = list(wanted)
    rows = await _queries.rows(
        conn, "contents", ids=[id for id, _ in keys], revisions=[number for _, number in keys]
    )
    return {(row.email_id, row.revision): Content(**row.content) for row in rows}


async def published(conn: Connection, id: str) -> Email | None:
    """The mail that a workflow names, if it may be sent."""
    return (await published_of(conn, [id])).get(id)


async def published_of(conn: Connection, ids: Iterable[str]) -> dict[str, Email]:
    """Those of the mails that a workflow names which may be sent."""
    wanted = {int(id): id for id in ids if id.isascii() and id.isdecimal() and len(id) < 19}
    found = await read(conn, list(wanted)) if wanted else {}
    return {wanted[id]: email for id, email in found.items() if email.state == "PUBLISHED"}


async def live_ids(conn: Connection) -> frozenset[int]:
    """The ids of all mails that may be sent."""
    return frozenset(row.id for row in await _queries.rows(conn, "live_ids"))


@dataclass(frozen=True)
class Search:
    """Which mails to list: in a state, with words in name or subject, archived ones instead."""

    state: State | None = None
    words: str | None = None
    archived: bool = False


async def page(conn: Connection, search: Search, *, after: int = 0, limit: int = 10) -> list[Email]:
    """Up to `limit` mails with ids above `after`, in id order."""
    rows = await _queries.rows(conn, "page", after=after, limit=limit, **asdict(search))
    return [_email(row) for row in rows]


async def count(conn: Connection, search: Search) -> int:
    """How many mails a search finds."""
    total: int = await _queries.value(conn, "count", **asdict(search))
    return total


def one(outcomes: Sequence[Outcome]) -> Email:
    """The only outcome of a set of one; raises its error."""
    (outcome,) = outcomes
    if isinstance(outcome, PenstockError):
        raise outcome
    return outcome


async def _lock(conn: Connection, wanted: Collection[int]) -> dict[int, Email]:
    await _queries.run(conn, "lock", ids=list(wanted))
    return await read(conn, wanted)


def _email(row: Any) -> Email:
    return Email(
        row.id,
        row.name,
        row.state,
        row.revision,
        Content(**row.content),
        row.created_at.astimezone(UTC),
        row.updated_at.astimezone(UTC),
        row.archived_at.astimezone(UTC) if row.archived_at else None,
    )


def _json(content: Content) -> Jsonb:
    return Jsonb(asdict(content))
