"""Property groups: the headings under which properties are shown."""

from dataclasses import replace
from datetime import datetime
from typing import TypedDict

from penstock.kernel.db import Connection
from penstock.kernel.errors import Problem
from penstock.kernel.queries import load
from penstock.records.definitions.changing import changing
from penstock.records.definitions.words import check_label, check_name
from penstock.records.errors import (
    DefinitionExists,
    DefinitionInvalid,
    DefinitionNotFound,
    GroupNotEmpty,
)
from penstock.records.model import Group
from penstock.records.schema import TypeSchema

_queries = load("penstock.records.definitions", "groups.sql")


class GroupChanges(TypedDict, total=False):
    """What of a group may change."""

    label: str
    display_order: int


def find(type: TypeSchema, name: str) -> Group:
    """Raises DefinitionNotFound."""
    group = type.groups.get(name.lower())
    if group is None:
        raise DefinitionNotFound(what="property group", name=name)
    return group


async def create_one(conn: Connection, word: str, draft: Group) -> Group:
    """Make a group; one that was archived comes back.

    Raises DefinitionInvalid or DefinitionExists.
    """
    async with changing(conn) as schema:
        type = schema.type(word)
        group = _checked(draft)
        if group.name in type.groups:
            raise DefinitionExists(what="property group", name=group.name)
        await save(conn, type, group)
        return group


async def update_one(conn: Connection, word: str, name: str, changes: GroupChanges) -> Group:
    """Change a group. Raises DefinitionNotFound or DefinitionInvalid."""
    async with changing(conn) as schema:
        type = schema.type(word)
        group = _checked(replace(find(type, name), **changes))
        await save(conn, type, group)
        return group


async def archive_one(conn: Connection, word: str, name: str, now: datetime) -> None:
    """Archive a group without properties. Raises DefinitionNotFound or GroupNotEmpty."""
    async with changing(conn) as schema:
        type = schema.type(word)
        group = find(type, name)
        members = [prop.name for prop in type.properties.values() if prop.group == group.name]
        if members:
            raise GroupNotEmpty(name=group.name, properties=", ".join(members))
        await _queries.run(conn, "archive", type=type.id, name=group.name, now=now)


def _checked(draft: Group) -> Group:
    problems: list[Problem] = []
    group = replace(
        draft,
        name=check_name(draft.name, problems),
        label=check_label(draft.label, problems),
    )
    if problems:
        raise DefinitionInvalid(problems=problems)
    return group


async def save(conn: Connection, type: TypeSchema, group: Group) -> None:
    """Write a group inside a change of the schema that is under way."""
    await _queries.run(
        conn,
        "save",
        type=type.id,
        name=group.name,
        label=group.label,
        display_order=group.display_order,
    )
