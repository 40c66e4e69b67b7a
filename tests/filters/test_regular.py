"""Regular expressions of people are refused, or are right and quick in the database."""

import re
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.filters.regular import LONGEST, translated
from penstock.records.values import BadValue
from tests.filters.bench import Bench, examples

SIGNS = "aBÅ1_ -/.^$|*+?()[]{}\\,:dwsDn2"


def matches(bench: Bench, pattern: str, text: str) -> bool:
    row = bench.conn.execute(
        "SELECT lower(%s COLLATE pg_c_utf8) ~ lower(%s COLLATE pg_c_utf8)",
        (text, translated(pattern)),
    ).fetchone()
    assert row is not None
    return bool(row[0])


@pytest.mark.parametrize(
    "pattern",
    [
        *["", "a|", "()", "(a", "a)", "[a", "[]", "a\\", "*a", "^*", "a**", "a+*", "{", "(?i)a"],
        *["(a)\\1", "\\bx", "\\Z", "(?=a)", "(?<!a)", "[z-a]", "[Z-a]", "[\\D]", "[a-\\d]"],
        *["a{256}", "a{3,2}", "(a{99}){99}", "(" * 30 + "a" + ")" * 30, "a" * (LONGEST + 1)],
    ],
)
def test_what_is_broken_or_dangerous_is_refused(pattern: str) -> None:
    if pattern == "{":
        assert translated(pattern) == "\\{"
        return
    with pytest.raises(BadValue):
        translated(pattern)


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("^/a(b|c)?$", "/AC", "/abc"),
        ("[^/]+/\\d{2,}", "x/12", "/1"),
        ("[\\w.-]+@[a-z]+", "A.b-c@D", "@"),
        ("a.c", "a\nc", "ac"),
        ("100%_\\.", "100%_.", "100%x."),
        ("[]a]b", "]b", "cb"),
        ("x{,2}", "x{,2}", "xx"),
        ("(?:ab){2}?", "abab", "aab"),
        ("Å", "å", "a"),
    ],
)
async def test_an_expression_means_what_it_does_elsewhere(
    bench: Bench, pattern: str, yes: str, no: str
) -> None:
    assert matches(bench, pattern, yes)
    assert not matches(bench, pattern, no)


@examples(500)
@given(st.text(SIGNS, max_size=10), st.text("aBå1_ -/.", max_size=8))
def test_the_database_agrees_with_python(bench: Bench, pattern: str, text: str) -> None:
    try:
        translated(pattern)
    except BadValue:
        return
    found = matches(bench, pattern, text)
    if "{," in pattern:
        return  # a repetition from nought there, and here a brace
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        plain = re.search(pattern, text, re.IGNORECASE | re.DOTALL)
    assert found == (plain is not None)
