"""Reading numbers as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.imports.model import DecimalMark, Delimiter
from penstock.imports.numbers import mark_of, number_text
from penstock.records.values import BadValue


@pytest.mark.parametrize(
    ("text", "mark", "number"),
    [
        ("1100.04", ".", "1100.04"),
        ("1,234,567.50", ".", "1234567.50"),
        ("1.234.567,50", ",", "1234567.50"),
        ("1 234,50", ",", "1234.50"),
        ("1\u00a0234\u00a0567", ",", "1234567"),
        ("1’234.50", ".", "1234.50"),
        ("3,14", ",", "3.14"),
        ("3,14", None, "3.14"),
        ("0.125", None, "0.125"),
        ("1,234.5", None, "1234.5"),
        ("42", None, "42"),
        ("$1,234.50", ".", "1234.50"),
        ("-$5", ".", "-5"),
        ("1 234,50 kr", ",", "1234.50"),
        ("12 €", ",", "12"),
        ("\u22125", ".", "-5"),
        ("1e3", ".", "1e3"),
        (".5", ".", ".5"),
        ("5.", ".", "5."),
    ],
)
def test_a_number_is_read_with_the_files_mark(
    text: str, mark: DecimalMark | None, number: str
) -> None:
    assert number_text(text, mark) == number


@pytest.mark.parametrize(
    ("text", "mark", "code"),
    [
        ("1,234", None, "AMBIGUOUS_NUMBER"),
        ("1.234", None, "AMBIGUOUS_NUMBER"),
        ("3,14", ".", "INVALID_NUMBER"),
        ("3.14", ",", "INVALID_NUMBER"),
        ("1,23,456", ".", "INVALID_NUMBER"),
        ("12 %", ".", "INVALID_NUMBER"),
        ("1 2", ".", "INVALID_NUMBER"),
        ("0x10", ".", "INVALID_NUMBER"),
        ("nan", ".", "INVALID_NUMBER"),
        ("many", None, "INVALID_NUMBER"),
        ("-", None, "INVALID_NUMBER"),
        ("1" + " " * 100_000 + "x", ".", "INVALID_NUMBER"),
    ],
)
def test_what_is_no_number_or_may_be_two_is_refused(
    text: str, mark: DecimalMark | None, code: str
) -> None:
    with pytest.raises(BadValue) as refused:
        number_text(text, mark)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("values", "delimiter", "mark"),
    [
        (["1,5", "1,234"], ";", ","),
        (["1.5", "1,234"], ",", "."),
        (["1,234", "42"], ";", None),
        (["1,234", "42"], ",", "."),
        (["1,5", "1.5"], ",", None),
        ([], ",", "."),
        ([], ";", None),
        (["many"], "\t", "."),
    ],
)
def test_the_mark_is_found_by_the_numbers_that_allow_only_one(
    values: list[str], delimiter: Delimiter, mark: DecimalMark | None
) -> None:
    assert mark_of(values, delimiter) == mark


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2))
def test_every_number_is_read_back_with_either_mark(number: object) -> None:
    text = f"{number:,f}"
    assert number_text(text, ".").replace(",", "") == f"{number:f}"
    assert number_text(text.translate(str.maketrans(".,", ",.")), ",") == f"{number:f}"
