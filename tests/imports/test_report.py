"""What was wrong with rows, page by page, as a file, and in two languages."""

import csv
import io

import pytest

from penstock.imports import report
from penstock.imports.model import Choice, Counts
from penstock.imports.reasons import as_json, from_json, shortened
from penstock.kernel import texts
from penstock.kernel.texts import Text
from tests.imports.conftest import Desk

COLUMNS = [Choice(column="E-mail", property="email"), Choice(column="Name", property="firstname")]


async def as_rows(desk: Desk, id: int, language: str = "en") -> list[list[str]]:
    text = "".join([piece async for piece in report.as_csv(desk.database, id, language)])
    return list(csv.reader(io.StringIO(text)))


async def test_the_report_is_read_page_by_page_in_the_order_of_the_file(desk: Desk) -> None:
    bad = "".join(f"bad{number},x\n" for number in range(250))
    done = await desk.take_in(f"E-mail,Name\nada@x.example,Ada\n{bad}", columns=COLUMNS)
    assert done.counts == Counts(rows_read=251, created=1, rejected=250)
    lines: list[int] = []
    after = 0
    while True:
        async with desk.database.unit() as conn:
            page = await report.problems_of(conn, done.id, after=after, limit=100)
        if not page:
            break
        assert len(page) <= 100
        lines += [problem.line for problem in page]
        after = page[-1].id
    assert lines == list(range(3, 253))


async def test_the_report_is_a_file_that_a_spreadsheet_opens_safely(desk: Desk) -> None:
    done = await desk.take_in(
        'E-mail,Name\n"=HYPERLINK(""http://x"")",Eve\n"a ""b"", c",Ada\n', columns=COLUMNS
    )
    rows = await as_rows(desk, done.id)
    assert rows[0] == ["Line", "Column", "Property", "Value", "Code", "Reason", "Imported"]
    assert [row[:5] for row in rows[1:]] == [
        ["2", "E-mail", "email", '\'=HYPERLINK("http://x")', "INVALID_EMAIL"],
        ["3", "E-mail", "email", 'a "b", c', "INVALID_EMAIL"],
    ]
    assert rows[2][5] == '"email" is not valid: "a "b", c" is not an e-mail address'
    assert rows[2][6] == "no"


async def test_a_long_report_comes_in_pieces(desk: Desk) -> None:
    bad = "bad,x\n" * 2_345
    done = await desk.take_in(f"E-mail,Name\n{bad}", columns=COLUMNS)
    pieces = [piece async for piece in report.as_csv(desk.database, done.id)]
    assert len(pieces) == 4
    assert len(await as_rows(desk, done.id)) == 2_346


async def test_a_report_without_problems_has_its_heading(desk: Desk) -> None:
    done = await desk.take_in("E-mail,Name\nada@x.example,Ada\n", columns=COLUMNS)
    assert len(await as_rows(desk, done.id)) == 1


async def test_reasons_are_told_in_the_readers_language(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = await desk.take_in("E-mail,Name\nbad,x\n", columns=COLUMNS)
    swedish = {
        '"{name}" is not valid: {reason}': '"{name}" är inte giltigt: {reason}',
        '"{value}" is not an e-mail address': '"{value}" är ingen e-postadress',
        "Reason": "Skäl",
    }
    monkeypatch.setattr(texts, "patterns", {"sv": swedish, "en": {}}.__getitem__)
    rows = await as_rows(desk, done.id, "sv")
    assert rows[0][5] == "Skäl"
    assert rows[1][5] == '"email" är inte giltigt: "bad" är ingen e-postadress'


async def test_values_are_shortened_and_made_safe_to_keep(desk: Desk) -> None:
    long = "x" * 10_000
    done = await desk.take_in(
        b"E-mail,Name\n" + long.encode() + b",x\nada@x.example,A\0da\nkim@x.example,\xe5sa\n",
        columns=COLUMNS,
        encoding="utf-8",
    )
    first, second, third = await desk.problems(done.id)
    assert first.value == "x" * 199 + "…"
    assert len(str(first.text)) < 500
    assert (second.code, second.value) == ("ZERO_BYTE", "A\N{REPLACEMENT CHARACTER}da")
    assert (third.code, third.value) == ("UNDECODABLE", "\N{REPLACEMENT CHARACTER}sa")
    assert (third.line, third.column_number) == (4, 2)


def test_a_text_is_the_same_after_it_was_kept() -> None:
    text = Text("a {b} {c}", b=Text("inner {d}", d=1), c="x")
    assert from_json(as_json(text)) == text


def test_what_cannot_be_stored_is_replaced() -> None:
    assert shortened("a\0b\ud800c") == "a\N{REPLACEMENT CHARACTER}b?c"
