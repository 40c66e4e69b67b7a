"""Reading rows from lines, however the quotation marks stand."""

import csv
import io
from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from penstock.imports.lines import Lines
from penstock.imports.model import Delimiter, Position
from penstock.imports.rows import Row, Rows

START = Position(0, 1)


def read(
    text: str | bytes,
    width: int | None = None,
    *,
    at: Position = START,
    blocks: Sequence[int] = (),
    delimiter: Delimiter = ",",
) -> list[Row]:
    """The rows of a file from a position on; `blocks` are the sizes in which it arrives."""
    data = (text if isinstance(text, bytes) else text.encode())[at.offset :]
    lines, rows = Lines("utf-8", at.offset, at.line), Rows(delimiter, width, at.wary_until)
    found: list[Row] = []
    place, sizes = 0, iter(blocks)
    while place < len(data):
        block = data[place : place + next(sizes, len(data))]
        place += len(block)
        final = place == len(data)
        found += rows.feed(lines.feed(block, final=final), final=final)
    return found


def told(rows: Sequence[Row]) -> list[tuple[int, list[str] | str]]:
    """Line and cells of each row, or the code of what is wrong with it."""
    return [(row.line, row.problem.code if row.problem else row.cells) for row in rows]


def test_a_quoted_cell_may_hold_delimiters_marks_and_line_ends() -> None:
    rows = read('a,"b, ""c""\r\nd",e\r\nf,g,h\r\n', 3)
    assert told(rows) == [(1, ["a", 'b, "c"\r\nd', "e"]), (3, ["f", "g", "h"])]


def test_mixed_line_endings_make_the_same_rows() -> None:
    assert told(read("a,b\r\nc,d\re,f\ng,h", 2)) == [
        (1, ["a", "b"]),
        (2, ["c", "d"]),
        (3, ["e", "f"]),
        (4, ["g", "h"]),
    ]


def test_blank_rows_are_passed_over_and_still_count_as_lines() -> None:
    assert told(read('\n,\na,b\n\n "",\n  ,  \nc,d\n', 2)) == [(3, ["a", "b"]), (7, ["c", "d"])]


def test_a_blank_after_the_delimiter_does_not_keep_marks_from_quoting() -> None:
    assert told(read('a, "b, c"\n', 2)) == [(1, ["a", "b, c"])]


def test_a_mark_within_an_unquoted_cell_is_a_letter() -> None:
    assert told(read('pipe 5",steel\n', 2)) == [(1, ['pipe 5"', "steel"])]


def test_a_row_with_too_few_or_too_many_cells_is_rejected_alone() -> None:
    few, good, many = read("a\nb,c\nd,e,f\n", 2)
    assert told([few, good, many]) == [
        (1, "WRONG_NUMBER_OF_CELLS"),
        (2, ["b", "c"]),
        (3, "WRONG_NUMBER_OF_CELLS"),
    ]
    assert few.problem is not None
    assert str(few.problem.text) == "it has 1 cells where there are 2 columns"


def test_a_row_of_the_wrong_width_over_several_lines_says_so() -> None:
    (row,) = read('"a\nb\nc"\n', 2)
    assert row.problem is not None
    assert "over 3 lines" in str(row.problem.text)
    assert row.after.line == 4


def test_a_mark_that_is_never_closed_costs_its_own_line_alone() -> None:
    text = '1,"Ada\n2,Bob\n3,Cid\n'
    assert told(read(text, 2)) == [(1, "QUOTES_BROKEN"), (2, ["2", "Bob"]), (3, ["3", "Cid"])]


def test_after_a_broken_mark_rows_over_several_lines_are_read_again() -> None:
    text = '1,"Ada,x\n2,"Bob\nBobson",y\n3,"Cid\nCidson",z\n'
    assert told(read(text, 3)) == [
        (1, "QUOTES_BROKEN"),
        (2, ["2", "Bob\nBobson", "y"]),
        (4, ["3", "Cid\nCidson", "z"]),
    ]


def test_unescaped_marks_within_a_quoted_cell_are_rejected_not_guessed() -> None:
    text = '1,"Acme "Best" Inc"\n2,Bolt\n'
    assert told(read(text, 2)) == [(1, "QUOTES_BROKEN"), (2, ["2", "Bolt"])]


def test_the_rest_of_a_broken_row_is_not_taken_for_a_row_of_its_own() -> None:
    text = '1,"he said "hi", then\nhe, left"\n2,Bob\n3,"x ""y"" z"\n'
    assert told(read(text, 2)) == [
        (1, "QUOTES_BROKEN"),
        (2, "QUOTES_BROKEN"),
        (3, ["2", "Bob"]),
        (4, ["3", 'x "y" z']),
    ]


def test_a_cell_beyond_the_limit_is_rejected_and_the_next_row_is_read() -> None:
    text = "a," + "x" * (csv.field_size_limit() + 1) + "\nb,c\n"
    assert told(read(text, 2)) == [(1, "CELL_TOO_LONG"), (2, ["b", "c"])]


def test_a_line_beyond_the_limit_is_rejected_and_the_next_row_is_read() -> None:
    text = "a" + ",b" * 600_000 + "\nc,d\n"
    assert told(read(text, 2, blocks=[300_000] * 4)) == [(1, "LINE_TOO_LONG"), (2, ["c", "d"])]


def test_a_mark_that_swallows_megabytes_loses_none_of_the_rows_behind_it() -> None:
    rows = [f"{number},{'x' * 90}" for number in range(20_000)]
    found = read('0,"open\n' + "\n".join(rows), 2, blocks=[65_536] * 40)
    assert told(found[:2]) == [(1, "QUOTES_BROKEN"), (2, ["0", "x" * 90])]
    assert [row.cells[0] for row in found[1:]] == [str(number) for number in range(20_000)]


def test_lines_that_all_open_a_mark_are_read_in_linear_time() -> None:
    # Each of these leaves a mark open from either side, and would be read again for every line.
    found = read('x",",\n' * 50_000, 2)
    assert len(found) == 50_000
    assert {row.problem.code for row in found if row.problem} == {"QUOTES_BROKEN"}


def test_damaged_lines_mark_their_row() -> None:
    rows = read(b'a,b\xff\nc,"d\ne\0"\nf,g\n', 2)
    assert [row.damaged for row in rows] == [True, True, False]


@given(
    st.lists(
        st.lists(st.text('ab",; \n\r', max_size=6), min_size=2, max_size=2).filter(
            lambda row: any(cell.lstrip(" ") for cell in row)
        ),
        max_size=8,
    ),
    st.lists(st.integers(1, 9), max_size=100),
)
def test_what_a_csv_writer_wrote_is_read_back(rows: list[list[str]], blocks: list[int]) -> None:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(rows)
    assert [row.cells for row in read(out.getvalue(), 2, blocks=blocks)] == rows


TRICKY = st.text('a",\n\r', max_size=40) | st.text('ab",\n', max_size=120)


@given(TRICKY, st.lists(st.integers(1, 9), max_size=100))
@example('x",",\ny",",\n', [])
def test_any_text_gives_the_same_rows_in_whatever_blocks_it_comes(
    text: str, blocks: list[int]
) -> None:
    assert read(text, 2, blocks=blocks) == read(text, 2)


@given(TRICKY)
@example('"a\n"a\nb,c\n"')
@example('1,"a\n2,b\n3,c\n4,"d\ne"\n')
def test_reading_resumes_behind_any_row_as_if_it_had_never_stopped(text: str) -> None:
    rows = read(text, 2)
    for index, row in enumerate(rows):
        assert read(text, 2, at=row.after) == rows[index + 1 :]


@given(TRICKY)
def test_every_line_is_in_a_row_or_blank(text: str) -> None:
    lines = Lines("utf-8", 0, 1).feed(text.encode(), final=True)
    rows = read(text, None)
    covered = {number for row in rows for number in range(row.line, row.after.line)}
    for line in lines:
        assert line.number in covered or not line.text.strip('", \r\n')


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_delimiter_divides(delimiter: Delimiter) -> None:
    assert told(read(f'a{delimiter}"b{delimiter}c"\n', 2, delimiter=delimiter)) == [
        (1, ["a", f"b{delimiter}c"])
    ]
