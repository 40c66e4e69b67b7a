"""Owners: the people whom records belong to, each with a user id and a record of type user."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypedDict

from penstock.kernel import ids as numbers
from penstock.kernel.db import Connection
from penstock.kernel.errors import PenstockError, Problem
from penstock.kernel.queries import load
from penstock.records import store
from penstock.records.changes import Write
from penstock.records.definitions.changing import changing
from penstock.records.definitions.words import LONGEST_LABEL, check_label, check_text
from penstock.records.errors import DefinitionExists, DefinitionInvalid, DefinitionNotFound
from penstock.records.model import Property
from penstock.records.reading import find
from penstock.records.schema import load_schema
from penstock.records.store import Draft, Patch
from penstock.records.values import BadValue, parse

_queries = load("penstock.records", "owners.sql")

_EMAIL = Property("email", "Email", format="email")


@dataclass(frozen=True)
class OwnerDraft:
    """An owner to be."""

    email: str
    first_name: str = ""
    last_name: str = ""


class OwnerChanges(TypedDict, total=False):
    """What of an owner may change."""

    email: str
    first_name: str
    last_name: str


@dataclass(frozen=True)
class Membership:
    """A team that an owner is in; at most one of them is the primary one."""

    id: int
    name: str
    primary: bool


@dataclass(frozen=True)
class Owner:
    """Somebody whom records can belong to; an archived one keeps what belongs to them."""

    id: int
    user_id: int
    email: str
    first_name: str
    last_name: str
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None = None
    teams: tuple[Membership, ...] = ()


async def page(
    conn: Connection,
    *,
    email: str | None = None,
    ids: Collection[int] | None = None,
    user_ids: Collection[int] | None = None,
    archived: bool = False,
    after: int = 0,
    limit: int = 100,
) -> list[Owner]:
    """Up to `limit` owners with ids above `after`, live or archived, in the order of their ids."""
    rows = await _queries.rows(
        conn,
        "page",
        email=None if email is None else email.strip().lower(),
        ids=None if ids is None else list(ids),
        user_ids=None if user_ids is None else list(user_ids),
        archived=archived,
        after=after,
        limit=limit,
    )
    return [_owner(row) for row in rows]


def _owner(row: Any) -> Owner:
    return Owner(
        row.id,
        row.user_id,
        row.email,
        row.first_name,
        row.last_name,
        row.created_at.astimezone(UTC),
        row.updated_at.astimezone(UTC),
        row.archived_at.astimezone(UTC) if row.archived_at else None,
        tuple(Membership(**team) for team in row.teams),
    )


async def read_one(conn: Connection, id: int, *, archived: bool = False) -> Owner:
    """Raises DefinitionNotFound."""
    found = await page(conn, ids=[id], archived=archived)
    if not found:
        raise DefinitionNotFound(what="owner", name=str(id))
    return found[0]


async def create(
    conn: Connection, drafts: Sequence[OwnerDraft], write: Write
) -> list[Owner | PenstockError]:
    """Make owners, each with a user id and a record of type user; one outcome for each, in order.

    An e-mail address that a live owner has gives DefinitionExists.
    """
    async with changing(conn):
        outcomes: list[Owner | PenstockError | None] = [None] * len(drafts)
        accepted: dict[int, OwnerDraft] = {}
        taken = await _taken(conn, [draft.email.strip().lower() for draft in drafts])
        for index, draft in enumerate(drafts):
            try:
                accepted[index] = _checked(draft, taken)
                taken.add(accepted[index].email)
            except PenstockError as error:
                outcomes[index] = error
        made = await _insert(conn, list(accepted.values()), write.now)
        await _write_users(conn, [(owner.email, owner) for owner in made], write)
        for index, owner in zip(accepted, made, strict=True):
            outcomes[index] = owner
        return [outcome for outcome in outcomes if outcome is not None]


async def _taken(conn: Connection, emails: Sequence[str]) -> set[str]:
    return {row.email for row in await _queries.rows(conn, "taken", emails=list(emails))}


def _checked(draft: OwnerDraft, taken: Collection[str]) -> OwnerDraft:
    problems: list[Problem] = []
    email = check_label(draft.email, problems, "email")
    first_name = check_text(draft.first_name, problems, "firstName", LONGEST_LABEL).strip()
    last_name = check_text(draft.last_name, problems, "lastName", LONGEST_LABEL).strip()
    try:
        email = parse(_EMAIL, email) or ""
    except BadValue as bad:
        problems.append(Problem(bad.text, where="email", code=bad.code))
    if problems:
        raise DefinitionInvalid(problems=problems)
    if email in taken:
        raise DefinitionExists(what="owner", name=email)
    return OwnerDraft(email, first_name, last_name)


async def _insert(conn: Connection, drafts: Sequence[OwnerDraft], now: datetime) -> list[Owner]:
    taken = await numbers.take(conn, 2 * len(drafts))
    ids, user_ids = taken[::2], taken[1::2]
    await _queries.run(
        conn,
        "insert",
        ids=ids,
        user_ids=user_ids,
        emails=[draft.email for draft in drafts],
        first_names=[draft.first_name for draft in drafts],
        last_names=[draft.last_name for draft in drafts],
        now=now,
    )
    return [
        Owner(id, user_id, draft.email, draft.first_name, draft.last_name, now, now)
        for id, user_id, draft in zip(ids, user_ids, drafts, strict=True)
    ]


async def _write_users(conn: Connection, owners: Sequence[tuple[str, Owner]], write: Write) -> None:
    """Make the records of these owners, found by the address that each had before, say the same."""
    # Read again, since a record may only name an owner that the schema knows.
    schema = await load_schema(conn)
    type = schema.type("users")
    known = await find(conn, type, "hs_email", [email for email, _ in owners])
    values = {
        email: {
            "hs_email": owner.email,
            "hs_given_name": owner.first_name,
            "hs_family_name": owner.last_name,
            "hs_internal_user_id": str(owner.user_id),
            "hs_deactivated": owner.archived_at is not None,
            **({} if owner.archived_at else {"hubspot_owner_id": str(owner.id)}),
        }
        for email, owner in owners
    }
    patches = [Patch(known[email], values[email]) for email in values if email in known]
    drafts = [Draft(values[email]) for email in values if email not in known]
    for outcome in [
        *await store.update(conn, schema, type, patches, write, trusted=True),
        *await store.create(conn, schema, type, drafts, write, trusted=True),
    ]:
        store.one([outcome])


async def update_one(conn: Connection, id: int, changes: OwnerChanges, write: Write) -> Owner:
    """Change a live owner and the record of the same person.

    Raises DefinitionNotFound, DefinitionInvalid, or DefinitionExists for an address that is taken.
    """
    async with changing(conn):
        before = await read_one(conn, id)
        wanted = OwnerDraft(
            changes.get("email", before.email),
            changes.get("first_name", before.first_name),
            changes.get("last_name", before.last_name),
        )
        taken = await _taken(conn, [wanted.email.strip().lower()])
        draft = _checked(wanted, taken - {before.email})
        await _queries.run(conn, "change", id=id, now=write.now, **asdict(draft))
        after = await read_one(conn, id)
        await _write_users(conn, [(before.email, after)], write)
        return after


async def archive(conn: Connection, ids: Sequence[int], write: Write) -> list[Owner]:
    """Archive owners; they keep what belongs to them and get nothing new. Returns who was there."""
    async with changing(conn):
        present = await page(conn, ids=ids, limit=len(ids))
        await _queries.run(conn, "archive", ids=[owner.id for owner in present], now=write.now)
        gone = [replace(owner, archived_at=write.now, updated_at=write.now) for owner in present]
        await _write_users(conn, [(owner.email, owner) for owner in gone], write)
        return gone


async def restore_one(conn: Connection, id: int, write: Write) -> Owner:
    """Bring an archived owner back. Raises DefinitionNotFound, or DefinitionExists."""
    async with changing(conn):
        before = await read_one(conn, id, archived=True)
        if await _taken(conn, [before.email]):
            raise DefinitionExists(what="owner", name=before.email)
        await _queries.run(conn, "restore", id=id, now=write.now)
        after = await read_one(conn, id)
        await _write_users(conn, [(after.email, after)], write)
        return after
