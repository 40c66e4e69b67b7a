"""The pieces of an HTML page, read in one pass whose time grows with its length alone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Final, Literal

Kind = Literal["text", "start", "end", "comment", "declaration"]

# What is left open runs to the end of the page, so nothing is ever read twice.
_PIECE: Final = re.compile(
    r"""<!--(?P<comment>.*?)(?:-->|\Z)
    | </(?P<end>[a-z][^\s/>]*)[^>]*(?:>|\Z)
    | <(?P<start>[a-z][^\s/>]*)(?P<inside>(?:=\s*(?:"[^"]*(?:"|\Z)|'[^']*(?:'|\Z))|[^>])*+)(?:>|\Z)
    | <[!?/](?P<declaration>[^>]*)(?:>|\Z)""",
    re.DOTALL | re.VERBOSE | re.IGNORECASE,
)
_ATTRIBUTE: Final = re.compile(
    r"""(?P<name>[^\s=/"'<>]+)(?:\s*=\s*(?:"(?P<double>[^"]*)|'(?P<single>[^']*)|(?P<bare>[^\s>]+)))?""",
    re.VERBOSE,
)

_RAW: Final = frozenset(
    ["script", "style", "title", "textarea", "iframe", "noembed", "noframes", "xmp", "plaintext"]
)
"""Elements whose content is text, whatever it looks like."""


@dataclass(frozen=True)
class Piece:
    """A piece of a page; `at` is its place in it.

    `text` is raw text, a tag's name in lower case, a comment or a declaration. `attributes` are
    those of a start tag, unescaped, each once. `content` is what a raw element holds; its end tag
    is no piece of its own.
    """

    kind: Kind
    text: str
    at: int
    attributes: dict[str, str] = field(default_factory=dict)
    content: str | None = None


def pieces(page: str) -> Iterator[Piece]:
    """Read a page leniently; every character of text belongs to one piece."""
    place = 0
    while (found := _PIECE.search(page, place)) is not None:
        if found.start() > place:
            yield Piece("text", page[place : found.start()], place)
        place = found.end()
        if found["start"] is not None:
            piece, place = _start(page, found)
            yield piece
        elif found["end"] is not None:
            yield Piece("end", found["end"].lower(), found.start())
        elif found["comment"] is not None:
            yield Piece("comment", found["comment"], found.start())
        else:
            yield Piece("declaration", found["declaration"], found.start())
    if place < len(page):
        yield Piece("text", page[place:], place)


def _start(page: str, found: re.Match[str]) -> tuple[Piece, int]:
    name, place = found["start"].lower(), found.end()
    attributes: dict[str, str] = {}
    for attribute in _ATTRIBUTE.finditer(found["inside"]):
        value = attribute["double"] or attribute["single"] or attribute["bare"] or ""
        attributes.setdefault(attribute["name"].lower(), unescape(value))
    content = None
    if name in _RAW:
        end = re.compile(rf"</{name}(?=[\s/>])[^>]*>?", re.IGNORECASE).search(page, place)
        content = page[place : end.start() if end else len(page)]
        place = end.end() if end else len(page)
    return Piece("start", name, found.start(), attributes, content), place
