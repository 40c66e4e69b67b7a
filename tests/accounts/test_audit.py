"""The audit trail."""

from penstock.accounts import audit
from penstock.kernel.db import Database
from tests.conftest import NOW


async def test_the_trail_is_read_from_its_end_as_a_whole_or_of_one_target(
    database: Database,
) -> None:
    async with database.unit() as conn:
        for number in range(3):
            for target in ("contacts/1", "contacts/2"):
                details = {"number": number}
                await audit.record(conn, "key:1", "objects_update", target, details, NOW)
        entries = await audit.trail(conn, target="contacts/2", limit=2)
        assert [entry.details["number"] for entry in entries] == [2, 1]
        (rest,) = await audit.trail(conn, target="contacts/2", before=entries[-1].id)
        assert (rest.at, rest.actor, rest.operation) == (NOW, "key:1", "objects_update")
        assert len(await audit.trail(conn)) == 6


async def test_what_is_rolled_back_leaves_no_trail(database: Database) -> None:
    try:
        async with database.unit() as conn:
            await audit.record(conn, "key:1", "objects_update", "contacts/1", {}, NOW)
            raise LookupError
    except LookupError:
        pass
    async with database.unit() as conn:
        assert await audit.trail(conn) == []
