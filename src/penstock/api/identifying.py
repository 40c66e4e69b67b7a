"""From the ids of a request to records: numbers, or values of a property that identifies."""

from collections.abc import Iterable
from typing import Final

from penstock.kernel.db import Connection
from penstock.kernel.errors import Invalid, NotFound
from penstock.records.reading import find
from penstock.records.schema import TypeSchema
from penstock.records.uniqueness import value_text
from penstock.records.values import BadValue

_LARGEST: Final = 2**63 - 1


class IdPropertyInvalid(Invalid):
    """ "{name}" does not identify {type}; possible: {known}"""


def number(word: str) -> int:
    """A record id; 0, which no record has, for what is none."""
    if word.isascii() and word.isdigit() and len(word) < 20:
        return min(int(word), _LARGEST)
    return 0


def numbered(word: str, missing: type[NotFound]) -> int:
    """The id that a path names. Raises `missing`, with the word as it came, for what is none."""
    id = number(word)
    if not id:
        raise missing(id=word)
    return id


async def identify(
    conn: Connection, type: TypeSchema, words: Iterable[str], property: str | None
) -> dict[str, int]:
    """The record id that each word means, by word; 0 where nobody has the value.

    Raises IdPropertyInvalid.
    """
    if property is None or type.columns.get(property) == "id":
        return {word: number(word) for word in words}
    if property not in type.unique:
        known = ", ".join(["hs_object_id", *type.unique])
        raise IdPropertyInvalid(name=property, type=type.plural, known=known)
    values = {word: _canonical(type, property, word) for word in words}
    found = await find(conn, type, property, {value for value in values.values() if value})
    return {word: found.get(value or "", 0) for word, value in values.items()}


def _canonical(type: TypeSchema, property: str, word: str) -> str | None:
    if not word:
        return None
    try:
        return value_text(type.parsers[property](word, type.properties[property]))
    except BadValue:
        return None
