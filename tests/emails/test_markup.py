"""Pages are read leniently, piece by piece."""

from hypothesis import given
from hypothesis import strategies as st

from penstock.emails.markup import Piece, pieces


def test_a_page_is_read_into_its_pieces() -> None:
    assert list(pieces("<!doctype html><P A=1 b='2' c=\"3&amp;\" d>x</P><!-- y -->")) == [
        Piece("declaration", "doctype html", 0),
        Piece("start", "p", 15, {"a": "1", "b": "2", "c": "3&", "d": ""}),
        Piece("text", "x", 41),
        Piece("end", "p", 42),
        Piece("comment", " y ", 46),
    ]


def test_a_greater_sign_in_quotes_does_not_end_a_tag() -> None:
    (piece,) = pieces("""<a title="1>0" alt='>'>""")
    assert piece.attributes == {"title": "1>0", "alt": ">"}


def test_the_first_of_two_equal_attributes_counts() -> None:
    (piece,) = pieces("<a href=one HREF=two>")
    assert piece.attributes == {"href": "one"}


def test_raw_elements_hold_text_whatever_it_looks_like() -> None:
    style, after = pieces("<style>p > a { } </styled> <b></style\n>x")
    assert style.content == "p > a { } </styled> <b>"
    assert after.text == "x"


def test_what_is_left_open_runs_to_the_end() -> None:
    assert [piece.kind for piece in pieces("<!-- x <p>")] == ["comment"]
    assert [piece.kind for piece in pieces('<a title="x <p>')] == ["start"]
    assert [piece.kind for piece in pieces("<title>x <p>")] == ["start"]
    assert [piece.kind for piece in pieces("</p x <b")] == ["end"]


def test_a_lesser_sign_alone_is_text() -> None:
    assert "".join(piece.text for piece in pieces("1 < 2 <3 a<")) == "1 < 2 <3 a<"


@given(st.text(alphabet="<>/!-=\"' ab&;x", max_size=200))
def test_pieces_follow_each_other_through_the_whole_page(page: str) -> None:
    places = [piece.at for piece in pieces(page)]
    assert places == sorted(set(places))
    assert bool(places) == bool(page)
