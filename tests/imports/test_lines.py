"""Cutting bytes into lines."""

import codecs
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.imports.lines import LONGEST_LINE, UNREADABLE, Line, Lines


def cut(data: bytes, encoding: str = "utf-8", sizes: Iterator[int] | None = None) -> list[Line]:
    """All lines of a file that arrives in blocks of these sizes, or in one."""
    lines = Lines(encoding, 0, 1)
    found: list[Line] = []
    place = 0
    while place < len(data):
        block = data[place : place + (next(sizes) if sizes else len(data))]
        place += len(block)
        found += lines.feed(block, final=place == len(data))
    return found


def test_every_kind_of_line_ending_ends_a_line_also_mixed() -> None:
    texts = [line.text for line in cut(b"a\nb\r\nc\rd\n\ne")]
    assert texts == ["a\n", "b\r\n", "c\r", "d\n", "\n", "e"]


def test_lines_know_their_number_and_their_place_in_the_file() -> None:
    first, second = cut("å\r\nb".encode())
    assert (first.number, first.start, first.end) == (1, 0, 4)
    assert (second.number, second.start, second.end) == (2, 4, 5)


def test_a_carriage_return_and_its_line_feed_may_come_in_two_blocks() -> None:
    assert [line.text for line in cut(b"a\r\nb", sizes=iter([2, 2]))] == ["a\r\n", "b"]


@given(
    st.binary(max_size=200) | st.text("a\r\n\u0100\U0001f600", max_size=60).map(str.encode),
    st.sampled_from(["utf-8", "utf-16-le", "utf-16-be", "windows-1252", "shift_jis"]),
    st.lists(st.integers(1, 7), min_size=200, max_size=200),
)
def test_the_lines_cover_the_file_and_do_not_depend_on_its_blocks(
    data: bytes, encoding: str, sizes: list[int]
) -> None:
    whole = cut(data, encoding)
    assert cut(data, encoding, iter(sizes)) == whole
    assert [line.start for line in whole] == [0, *(line.end for line in whole)][: len(whole)]
    assert (whole[-1].end if whole else 0) == len(data)
    assert [line.number for line in whole] == list(range(1, len(whole) + 1))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_cut_at_its_own_line_ends(encoding: str) -> None:
    # U+0A0D and U+0D0A contain the bytes of line ends without being any.
    text = "å\u0a0d\r\n\u0d0ab\U0001f600\n"
    lines = cut(text.encode(encoding), encoding)
    assert [line.text for line in lines] == ["å\u0a0d\r\n", "\u0d0ab\U0001f600\n"]
    assert lines[1].start == len("å\u0a0d\r\n".encode(encoding))


def test_bytes_that_are_no_text_mark_their_line_alone() -> None:
    good, bad, after = cut(b"good\nb\xe5d\nafter\n")
    assert (good.damaged, bad.damaged, after.damaged) == (False, True, False)
    assert bad.text == f"b{UNREADABLE}d\n"


def test_half_a_character_at_the_end_of_utf_16_marks_the_last_line() -> None:
    first, last = cut("a\nb".encode("utf-16-le") + b"x", "utf-16-le")
    assert (first.damaged, last.damaged) == (False, True)
    assert last.end == 7


def test_a_lone_surrogate_marks_its_line() -> None:
    (line,) = cut("a\ud800b".encode("utf-16-le", "surrogatepass"), "utf-16-le")
    assert line.damaged


def test_a_zero_byte_marks_its_line() -> None:
    assert [line.damaged for line in cut(b"a\0b\nc\n")] == [True, False]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_a_line_without_end_is_passed_over_in_bounded_memory(encoding: str) -> None:
    codec = codecs.lookup(encoding)
    lines = Lines(encoding, 0, 1)
    block = codec.encode("x" * 100_000)[0]
    end = codec.encode("\r")[0]
    assert lines.feed(codec.encode("before\n")[0])[0].text == "before\n"
    for _ in range(100):
        assert lines.feed(block) == []
        assert len(lines._rest) <= LONGEST_LINE + len(block)
    assert lines.feed(end) == []
    long, after = lines.feed(codec.encode("\nafter")[0], final=True)
    assert long.overlong
    assert long.text.startswith("xxx")
    assert len(long.text) < 1_000
    assert long.end - long.start == 100 * len(block) + 2 * len(end)
    assert (after.text, after.start, after.number) == ("after", long.end, 3)


def test_a_line_without_end_at_the_end_of_the_file_is_told_too() -> None:
    lines = Lines("utf-8", 0, 1)
    for _ in range(20):
        assert lines.feed(b"x" * 100_000) == []
    (line,) = lines.feed(b"", final=True)
    assert line.overlong
    assert line.end == 2_000_000
