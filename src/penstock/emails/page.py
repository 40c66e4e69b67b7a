"""A page made ready to be mailed: soundly nested, its styles inline, with a text version."""

import re
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Final

from css_inline import CSSInliner, InlineError

from penstock.emails.budget import CLOSE, OPEN, SLOT
from penstock.emails.elements import is_safe
from penstock.emails.nesting import Nesting, PageRefused
from penstock.kernel.texts import Text

LONGEST_STYLES: Final = 100_000
MOST_STYLING: Final = 1_000_000
"""Tags times what can be set on each of them: at this bound the inliner works for a second."""

LONGEST_PAGE: Final = 1_000_000
"""Characters of a finished page, without the values."""

_PROPERTY = re.compile(r"([\w-]+)\s*:")
_PREHEADER = (
    '<div style="display:none;max-height:0;max-width:0;overflow:hidden;opacity:0;'
    'font-size:1px;line-height:1px;mso-hide:all">{}</div>'
)
_INLINER = CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)


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
            "#" if number in self.links and not is_safe(value) else value
            for number, value in enumerate(slots)
        ]


def _filled(parts: tuple[str, ...], slots: list[str]) -> str:
    # Written as character references, a page can hold numbers of slots that nobody gave out.
    return "".join(
        (slots[int(part)] if int(part) < len(slots) else "") if place % 2 else part
        for place, part in enumerate(parts)
    )


@lru_cache(128)
def make(skeleton: str, preheader: int | None = None) -> Page:
    """Make a page ready. `preheader` is the slot of the text that mail programs show in lists.

    Raises PageRefused.
    """
    nested = Nesting(skeleton)
    html = nested.build("" if preheader is None else _PREHEADER.format(f"{OPEN}{preheader}{CLOSE}"))
    if nested.styles:
        html = _styled(html, "".join(nested.styles), nested.tags)
    if len(html) > LONGEST_PAGE:
        raise PageRefused(Text("it is longer than {limit} characters", limit=LONGEST_PAGE))
    return Page(
        tuple(SLOT.split(html)),
        tuple(SLOT.split(nested.plain.text())),
        frozenset(nested.links),
        tuple(nested.left_out),
    )


def _styled(html: str, styles: str, tags: int) -> str:
    if len(styles) > LONGEST_STYLES:
        text = Text("the styles are longer than {limit} characters", limit=LONGEST_STYLES)
        raise PageRefused(text)
    settable = len(set(_PROPERTY.findall(styles)))
    selectors = styles.count("{") + styles.count(",")
    if tags * (settable + selectors // 25) > MOST_STYLING:
        raise PageRefused(Text("there are too many styles for so many elements"))
    try:
        return _INLINER.inline(html)
    except (InlineError, ValueError) as error:
        raise PageRefused(Text("the styles cannot be read: {reason}", reason=error)) from error
