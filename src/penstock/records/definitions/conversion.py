"""Values follow their property's definition, so that no stored value is of another type than it."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any, Final

from psycopg.types.json import Jsonb

from penstock.kernel.db import Connection
from penstock.kernel.errors import Problem
from penstock.kernel.queries import load
from penstock.kernel.texts import Text
from penstock.records import uniqueness, values
from penstock.records.errors import DefinitionInvalid
from penstock.records.model import Property
from penstock.records.uniqueness import Claim, value_text
from penstock.records.values import BadValue, Json

_queries = load("penstock.records.definitions", "properties.sql")

_PORTION: Final = 5_000


async def follow(conn: Connection, type_id: str, before: Property, after: Property) -> None:
    """Bring every value that the property has or had into the form of its new definition.

    Raises DefinitionInvalid, naming an example, when a value cannot be converted or when values
    that are to be unique are not; the caller rolls back what was done by then.
    """
    if (before.type, before.multiple) != (after.type, after.multiple):
        await _queries.run(conn, "hold_values")
        await _convert(conn, type_id, before, after)
        await _convert_past(conn, type_id, before, after)
        await release(conn, type_id, [before.name])
    if after.unique:
        await _claim(conn, type_id, after.name)


async def release(conn: Connection, type_id: str, names: Sequence[str]) -> None:
    """Let go of the unique values of properties that end or take another form."""
    await _queries.run(conn, "release", type=type_id, names=list(names))


async def _holders(conn: Connection, type_id: str, name: str) -> AsyncIterator[Sequence[Any]]:
    after = 0
    while rows := await _queries.rows(
        conn, "holders", type=type_id, name=name, after=after, limit=_PORTION
    ):
        yield rows
        after = rows[-1].id


async def _convert(conn: Connection, type_id: str, before: Property, after: Property) -> None:
    async for rows in _holders(conn, type_id, before.name):
        converted = [Jsonb(_converted(row.value, before, after, row.id)) for row in rows]
        await _queries.run(
            conn, "convert", name=before.name, ids=[row.id for row in rows], values=converted
        )


async def _convert_past(conn: Connection, type_id: str, before: Property, after: Property) -> None:
    # What was once an option need not be one of today's.
    lenient = replace(after, external_options=True)
    place: tuple[int, int, int] = (-1, 0, 0)
    while rows := await _queries.rows(
        conn,
        "past",
        type=type_id,
        name=before.name,
        bucket=place[0],
        record_id=place[1],
        id=place[2],
        limit=_PORTION,
    ):
        await _queries.run(
            conn,
            "convert_past",
            name=before.name,
            record_ids=[row.record_id for row in rows],
            ids=[row.id for row in rows],
            values=[Jsonb(_converted(row.value, before, lenient, row.record_id)) for row in rows],
        )
        place = (rows[-1].bucket, rows[-1].record_id, rows[-1].id)


def _converted(value: Json, before: Property, after: Property, record_id: int) -> Json:
    text = values.format(before, value)
    try:
        return values.parse(after, text)
    except BadValue as bad:
        reason = Text(
            'the record {id} has or had the value "{value}" of this property: {reason}',
            id=record_id,
            value=text,
            reason=bad.text,
        )
        raise DefinitionInvalid(
            problems=[Problem(reason, where="type", code="VALUES_NOT_CONVERTIBLE")]
        ) from None


async def _claim(conn: Connection, type_id: str, name: str) -> None:
    async for rows in _holders(conn, type_id, name):
        claims = [Claim(name, value_text(row.value), row.id) for row in rows if row.live]
        lost = await uniqueness.claim(conn, type_id, claims)
        for claim, holder in lost.items():
            text = Text(
                'the records {first} and {second} both have the value "{value}" of this property',
                first=holder,
                second=claim.record_id,
                value=claim.value,
            )
            raise DefinitionInvalid(
                problems=[Problem(text, where="hasUniqueValue", code="VALUES_NOT_UNIQUE")]
            )
