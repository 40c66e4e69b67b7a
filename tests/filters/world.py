"""Records with what lies beside them, as golden filters give them.

Beside its properties a record may have, each a list:
- `$before`: properties that it had before, one object for each day up to yesterday, the
  oldest first;
- `$events`: `{"type": …, "days": how long ago, "properties": {…}}`;
- `$associated`: records like this one, with their `$object` and perhaps `$types`,
  association types;
- `$refers`: by property, the record whose id it holds, given like an associated one;
- `$in`: `list`, `import`, `active`, `finished` or `goal_met`, each of the thing that has the
  id `THING`;
- `$subscriptions`: `{"channel": …, "type": …, "status": …}`.
"""

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any, Final

from psycopg.types.json import Jsonb

from penstock.kernel.db import Connection
from penstock.records import store
from penstock.records.associations import NewEdge
from penstock.records.definitions.changing import changing
from penstock.records.events import Happening, Recorded, record
from penstock.records.model import Property
from penstock.records.reading import Record
from penstock.records.schema import Schema
from tests.conftest import NOW, House

THING: Final = 7001
"""The id of the list, the import and the workflow that there are; that of an event follows `6-`."""


async def furnish(conn: Connection) -> None:
    """Make the things that records can be in, and a kind of event that somebody defined."""
    now = {"id": THING, "now": NOW, "none": Jsonb({})}
    await conn.execute(
        "INSERT INTO lists (id, name, object_type, kind, document, created_at, updated_at,"
        " created_by, updated_by) OVERRIDING SYSTEM VALUE"
        " VALUES (%(id)s, 'Guests', '0-1', 'SNAPSHOT', %(none)s, %(now)s, %(now)s, '', '')",
        now,
    )
    await conn.execute(
        "INSERT INTO imports (id, name, file_name, object_type, mapping, options, started_by,"
        " bytes_total, bytes_done, next_line, created_at, updated_at) OVERRIDING SYSTEM VALUE"
        " VALUES (%(id)s, 'Fair', 'fair.csv', '0-1', %(none)s, %(none)s, '', 0, 0, 1, %(now)s,"
        " %(now)s)",
        now,
    )
    await conn.execute(
        "INSERT INTO workflows (id, uuid, name, object_type, state, revision, created_at,"
        " updated_at, created_by, updated_by) VALUES (%(id)s, gen_random_uuid(), 'Welcome', '0-1',"
        " 'off', 1, %(now)s, %(now)s, '', '')",
        now,
    )

    async with changing(conn):
        await conn.execute(
            "INSERT INTO event_types (id, name, label, object_type, properties, created_at,"
            " updated_at) VALUES ('6-' || %(id)s, 'pe1_painted', 'Painted', '0-1', %(colour)s,"
            " %(now)s, %(now)s)",
            {**now, "colour": Jsonb([asdict(Property("colour", "Colour"))])},
        )


async def place(
    conn: Connection, schema: Schema, house: House, word: str, given: dict[str, Any]
) -> int:
    """Make one record with all that is given, and return its id."""
    type = schema.type(word)
    edges = [
        NewEdge(
            await place(conn, schema, house, other["$object"], other),
            tuple(other.get("$types", ())),
        )
        for other in given.get("$associated", ())
    ]
    refers = {
        name: str(await place(conn, schema, house, other["$object"], other))
        for name, other in given.get("$refers", {}).items()
    }
    before = given.get("$before", [])
    own = {key: value for key, value in given.items() if not key.startswith("$")}
    writes = [*before, {**own, **refers}]
    id = 0
    for index, properties in enumerate(writes):
        at = NOW - timedelta(days=len(writes) - 1 - index)
        write = replace(house.write, now=at)
        if index == 0:
            draft = store.Draft(properties, tuple(edges))
            (made,) = await store.create(conn, schema, type, [draft], write, trusted=True)
            assert isinstance(made, Record), made
            id = made.id
        else:
            gone = dict.fromkeys(writes[index - 1].keys() - properties.keys())
            patch = store.Patch(id, {**gone, **properties})
            (kept,) = await store.update(conn, schema, type, [patch], write, trusted=True)
            assert isinstance(kept, Record), kept
    happenings = [
        Happening(
            event["type"],
            event.get("properties", {}),
            record=id,
            at=NOW - timedelta(days=event.get("days", 0)),
        )
        for event in given.get("$events", ())
    ]
    kept_events = await record(conn, schema, happenings, house.write)
    assert all(isinstance(event, Recorded) for event in kept_events), kept_events
    for thing in given.get("$in", ()):
        await _belong(conn, id, thing)
    for said in given.get("$subscriptions", ()):
        await conn.execute(
            "INSERT INTO subscriptions VALUES (%s, %s, %s, %s, %s, %s, 'test')",
            (id & 63, id, said["channel"], said["type"], said["status"], NOW),
        )
    return id


async def _belong(conn: Connection, id: int, thing: str) -> None:
    bucket = id & 63
    if thing == "list":
        await conn.execute(
            "INSERT INTO list_members VALUES (%s, %s, %s, %s)", (bucket, THING, id, NOW)
        )
    elif thing == "import":
        await conn.execute("INSERT INTO import_members VALUES (%s, %s, %s)", (bucket, THING, id))
    else:
        ended = None if thing == "active" else NOW
        await conn.execute(
            "INSERT INTO enrollments (bucket, id, workflow_id, record_id, passage, state, step,"
            " entered_at, lane, depth, enrolled_at, ended_at, source)"
            " VALUES (%s, %s, %s, %s, 1, %s, '', %s, 0, 0, %s, %s, 'trigger')",
            (bucket, id, THING, id, thing, NOW, NOW, ended),
        )
