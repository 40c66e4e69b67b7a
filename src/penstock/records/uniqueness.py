"""Unique values: claimed and released in sorted order, so that colliding writers never deadlock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.records.schema import TypeSchema

_queries = load("penstock.records")

LONGEST_UNIQUE: Final = 2_000
"""Bytes of a unique value."""


@dataclass(frozen=True, order=True)
class Claim:
    """A record wants to be the only one of its type with this value."""

    property: str
    value: str
    record_id: int


def value_text(value: Any) -> str:
    """The value as it is compared: text without regard to case."""
    return str(value).casefold()


def claims_of(type: TypeSchema, id: int, properties: Mapping[str, Any]) -> list[Claim]:
    """Every unique value that a record holds, with the addresses that merges brought it."""
    claims = [
        Claim(name, value_text(properties[name]), id)
        for name in type.unique
        if properties.get(name) is not None
    ]
    further = properties.get("hs_additional_emails") if "email" in type.unique else None
    claims += [Claim("email", value_text(item), id) for item in (further or "").split(";") if item]
    return claims


async def claim(
    conn: Connection, type_id: str, wanted: Sequence[Claim], given_up: Sequence[Claim] = ()
) -> dict[Claim, int]:
    """Take what is free, after giving up what the same records leave; returns the lost claims.

    Each lost claim comes with the record that has the value. The first of several claims to one
    value, in the order given, gets it.
    """
    first: dict[tuple[str, str], Claim] = {}
    for claim in wanted:
        first.setdefault((claim.property, claim.value), claim)
    contenders = sorted(first.values())
    keys = sorted({(c.property, c.value) for c in (*contenders, *given_up)})
    await _queries.rows(
        conn,
        "lock_values",
        type=type_id,
        properties=[key[0] for key in keys],
        values=[key[1] for key in keys],
    )
    await release(conn, type_id, given_up)
    rows = await _queries.rows(conn, "claim_values", type=type_id, **_arrays(contenders))
    taken = {Claim(row.property, row.value, row.record_id) for row in rows}
    missed = [claim for claim in contenders if claim not in taken]
    lost = await _holders(conn, type_id, missed) if missed else {}
    for claim in wanted:
        winner = first[claim.property, claim.value]
        if winner.record_id != claim.record_id:
            lost[claim] = lost.get(winner, winner.record_id)
    return lost


async def release(conn: Connection, type_id: str, claims: Iterable[Claim]) -> None:
    ordered = sorted(claims)
    if ordered:
        await _queries.run(conn, "release_values", type=type_id, **_arrays(ordered))


async def _holders(conn: Connection, type_id: str, missed: Sequence[Claim]) -> dict[Claim, int]:
    rows = await _queries.rows(
        conn,
        "lock_values",
        type=type_id,
        properties=[claim.property for claim in missed],
        values=[claim.value for claim in missed],
    )
    holder = {(row.property, row.value): row.record_id for row in rows}
    # Our own old claim is no loss; a value released in this instant is, and the caller may retry.
    found = {claim: holder.get((claim.property, claim.value), 0) for claim in missed}
    return {claim: owner for claim, owner in found.items() if owner != claim.record_id}


def _arrays(claims: Sequence[Claim]) -> dict[str, list[Any]]:
    return {
        "properties": [claim.property for claim in claims],
        "values": [claim.value for claim in claims],
        "record_ids": [claim.record_id for claim in claims],
    }
