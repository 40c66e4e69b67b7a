"""Teams of owners; an owner has one primary team, and any number of others."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from penstock.kernel import ids as numbers
from penstock.kernel.db import Connection
from penstock.kernel.errors import Problem
from penstock.kernel.queries import load
from penstock.kernel.texts import Text
from penstock.records.definitions.changing import changing
from penstock.records.definitions.words import check_label
from penstock.records.errors import DefinitionExists, DefinitionInvalid, DefinitionNotFound
from penstock.records.schema import Schema

_queries = load("penstock.records", "owners.sql")


@dataclass(frozen=True)
class Team:
    """Owner ids of those whose primary team it is, and of the others."""

    id: int
    name: str
    created_at: datetime
    members: tuple[int, ...] = ()
    secondary_members: tuple[int, ...] = ()


async def read(conn: Connection, ids: Collection[int] | None = None) -> list[Team]:
    """All teams, or those with these ids, in the order of their ids."""
    rows = await _queries.rows(conn, "teams", ids=None if ids is None else list(ids))
    return [
        Team(
            row.id,
            row.name,
            row.created_at.astimezone(UTC),
            tuple(row.members),
            tuple(row.secondary_members),
        )
        for row in rows
    ]


async def read_one(conn: Connection, id: int) -> Team:
    """Raises DefinitionNotFound."""
    found = await read(conn, [id])
    if not found:
        raise DefinitionNotFound(what="team", name=str(id))
    return found[0]


async def create_one(
    conn: Connection,
    name: str,
    now: datetime,
    *,
    members: Sequence[int] = (),
    secondary_members: Sequence[int] = (),
) -> Team:
    """Make a team of live owners. Raises DefinitionInvalid or DefinitionExists."""
    async with changing(conn) as schema:
        name = _checked(name)
        await _check_free(conn, name)
        id = (await numbers.take(conn, 1))[0]
        await _queries.run(conn, "insert_team", id=id, name=name, now=now)
        await _join(conn, schema, id, members, secondary_members)
        return await read_one(conn, id)


def _checked(name: str) -> str:
    problems: list[Problem] = []
    name = check_label(name, problems, "name")
    if problems:
        raise DefinitionInvalid(problems=problems)
    return name


async def _check_free(conn: Connection, name: str, id: int | None = None) -> None:
    if any(team.name == name and team.id != id for team in await read(conn)):
        raise DefinitionExists(what="team", name=name)


async def _join(
    conn: Connection,
    schema: Schema,
    id: int,
    members: Sequence[int],
    secondary_members: Sequence[int],
) -> None:
    """Make these owners, and nobody else, the members of a team; they leave their primary ones."""
    primaries = dict.fromkeys(secondary_members, False) | dict.fromkeys(members, True)
    problems = [
        Problem(
            Text("there is no owner with the id {value}", value=owner),
            where="members",
            code="INVALID_OWNER_ID",
        )
        for owner in primaries
        if str(owner) not in schema.owner_ids
    ]
    if problems:
        raise DefinitionInvalid(problems=problems)
    await _queries.run(conn, "leave_others", team=id, members=list(members))
    await _queries.run(
        conn,
        "join_team",
        team=id,
        owner_ids=list(primaries),
        primaries=list(primaries.values()),
    )


async def update_one(
    conn: Connection,
    id: int,
    *,
    name: str | None = None,
    members: Sequence[int] | None = None,
    secondary_members: Sequence[int] | None = None,
) -> Team:
    """Change a team; what is None stays. Raises DefinitionNotFound or as `create_one`."""
    async with changing(conn) as schema:
        before = await read_one(conn, id)
        if name is not None:
            name = _checked(name)
            await _check_free(conn, name, id)
            await _queries.run(conn, "rename_team", id=id, name=name)
        if members is not None or secondary_members is not None:
            await _join(
                conn,
                schema,
                id,
                before.members if members is None else members,
                before.secondary_members if secondary_members is None else secondary_members,
            )
        return await read_one(conn, id)


async def delete_one(conn: Connection, id: int) -> None:
    """Delete a team; its members stay owners. Raises DefinitionNotFound."""
    async with changing(conn):
        await read_one(conn, id)
        await _queries.run(conn, "delete_team", id=id)
