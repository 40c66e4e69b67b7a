"""A page written down again, soundly nested and without what no mail program runs.

This comes before the HTML parser of the style inliner, so that tangled or endless tags can neither
exhaust its stack nor blow up its tree: its nodes are at most the tags times the formatting elements
that are open at once.
"""

from html import escape, unescape
from typing import Final

from penstock.emails import elements
from penstock.emails.budget import SLOT
from penstock.emails.markup import Piece, pieces
from penstock.emails.plain import Plain
from penstock.kernel.texts import Text

MOST_TAGS: Final = 5_000
DEEPEST: Final = 100
MOST_FORMATTING: Final = 16
MOST_TOLD: Final = 20
"""Elements that are left out and told of."""

_FRAME = '<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>{}</body></html>'


class PageRefused(ValueError):
    """A page that is no mail; carries the reason and the line."""

    def __init__(self, text: Text, line: int = 1) -> None:
        super().__init__(str(text))
        self.text = text
        self.line = line


class Nesting:
    """Goes through the pieces of a page once and writes them down again, soundly nested."""

    def __init__(self, skeleton: str) -> None:
        self.plain = Plain()
        self.styles: list[str] = []
        self.links: set[int] = set()
        self.left_out: list[tuple[str, int]] = []
        self._skeleton = skeleton
        self._out: list[str] = []
        self._open: list[str] = []
        self.tags = 0
        self._preheader = ""
        self._framed = False
        self._declared = False
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

    def _start(self, piece: Piece) -> None:
        name = piece.text
        if self._skips:
            self._skips += name == self._skipping
        elif name in elements.LEFT_OUT:
            if len(self.left_out) < MOST_TOLD:
                self.left_out.append((name, self._line(piece)))
            if piece.content is None and name not in ("embed", "frame"):
                self._skipping, self._skips = name, 1
        elif elements.NAME.fullmatch(name) and name not in elements.SKIPPED:
            self._element(piece)

    def _element(self, piece: Piece) -> None:
        name = piece.text
        self.tags += 1
        if self.tags > MOST_TAGS:
            text = Text("there are more than {limit} elements", limit=MOST_TAGS)
            raise PageRefused(text, self._line(piece))
        self._framed = self._framed or name in ("html", "head", "body")
        if name not in elements.HEADING and name != "body":
            self._content()
        while self._open and self._open[-1] in elements.CLOSED_BY.get(name, ()):
            self.plain.end(self._open.pop())
        self._out.append(f"<{name}{self._attributes(piece)}>")
        if piece.content is not None:
            self._raw(name, piece.content)
            return
        self.plain.start(name, piece.attributes)
        if name not in elements.VOID:
            self._open.append(name)
            self._check_depth(piece)
        if name == "body":
            self._content()

    def _raw(self, name: str, content: str) -> None:
        if name == "style":
            self.styles.append(content)
        self._out.append(f"{content if name == 'style' else content.replace('<', '&lt;')}</{name}>")

    def _check_depth(self, piece: Piece) -> None:
        formatting = sum(name in elements.FORMATTING for name in self._open)
        if len(self._open) > DEEPEST or formatting > MOST_FORMATTING:
            names = " ".join(self._open[-5:])
            text = Text("elements are nested too deeply, or not closed: {names}", names=names)
            raise PageRefused(text, self._line(piece))

    def _attributes(self, piece: Piece) -> str:
        return "".join(
            f' {name}="{escape(value)}"'
            for name, value in piece.attributes.items()
            if elements.NAME.fullmatch(name)
            and not name.startswith("on")
            and not (name == "http-equiv" and value.lower() == "refresh")
            and (name not in elements.ADDRESSES or self._leads_somewhere_safe(name, value))
        )

    def _leads_somewhere_safe(self, name: str, address: str) -> bool:
        slot = SLOT.match(address.lstrip())
        if slot:
            # Who fills it in is looked at then.
            self.links.add(int(slot[1]))
            return True
        picture = name == "src" and address.startswith("data:image/")
        return picture or elements.is_safe(address)

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
            if there == "table" or (there in elements.CELLS and name not in elements.TABLE_PARTS):
                return

    def _close(self, depth: int) -> None:
        while len(self._open) > depth:
            name = self._open.pop()
            self.plain.end(name)
            if name not in elements.MAY_STAY_OPEN:
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
        elif piece.text.lower().startswith("doctype") and not (self.tags or self._declared):
            self._declared = True
            self._out.append(f"<!{piece.text.replace('<', '')}>")

    def _content(self) -> None:
        """The first content of a page has the preheader before it."""
        if self._preheader:
            self._out.append(self._preheader)
            self._preheader = ""

    def _line(self, piece: Piece) -> int:
        return self._skeleton.count("\n", 0, piece.at) + 1
