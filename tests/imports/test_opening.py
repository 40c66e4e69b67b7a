"""Reading the beginning of a file."""

import pytest

from penstock.imports.errors import FileEmpty, HeaderBroken, HeaderTooLong, TooManyColumns
from penstock.imports.model import Delimiter, Position
from penstock.imports.opening import MOST_COLUMNS, Opening, opening_of
from penstock.imports.samples import CHUNK, Sample


def open_(
    data: str | bytes,
    *,
    whole: bool = True,
    delimiter: Delimiter | None = None,
    has_header: bool = True,
) -> Opening:
    sample = Sample(data if isinstance(data, bytes) else data.encode(), whole=whole)
    return opening_of(sample, "utf-8", 0, delimiter, has_header=has_header)


def test_the_first_row_names_the_columns_and_the_rest_are_rows() -> None:
    opening = open_("First Name,Last  Name \nAda,Lovelace\nGrace,Hopper\n")
    assert opening.names == ("First Name", "Last Name")
    assert opening.start == Position(23, 2)
    assert [row.cells for row in opening.rows] == [["Ada", "Lovelace"], ["Grace", "Hopper"]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: Delimiter) -> None:
    assert open_(f"a{delimiter}b{delimiter}c\n1{delimiter}2{delimiter}3\n").delimiter == delimiter


def test_decimal_commas_and_commas_in_text_do_not_mislead() -> None:
    assert open_("name;price\nbolt;1,50\nnut, large;0,25\n").delimiter == ";"
    assert open_('name,notes\nbolt,"a; b; c"\nnut,"d; e; f"\n').delimiter == ","


def test_a_file_of_one_column_is_a_file_too() -> None:
    opening = open_("E-mail\na@b.example\nc@d.example\n")
    assert opening.names == ("E-mail",)
    assert len(opening.rows) == 2


def test_the_user_overrides_the_delimiter() -> None:
    assert open_("a,b;c\n1,2;3\n", delimiter=";").names == ("a,b", "c")


def test_a_line_in_which_a_spreadsheet_tells_the_delimiter_is_no_header() -> None:
    opening = open_("sep=;\r\na,x;b\r\n1;2\r\n")
    assert opening.names == ("a,x", "b")
    assert opening.start.line == 3


def test_without_a_header_columns_have_numbers_and_the_first_row_is_data() -> None:
    opening = open_("Ada,Lovelace\nGrace,Hopper\n", has_header=False)
    assert opening.names == ("Column 1", "Column 2")
    assert opening.start == Position(0, 1)
    assert len(opening.rows) == 2


@pytest.mark.parametrize("text", ["", "\n\n", ",,\n", "a,b\n", "a,b", "a,b\n\n,\n"])
def test_a_file_without_rows_is_refused(text: str) -> None:
    with pytest.raises(FileEmpty):
        open_(text)


def test_rows_that_are_all_wrong_are_rows_nevertheless() -> None:
    assert open_("a,b\n1\n").rows == ()


def test_a_header_with_broken_marks_is_refused() -> None:
    with pytest.raises(HeaderBroken):
        open_('a,"b"c\n1,2\n')


def test_a_million_columns_are_refused_from_the_first_chunk() -> None:
    header = ",".join(f"column {number}" for number in range(1_000_000)).encode()
    with pytest.raises(TooManyColumns, match="1000 columns"):
        open_(header[:CHUNK], whole=False)
    with pytest.raises(TooManyColumns):
        open_(b"," * CHUNK, whole=False)
    with pytest.raises(TooManyColumns):
        open_("a" + ",b" * MOST_COLUMNS + "\n1\n")


def test_as_many_columns_as_are_possible_are_accepted() -> None:
    opening = open_("a" + ",b" * (MOST_COLUMNS - 1) + "\n1" + ",2" * (MOST_COLUMNS - 1) + "\n")
    assert len(opening.names) == MOST_COLUMNS
    assert len(opening.rows) == 1


def test_a_first_line_without_end_is_refused() -> None:
    with pytest.raises(HeaderTooLong):
        open_(b"x" * CHUNK, whole=False)


def test_what_cannot_be_shown_is_left_out_of_names() -> None:
    assert open_(b'"a\n b\0c",d\xff\n1,2\n').names == ("a b c", "d\N{REPLACEMENT CHARACTER}")


def test_the_pieces_of_a_long_file_add_their_whole_rows() -> None:
    sample = Sample(b"a,b\n1,2\n", whole=False, pieces=[b"f,3\n4,5\n6,7\n8"])
    opening = opening_of(sample, "utf-8", 0, None, has_header=True)
    assert [row.cells for row in opening.rows] == [["1", "2"], ["4", "5"], ["6", "7"]]
