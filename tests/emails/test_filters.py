"""The filters of mail templates."""

import pytest

from penstock.emails import language
from penstock.emails.filters import FILTERS


@pytest.mark.parametrize(
    ("expression", "value", "expected"),
    [
        ("capitalize", "aDA lovelace", "Ada lovelace"),
        ("default('x')", "", "x"),
        ("default('x', true)", "a", "a"),
        ("e", "<b>", "<b>"),
        ("escape", "&", "&"),
        ("float", "1.5", "1.5"),
        ("float", "much", "0.0"),
        ("int", "12", "12"),
        ("int", "much", "0"),
        ("int(7)", "", "7"),
        ("length", "abc", "3"),
        ("lower", "ABC", "abc"),
        ("replace('a', 'b')", "banana", "bbnbnb"),
        ("title", "ada lovelace's  cat", "Ada Lovelace's  Cat"),
        ("trim", "  a ", "a"),
        ("truncate(11)", "one two three", "one two..."),
        ("truncate(11, true)", "one two three", "one two ..."),
        ("truncate(5)", "one", "one"),
        ("truncate(length=1, end='…')", "one", "…"),
        ("upper", "straße", "STRASSE"),
        ("urlencode", "a b/ü&", "a%20b%2F%C3%BC%26"),
    ],
)
def test_a_filter_changes_a_value(expression: str, value: str, expected: str) -> None:
    source = language.read(f"{{{{ contact.x|{expression} }}}}")
    assert not source.problems
    assert source.fill({"contact.x": value}).text() == expected


def test_every_filter_is_named_when_an_unknown_one_is_used() -> None:
    (problem,) = language.read("{{ contact.x|shout }}").problems
    assert all(name in str(problem) for name in FILTERS)


@pytest.mark.parametrize("wrong", ["upper(1)", "replace('a')", "truncate(size=3)", "trim(*[1])"])
def test_a_filter_with_the_wrong_arguments_is_refused(wrong: str) -> None:
    (problem,) = language.read(f"{{{{ contact.x|{wrong} }}}}").problems
    assert "does not take this" in str(problem)
