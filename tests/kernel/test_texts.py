"""Texts in two languages."""

import pytest

from penstock.kernel.texts import Text, patterns, preferred, unwrapped


def test_a_text_without_translation_is_english() -> None:
    assert Text("Nobody translated {this}", this="x").render("sv") == "Nobody translated x"


def test_texts_within_texts_speak_the_same_language() -> None:
    inner = Text('"{value}" is not a number', value="x")
    outer = Text('"{name}" is not valid: {reason}', name="amount", reason=inner)
    assert outer.render("sv") == patterns("sv")[outer.pattern].format(
        name="amount", reason=inner.render("sv")
    )


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("sv", "sv"),
        ("sv-SE,sv;q=0.9,en;q=0.8", "sv"),
        ("de-DE,de;q=0.9", "en"),
        ("en;q=0.5, sv;q=0.9", "sv"),
        ("sv;q=nonsense, en", "en"),
        ("*", "en"),
    ],
)
def test_the_preferred_language_is_one_that_is_spoken_here(
    header: str | None, language: str
) -> None:
    assert preferred(header) == language


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("one line", "one line"),
        ("a line that was\nwrapped in the source", "a line that was wrapped in the source"),
        ("A sentence.\nAnd the next.", "A sentence. And the next."),
        ("A paragraph.\n\nAnd the next.", "A paragraph.\n\nAnd the next."),
        ("PostgreSQL says:\n{lines}", "PostgreSQL says:\n{lines}"),
        ("It failed: {reason}\nPut that right", "It failed: {reason}\nPut that right"),
    ],
)
def test_lines_that_were_wrapped_in_the_source_are_whole_again(pattern: str, said: str) -> None:
    assert unwrapped(pattern) == said


def test_line_breaks_of_what_is_told_stay() -> None:
    assert str(Text("It says {what} and\nends", what="a\nb")) == "It says a\nb and ends"
