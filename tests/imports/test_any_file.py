"""Whatever a file holds, its import comes to an end and accounts for every row."""

import codecs
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from penstock.imports.errors import (
    FileEmpty,
    FileUnreadable,
    HeaderBroken,
    HeaderTooLong,
    MappingInvalid,
    TooManyColumns,
)
from penstock.imports.model import Choice, Counts, Import, Link, State
from penstock.imports.samples import CHUNK
from tests.imports.conftest import Desk
from tests.imports.files import people_file

REFUSALS = (FileEmpty, FileUnreadable, HeaderBroken, HeaderTooLong, TooManyColumns)

CELL = st.text('a@.,;"\n\r\t\0é€\U0001f600 019-/=', max_size=12) | st.sampled_from(
    ["ada@x.example", "lead", "hero", "26-08-2020", "1,5", "yes", "Acme", '"open', "64"]
)
TABLE = st.lists(st.lists(CELL, min_size=1, max_size=5).map(",".join), max_size=12).map("\n".join)


async def outcome(desk: Desk, file: bytes, **wish: Any) -> Import | None:
    """The import at its end; None when the file was refused."""
    columns = [
        Choice(column=1, property="email"),
        Choice(column=2, property="lifecyclestage"),
        Choice(column=3, property="closedate"),
        Choice(column=4, property="hubspotscore"),
        Choice(column=5, link=Link(to="companies", missing="create")),
    ]
    try:
        return await desk.take_in(file, columns=columns, **wish)
    except REFUSALS:
        return None
    except MappingInvalid:
        # Only where the encoding is guessed may the header look different.
        assert wish["encoding"] is None
        return None


async def accounted(desk: Desk, done: Import) -> None:
    counts = done.counts
    assert done.state is State.FINISHED, done.failure
    assert counts.rows_read == (
        counts.created + counts.updated + counts.unchanged + counts.rejected
    )
    problems = await desk.problems(done.id)
    assert len({p.line for p in problems if p.rejected}) == counts.rejected
    assert sum(not p.rejected for p in problems) == counts.warnings


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    body=st.binary(max_size=300) | TABLE.map(str.encode) | TABLE.map(lambda t: t.encode("utf-16")),
    encoding=st.sampled_from([None, None, "utf-8", "utf-16-le", "windows-1252", "shift_jis"]),
    operation=st.sampled_from(["UPSERT", "CREATE", "UPDATE"]),
)
@example(b"\0" * 300, None, "UPSERT")
@example(b'"' * 299, None, "UPSERT")
@example(b",\n" * 150, None, "CREATE")
@example(codecs.BOM_UTF16_LE + b"x", None, "UPSERT")
@example(b"\xff" * 300, "utf-8", "UPDATE")
async def test_any_bytes_come_to_an_end_and_every_row_is_accounted_for(
    desk: Desk, body: bytes, encoding: str | None, operation: str
) -> None:
    header = "E-mail,Stage,Closed,Score,Company\n"
    codec = "utf-16-le" if encoding == "utf-16-le" else "ascii"
    file = header.encode(codec) + body
    done = await outcome(desk, file, encoding=encoding, delimiter=",", operation=operation)
    if done is not None:
        await accounted(desk, done)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(file=st.binary(max_size=200) | TABLE.map(str.encode))
async def test_any_bytes_as_a_whole_file_are_refused_clearly_or_imported(
    desk: Desk, file: bytes
) -> None:
    try:
        done = await desk.take_in(file, columns=[Choice(column=1, property="firstname")])
    except REFUSALS:
        return
    await accounted(desk, done)


@pytest.mark.parametrize(
    ("damage", "code", "lost"),
    [
        (b'7,"Never closed\n', "QUOTES_BROKEN", 1),
        (b"\xff\xfe,\xff\n", "WRONG_NUMBER_OF_CELLS", 1),
        (b"x," * 700_000 + b"\n", "LINE_TOO_LONG", 1),
        (b"just one cell\n", "WRONG_NUMBER_OF_CELLS", 1),
        (b"a,b,c,d,e,f,g,h,i,\0@x.example,k,l\n", "ZERO_BYTE", 1),
        (b"a,b,\xe5sa,d,e,f,g,h,i,j@x.example,k,l\n", "UNDECODABLE", 1),
    ],
)
async def test_damage_in_the_middle_costs_no_other_row(
    desk: Desk, damage: bytes, code: str, lost: int
) -> None:
    lines = people_file(1_200).encode().splitlines(keepends=True)
    # A row with a quoted cell stands behind the damage.
    place = next(number for number in range(600, 700) if b'"' in lines[number])
    done = await desk.take_in(b"".join([*lines[:place], damage, *lines[place:]]))
    assert done.counts == Counts(rows_read=1_200 + lost, created=1_200, rejected=lost)
    assert [(line, found) for line, _, found in await desk.told(done.id)] == [(place + 1, code)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16", "utf-16-le", "mac_roman"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
async def test_the_same_people_come_in_every_encoding_and_line_ending(
    desk: Desk, encoding: str, ending: str
) -> None:
    text = people_file(40).replace("\r\n", "\n").replace("\n", ending)
    done = await desk.take_in(text.encode(encoding))
    assert done.counts == Counts(rows_read=40, created=40)
    names = {record["firstname"] for record in await desk.records()}
    assert "Åsa" in names
    assert "Zoë" in names


async def test_an_encoding_that_changes_within_the_file_costs_only_the_rows_it_changes_in(
    desk: Desk,
) -> None:
    first = "E-mail,First name,Last name\n" + "".join(
        f"p{number}@x.example,Åsa,Ek\n" for number in range(50)
    )
    last = "q@x.example,Ola,Ek\nr@x.example,Åsa,Ek\ns@x.example,Ola,Ek\n"
    done = await desk.take_in(first.encode() + last.encode("cp1252"))
    assert done.counts == Counts(rows_read=53, created=52, rejected=1)
    (problem,) = await desk.problems(done.id)
    assert (problem.line, problem.column_name, problem.code) == (53, "First name", "UNDECODABLE")


async def test_a_million_columns_are_refused_before_the_rest_is_read(desk: Desk) -> None:
    header = ",".join(f"column {number}" for number in range(1_000_000)).encode()
    assert len(header) > 10 * CHUNK
    with pytest.raises(TooManyColumns):
        await desk.take_in(header + b"\n" + b"x," * 999_999 + b"\n")
