"""Two records become one (semantics decision 22), and a person is erased."""

from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.records import associations, uniqueness
from penstock.records.changes import Write
from penstock.records.errors import MergeInvalid, RecordNotFound
from penstock.records.reading import Record
from penstock.records.schema import Schema, TypeSchema
from penstock.records.store import Patch, one, update
from penstock.records.uniqueness import Claim, value_text

_queries = load("penstock.records")


async def merge(
    conn: Connection, schema: Schema, type: TypeSchema, survivor: int, loser: int, write: Write
) -> Record:
    """Merge `loser` into `survivor`: its values fill what is empty; edges, events, memberships,
    consents, history and unique values move; it is archived and from then on stands for the
    survivor.

    Raises MergeInvalid, or RecordNotFound for either.
    """
    if survivor == loser:
        raise MergeInvalid
    rows = {
        row.id: row
        for row in await _queries.rows(conn, "lock_for_removal", ids=sorted({survivor, loser}))
        if row.type == type.id and row.archived_at is None
    }
    for id in (survivor, loser):
        if id not in rows:
            raise RecordNotFound(type=type.name, key="id", value=id)
    await _move_edges(conn, schema, type, survivor, loser, write)
    moves = {"survivor": survivor, "loser": loser}
    await _queries.run(conn, "move_history", **moves)
    await _queries.run(conn, "move_events", **moves)
    await _queries.run(conn, "move_memberships", **moves, type=type.id, **write.bound)
    await _queries.run(conn, "move_consents", **moves, type=type.id, **write.bound)
    kept, lost = rows[survivor].properties, rows[loser].properties
    await _move_values(conn, type, kept, lost, survivor, loser)
    await _queries.run(conn, "retire", **moves, type=type.id, **write.bound)
    filled = {
        name: value
        for name, value in lost.items()
        if name not in kept and name in type.properties and not type.properties[name].read_only
    }
    filled.update(_further_addresses(type, kept, lost))
    return one(await update(conn, schema, type, [Patch(survivor, filled)], write, trusted=True))


async def _move_edges(
    conn: Connection, schema: Schema, type: TypeSchema, survivor: int, loser: int, write: Write
) -> None:
    edges = [
        (row.type_id, row.to_id)
        for row in await _queries.rows(conn, "edges_of", id=loser)
        if row.type_id in schema.edges
    ]
    await associations.remove(conn, schema, [(loser, *edge) for edge in edges], write)
    present = {row.type_id for row in await _queries.rows(conn, "edges_of", id=survivor)}
    moving = [
        (survivor, associations.NewEdge(to_id, (type_id,)))
        for type_id, to_id in edges
        # The survivor's own primary company stays the primary one.
        if to_id != survivor and not (schema.edges[type_id].single and type_id in present)
    ]
    live = await associations.lock(conn, [edge.to_id for _, edge in moving])
    moving = [(id, edge) for id, edge in moving if edge.to_id in live]
    await associations.add(conn, schema, type, moving, live, write)


async def _move_values(
    conn: Connection,
    type: TypeSchema,
    kept: dict[str, object],
    lost: dict[str, object],
    survivor: int,
    loser: int,
) -> None:
    """The loser's e-mail address goes on leading to the survivor, beside the survivor's own."""
    names = [name for name in type.unique if lost.get(name) is not None]
    old = [Claim(name, value_text(lost[name]), loser) for name in names]
    await uniqueness.release(conn, type.id, old)
    await uniqueness.claim(
        conn, type.id, [Claim(claim.property, claim.value, survivor) for claim in old]
    )


def _further_addresses(
    type: TypeSchema, kept: dict[str, object], lost: dict[str, object]
) -> dict[str, str]:
    if "hs_additional_emails" not in type.properties or not kept.get("email"):
        return {}
    further = "hs_additional_emails"
    addresses = [
        address
        for value in (kept.get(further), lost.get("email"), lost.get(further))
        if isinstance(value, str)
        for address in value.split(";")
    ]
    others = dict.fromkeys(address for address in addresses if address != kept["email"])
    return {further: ";".join(others)} if others else {}


async def erase(conn: Connection, schema: Schema, type: TypeSchema, id: int, write: Write) -> None:
    """Erase a person: record, history, events, edges, memberships. The engine clears the rest.

    Raises RecordNotFound.
    """
    rows = await _queries.rows(conn, "lock_for_removal", ids=[id])
    rows = [row for row in rows if row.type == type.id]
    if not rows:
        raise RecordNotFound(type=type.name, key="id", value=id)
    edges = [
        (id, row.type_id, row.to_id)
        for row in await _queries.rows(conn, "edges_of", id=id)
        if row.type_id in schema.edges
    ]
    await associations.remove(conn, schema, edges, write)
    await uniqueness.release(conn, type.id, uniqueness.claims_of(type, id, rows[0].properties))
    await _queries.run(conn, "erase", id=id, type=type.id, **write.bound)
