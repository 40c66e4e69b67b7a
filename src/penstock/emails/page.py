"""A page made ready to be mailed: soundly nested, without what no mail program runs, styles inline.

A page is nested by the rules below before the HTML parser of the style inliner sees it, so that
tangled or endless tags can neither exhaust its stack nor blow up its tree: its nodes are at most
the tags times the formatting elements that are open at once.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape
from typing import Final

from css_inline import CSSInliner, InlineError

from penstock.emails.budget import CLOSE, OPEN, SLOT
from penstock.emails.markup import Piece, pieces
from penstock.emails.plain import Plain
from penstock.kernel.texts import Text

MOST_TAGS: Final = 5_000
DEEPEST: Final = 100
MOST_FORMATTING: Final = 16
LONGEST_STYLES: Final = 100_000
MOST_STYLING: Final = 1_000_000
"""Tags times what can be set on each of them: at this bound the inliner works for a second."""
LONGEST_PAGE: Final = 1_000_000
"""Characters of a finished page, without the values."""

_VOID = frozenset("area br col hr img input meta param source track wbr".split())
_FORMATTING = frozenset("a b big code em font i nobr s small strike strong tt u".split())
_LEFT_OUT = frozenset(
    "applet embed frame frameset iframe math noembed noframes object option plaintext script "
    "select svg template textarea xmp".split()
)
_SKIPPED = frozenset(["base", "link"])
_HEADING = frozenset(["html", "head", "meta", "style", "title"])
_CELLS = frozenset(["td", "th"])
_TABLE_PARTS = frozenset("caption colgroup table tbody td tfoot th thead tr".split())
_ROWS = frozenset(["tbody", "thead", "tfoot", "tr", "td", "th", "colgroup", "p", "li"])
_CLOSED_BY: Final[dict[str, frozenset[str]]] = {
    **dict.fromkeys(["tbody", "thead", "tfoot"], _ROWS),
    "tr": frozenset(["tr", "td", "th", "colgroup", "p", "li"]),
    **dict.fromkeys(["td", "th"], frozenset(["td", "th", "p", "li"])),
    **dict.fromkeys(["dt", "dd"], frozenset(["dt", "dd", "p"])),
    "li": frozenset(["li", "p"]),
    **dict.fromkeys(
        "address article aside blockquote center div dl figure footer form h1 h2 h3 h4 h5 h6 "
        "header hr main nav ol p pre section table ul".split(),
        frozenset(["p"]),
    ),
}
"""What a start tag ends when it comes right inside it: elements whose end tag may be left out."""

_MAY_STAY_OPEN = frozenset(["html", "head", "body"]).union(*_CLOSED_BY.values())
_ADDRESSES = frozenset(["action", "background", "formaction", "href", "poster", "src"])
_SAFE_SCHEMES = frozenset(["cid", "http", "https", "mailto", "sms", "tel"])
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_NAME = re.compile(r"[a-z_][a-z0-9_.:-]*")
_PROPERTY = re.compile(r"([\w-]+)\s*:")

_FRAME = '<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>{}</body></html>'
_PREHEADER = (
    '<div style="display:none;max-height:0;max-width:0;overflow:hidden;opacity:0;'
    'font-size:1px;line-height:1px;mso-hide:all">{}</div>'
)
_INLINER = CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)


class PageRefused(ValueError):
    """A page that is no mail; carries the reason and the line."""

    def __init__(self, text: Text, line: int = 1) -> None:
        super().__init__(str(text))
        self.text = text
        self.line = line


@dataclass(frozen=True)
class Page:
    """A finished page and its text version: strings, and in every second place a slot's number.

    `links` are the slots that begin an address; `left_out` the elements that no mail program runs,
    with their lines.
    """

    html: tuple[str, ...]
    text: tuple[str, ...]
    links: frozenset[int]
    left_out: tuple[tuple[str, int], ...]

    def fill_html(self, slots: list[str]) -> str:
        """The page with the values in their slots, escaped."""
        return _filled(self.html, [escape(value) for value in self._harmless(slots)])

    def fill_text(self, slots: list[str]) -> str:
        """The text version with the values in their slots, as they are."""
        return _filled(self.text, self._harmless(slots))

    def _harmless(self, slots: list[str]) -> list[str]:
        return [
            "#" if number in self.links and not _safe(value) else value
            for number, value in enumerate(slots)
        ]


def _filled(parts: tuple[str, ...], slots: list[str]) -> str:
    # Written as character references, a page can hold numbers of slots that nobody gave out.
    return "".join(
        (slots[int(part)] if int(part) < len(slots) else "") if place % 2 else part
        for place, part in enumerate(parts)
    )


def _safe(address: str) -> bool:
    """Whether an address runs nothing where it is opened."""
    scheme = _SCHEME.match(re.sub(r"[\0-\x20]", "", address))
    return scheme is None or scheme[1].lower() in _SAFE_SCHEMES


@lru_cache(128)
def make(skeleton: str, preheader: int | None = None) -> Page:
    """Make a page ready. `preheader` is the slot of the text that mail programs show in lists.

    Raises PageRefused.
    """
    building = _Building(skeleton)
    html = building.build(
        "" if preheader is None else _PREHEADER.format(f"{OPEN}{preheader}{CLOSE}")
    )
    if building.styles:
        building.check_styles()
        try:
            html = _INLINER.inline(html)
        except (InlineError, ValueError) as error:
            raise PageRefused(Text("the styles cannot be read: {reason}", reason=error)) from error
    if len(html) > LONGEST_PAGE:
        raise PageRefused(Text("it is longer than {limit} characters", limit=LONGEST_PAGE))
    return Page(
        tuple(SLOT.split(html)),
        tuple(SLOT.split(building.plain.text())),
        frozenset(building.links),
        tuple(building.left_out),
    )


class _Building:
    """Goes through the pieces of a page once and writes them down again, soundly nested."""

    def __init__(self, skeleton: str) -> None:
        self.plain = Plain()
        self.styles: list[str] = []
        self.links: set[int] = set()
        self.left_out: list[tuple[str, int]] = []
        self._skeleton = skeleton
        self._out: list[str] = []
        self._open: list[str] = []
        self._tags = 0
        self._preheader = ""
        self._framed = False
        self._skipping, self._skips = "", 0

    def build(self, preheader: str) -> str:
        """The page written down again, with `preheader` before its first content."""
        self._preheader = preheader
        for piece in pieces(self._skeleton):
            if piece.kind == "start":
                self._start(piece)
            elif piece.kind == "end":
                self._end(piece.text)
            elif not self._skips:
                self._aside(piece)
        self._close(0)
        self._content()
        page = "".join(self._out)
        return page if self._framed else _FRAME.format(page)

    def check_styles(self) -> None:
        """Raises PageRefused when inlining would take too long."""
        styles = "".join(self.styles)
        if len(styles) > LONGEST_STYLES:
            text = Text("the styles are longer than {limit} characters", limit=LONGEST_STYLES)
            raise PageRefused(text)
        settable = len(set(_PROPERTY.findall(styles)))
        selectors = styles.count("{") + styles.count(",")
        if self._tags * (settable + selectors // 25) > MOST_STYLING:
            raise PageRefused(Text("there are too many styles for so many elements"))

    def _start(self, piece: Piece) -> None:
        name = piece.text
        if self._skips:
            self._skips += name == self._skipping
        elif name in _LEFT_OUT:
            self.left_out.append((name, self._line(piece)))
            if piece.content is None and name not in ("embed", "frame"):
                self._skipping, self._skips = name, 1
        elif _NAME.fullmatch(name) and name not in _SKIPPED:
            self._element(piece)

    def _element(self, piece: Piece) -> None:
        name = piece.text
        self._tags += 1
        self._framed = self._framed or name in ("html", "head", "body")
        if name not in _HEADING and name != "body":
            self._content()
        while self._open and self._open[-1] in _CLOSED_BY.get(name, ()):
            self.plain.end(self._open.pop())
        self._out.append(f"<{name}{self._attributes(piece)}>")
        if piece.content is not None:
            self._raw(name, piece.content)
            return
        self.plain.start(name, piece.attributes)
        if name not in _VOID:
            self._open.append(name)
            self._check_bounds(piece)
        if name == "body":
            self._content()

    def _raw(self, name: str, content: str) -> None:
        if name == "style":
            self.styles.append(content)
        self._out.append(f"{content if name == 'style' else content.replace('<', '&lt;')}</{name}>")

    def _check_bounds(self, piece: Piece) -> None:
        formatting = sum(name in _FORMATTING for name in self._open)
        if self._tags > MOST_TAGS:
            text = Text("there are more than {limit} elements", limit=MOST_TAGS)
        elif len(self._open) > DEEPEST or formatting > MOST_FORMATTING:
            text = Text(
                "elements are nested too deeply, or not closed: {names}",
                names=" ".join(self._open[-5:]),
            )
        else:
            return
        raise PageRefused(text, self._line(piece))

    def _attributes(self, piece: Piece) -> str:
        written = []
        for name, value in piece.attributes.items():
            if not _NAME.fullmatch(name) or name.startswith("on"):
                continue
            if name in _ADDRESSES:
                slot = SLOT.match(value.lstrip())
                if slot:
                    self.links.add(int(slot[1]))
                elif not _safe(value) and not (name == "src" and value.startswith("data:image/")):
                    continue
            if name == "http-equiv" and value.lower() == "refresh":
                continue
            written.append(f' {name}="{escape(value)}"')
        return "".join(written)

    def _end(self, name: str) -> None:
        if self._skips:
            self._skips -= name == self._skipping
            return
        for place in range(len(self._open) - 1, -1, -1):
            there = self._open[place]
            if there == name:
                self._close(place + 1)
                self._open.pop()
                self._out.append(f"</{name}>")
                self.plain.end(name)
                return
            if there == "table" or (there in _CELLS and name not in _TABLE_PARTS):
                return

    def _close(self, depth: int) -> None:
        while len(self._open) > depth:
            name = self._open.pop()
            self.plain.end(name)
            if name not in _MAY_STAY_OPEN:
                self._out.append(f"</{name}>")

    def _aside(self, piece: Piece) -> None:
        """Text, and what is no element."""
        if piece.kind == "text":
            if piece.text.strip():
                self._content()
            self._out.append(piece.text.replace("<", "&lt;"))
            self.plain.words(unescape(piece.text))
        elif piece.kind == "comment":
            # Outlook takes its own layout from conditional comments; others are nobody's business.
            if piece.text.startswith(("[if", "<![endif")) and "--!>" not in piece.text:
                self._out.append(f"<!--{piece.text}-->")
        elif piece.text.lower().startswith("doctype") and not "".join(self._out).strip():
            self._out.append(f"<!{piece.text.replace('<', '')}>")

    def _content(self) -> None:
        """The first content of a page has the preheader before it."""
        if self._preheader:
            self._out.append(self._preheader)
            self._preheader = ""

    def _line(self, piece: Piece) -> int:
        return self._skeleton.count("\n", 0, piece.at) + 1
