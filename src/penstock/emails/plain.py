"""The text version of a page, for those who read mail without its looks."""

import re
from typing import Final

_LINE, _PARAGRAPH = "\x01", "\x02"
_BREAKS: Final[dict[str, str]] = {
    **dict.fromkeys("address caption dd div dt li tr section article header footer".split(), _LINE),
    **dict.fromkeys("blockquote dl h1 h2 h3 h4 h5 h6 ol p pre table ul".split(), _PARAGRAPH),
}
_SPACE: Final = re.compile(r"[\s\x00-\x1f]+")
_BREAK: Final = re.compile(
    f"[ \n{_LINE}{_PARAGRAPH}]*[\n{_LINE}{_PARAGRAPH}][ \n{_LINE}{_PARAGRAPH}]*"
)


class Plain:
    """Gathers text and the breaks between it as a page is gone through."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._links: list[tuple[str, int]] = []

    def words(self, text: str) -> None:
        self._parts.append(_SPACE.sub(" ", text))

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "a":
            self._links.append((attributes.get("href", "").strip(), len(self._parts)))
        elif name == "br":
            self._parts.append("\n")
        elif name == "hr":
            self._parts.append(f"{_PARAGRAPH}---{_PARAGRAPH}")
        elif name == "img":
            self.words(attributes.get("alt", ""))
        else:
            self._parts.append(_BREAKS.get(name, ""))
            if name == "li":
                self._parts.append("- ")

    def end(self, name: str) -> None:
        if name == "a" and self._links:
            address, since = self._links.pop()
            shown = "".join(self._parts[since:]).strip()
            if (
                address
                and not address.startswith("#")
                and address not in (shown, f"mailto:{shown}")
            ):
                self._parts.append(f" ({address})" if shown else address)
        elif name in ("td", "th"):
            self._parts.append(" ")
        else:
            self._parts.append(_BREAKS.get(name, ""))

    def text(self) -> str:
        """The whole, with no more than one empty line between paragraphs."""
        return _BREAK.sub(_lines, re.sub(" {2,}", " ", "".join(self._parts))).strip()


def _lines(found: re.Match[str]) -> str:
    # Breaks of elements that meet are one break; only <br> adds up.
    if _PARAGRAPH in found[0] or found[0].count("\n") > 1:
        return "\n\n"
    return "\n"
