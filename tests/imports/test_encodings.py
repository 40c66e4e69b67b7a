"""Finding out how the bytes of a file are text."""

import codecs
from contextlib import suppress

import pytest

from penstock.imports.encodings import CODECS, encoding_of
from penstock.imports.errors import EncodingUnknown, FileUnreadable

SWEDISH = "Förnamn;Efternamn;Ort\nÅsa;Öberg;Göteborg\nBjörn;Åkesson;Malmö\n"


@pytest.mark.parametrize(
    ("mark", "codec", "name"),
    [
        (codecs.BOM_UTF8, "utf-8", "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16-be"),
    ],
)
def test_a_mark_at_the_start_tells_the_encoding(mark: bytes, codec: str, name: str) -> None:
    assert encoding_of([mark + SWEDISH.encode(codec)], None) == (name, len(mark))


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-8", "utf-8"),
        ("cp1252", "windows-1252"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("mac_roman", "macintosh"),
    ],
)
def test_an_unmarked_file_is_recognised_by_its_text(codec: str, name: str) -> None:
    assert encoding_of([SWEDISH.encode(codec)], None) == (name, 0)


@pytest.mark.parametrize("name", ["René", "Åsa", "Müller", "Øystein", "Núñez"])
def test_a_single_name_is_enough_to_tell_the_most_common_encoding(name: str) -> None:
    assert encoding_of([f"Name\n{name}\n".encode("cp1252")], None) == ("windows-1252", 0)


def test_a_long_line_is_looked_at_once() -> None:
    # A pattern that tries every beginning of a line would take minutes.
    assert encoding_of([b"x" * 250_000 + b"\xe5\n"], None) == ("windows-1252", 0)


def test_cyrillic_and_japanese_text_is_recognised() -> None:
    russian = "Иван,Петров,Москва\nАнна,Смирнова,Казань\n".encode("cp1251")
    japanese = "山田,太郎,東京都\n鈴木,花子,大阪府\n".encode("cp932")
    assert encoding_of([russian], None) == ("windows-1251", 0)
    assert encoding_of([japanese], None) == ("shift_jis", 0)


def test_a_single_accent_far_into_the_file_is_found_in_the_pieces() -> None:
    plain = b"Name,City\n" + b"Ada,London\n" * 100
    assert encoding_of([plain, "René,Orléans\n".encode("cp1252")], None) == ("windows-1252", 0)


def test_a_few_bad_bytes_do_not_make_good_utf_8_another_encoding() -> None:
    text = SWEDISH.encode() * 5 + b"\xff\xfe broken\n"
    assert encoding_of([text], None) == ("utf-8", 0)


def test_plain_ascii_and_nothing_at_all_are_utf_8() -> None:
    assert encoding_of([b"Name\nAda\n"], None) == ("utf-8", 0)
    assert encoding_of([b""], None) == ("utf-8", 0)
    assert encoding_of([], None) == ("utf-8", 0)


def test_the_user_overrides_what_would_be_guessed() -> None:
    assert encoding_of([SWEDISH.encode("cp1252")], "latin1") == ("iso-8859-1", 0)
    assert encoding_of([SWEDISH.encode("utf-16-le")], "UTF-16-LE") == ("utf-16-le", 0)
    assert encoding_of([codecs.BOM_UTF8 + b"x"], "utf-8-sig") == ("utf-8", 3)


def test_utf_16_without_further_word_is_told_by_the_mark() -> None:
    data = codecs.BOM_UTF16_BE + SWEDISH.encode("utf-16-be")
    assert encoding_of([data], "utf-16") == ("utf-16-be", 2)


def test_an_unknown_encoding_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(EncodingUnknown, match=r"ebcdic.*utf-8, utf-16-le"):
        encoding_of([b"x"], "ebcdic")


def test_utf_32_is_refused_rather_than_misread() -> None:
    with pytest.raises(FileUnreadable):
        encoding_of([codecs.BOM_UTF32_LE + "x".encode("utf-32-le")], None)


@pytest.mark.parametrize("name", sorted(set(CODECS) - {"utf-16-le", "utf-16-be"}))
def test_no_encoding_has_a_line_end_within_a_character(name: str) -> None:
    for end in (b"\n", b"\r"):
        assert end.decode(CODECS[name]) == end.decode()
        for byte in range(0x80, 0x100):
            with suppress(UnicodeDecodeError):
                assert (bytes([byte]) + end).decode(CODECS[name]).endswith(end.decode())
