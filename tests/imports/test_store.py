"""Handing in files, looking at imports, cancelling them."""

import pytest

from penstock.imports import store
from penstock.imports.errors import (
    FileEmpty,
    ImportEnded,
    ImportUnknown,
    MappingInvalid,
    NothingMapped,
    TooManyColumns,
)
from penstock.imports.model import Choice, Position, State, Wish
from penstock.imports.samples import CHUNK
from penstock.kernel.errors import PenstockError
from tests.imports.conftest import Desk, blocks
from tests.imports.files import people_file


async def test_a_file_that_is_handed_in_waits(desk: Desk) -> None:
    text = people_file(3)
    begun = await desk.begin(text, name="Spring fair", file_name="people.csv")
    assert begun.state is State.WAITING
    assert (begun.name, begun.file_name, begun.object_type) == ("Spring fair", "people.csv", "0-1")
    assert begun.bytes_total == len(text.encode())
    assert begun.position == Position(text.index("\n") + 1, 2)
    assert begun.started_by == "key:1"
    assert not begun.ended


async def test_a_file_name_that_is_no_text_is_kept_as_far_as_it_is(desk: Desk) -> None:
    begun = await desk.begin(people_file(1), file_name="f\0r.csv")
    shown = "f\N{REPLACEMENT CHARACTER}r.csv"
    assert (begun.file_name, begun.name) == (shown, shown)


async def test_the_file_is_kept_in_chunks_of_one_length(desk: Desk) -> None:
    data = people_file(4_000).encode()
    begun = await desk.begin(data)
    rows = await desk.query(
        "SELECT bytes FROM import_chunks WHERE import_id = %s ORDER BY part", begun.id
    )
    assert [len(row[0]) for row in rows[:-1]] == [CHUNK] * (len(rows) - 1)
    assert len(rows) > 2
    assert b"".join(row[0] for row in rows) == data


@pytest.mark.parametrize(
    ("file", "error"),
    [
        (b"", FileEmpty),
        (b"\xef\xbb\xbf", FileEmpty),
        (b"E-mail\n", FileEmpty),
        (b"Colour\nred\n", NothingMapped),
        (b"x," * 2_000 + b"\n1\n", TooManyColumns),
    ],
)
async def test_a_file_that_cannot_be_imported_leaves_nothing(
    desk: Desk, file: bytes, error: type[PenstockError]
) -> None:
    with pytest.raises(error):
        await desk.begin(file)
    assert await desk.query("SELECT FROM imports") == []
    assert await desk.query("SELECT FROM import_chunks") == []


async def test_a_mapping_that_cannot_be_is_refused_before_the_file_is_taken_in(desk: Desk) -> None:
    read = 0

    async def endless() -> object:
        nonlocal read
        async for block in blocks(b"E-mail\n" + b"a@b.example\n" * 10_000_000):
            read += len(block)
            yield block

    schema = await desk.house.schema()
    wish = Wish(object_type="contacts", columns=(Choice(column="Mail", property="email"),))
    with pytest.raises(MappingInvalid):
        async with desk.database.unit() as conn:
            await store.begin(
                conn, schema, wish, endless(), started_by="key:1", now=desk.house.write.now
            )
    assert read < 2 * CHUNK


async def test_imports_are_listed_newest_first_page_by_page(desk: Desk) -> None:
    ids = [(await desk.begin(people_file(1, seed))).id for seed in range(3)]
    async with desk.database.unit() as conn:
        first = await store.page(conn, limit=2)
        second = await store.page(conn, before=first[-1].id, limit=2)
    assert [item.id for item in first] == [ids[2], ids[1]]
    assert [item.id for item in second] == [ids[0]]


async def test_a_waiting_import_is_cancelled_and_its_file_goes(desk: Desk) -> None:
    begun = await desk.begin(people_file(1))
    async with desk.database.unit() as conn:
        cancelled = await store.cancel(conn, begun.id, desk.house.write.now)
    assert cancelled.state is State.CANCELLED
    assert cancelled.finished_at == desk.house.write.now
    assert await desk.query("SELECT FROM import_chunks") == []
    assert not await desk.run_next()


async def test_what_has_ended_cannot_be_cancelled(desk: Desk) -> None:
    done = await desk.take_in(people_file(1))
    with pytest.raises(ImportEnded, match="it is finished"):
        async with desk.database.unit() as conn:
            await store.cancel(conn, done.id, desk.house.write.now)


async def test_an_unknown_import_is_not_found(desk: Desk) -> None:
    async with desk.database.unit() as conn:
        with pytest.raises(ImportUnknown):
            await store.get(conn, 77)
        with pytest.raises(ImportUnknown):
            await store.cancel(conn, 77, desk.house.write.now)
