"""Filters that ask whether a page was viewed."""

from collections.abc import Iterator
from typing import Final, Literal

from penstock.filters.fields import Word
from penstock.filters.regular import translated
from penstock.filters.sought import Occurred, Sought, Trait, containing, equal, matching
from penstock.filters.subject import Scope
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.values import BadValue

_VIEWED: Final = "4-96000"

_SAID: Final = {
    "HAS_PAGEVIEW_EQ": 'has viewed the page "{url}"',
    "NOT_HAS_PAGEVIEW_EQ": 'has not viewed the page "{url}"',
    "HAS_PAGEVIEW_CONTAINS": 'has viewed a page with "{url}" in its address',
    "NOT_HAS_PAGEVIEW_CONTAINS": 'has not viewed a page with "{url}" in its address',
    "HAS_PAGEVIEW_MATCHES_REGEX": 'has viewed a page whose address matches "{url}"',
    "NOT_HAS_PAGEVIEW_MATCHES_REGEX": 'has not viewed a page whose address matches "{url}"',
}


class PageView(Occurred):
    """Whether the record has viewed a page, by its address, a part of it or a regular expression.

    Case does not matter. A regular expression may match anywhere, unless it has ^ and $.
    """

    type_id = "PAGE_VIEW"

    page_url: Word
    operator: Literal[
        "HAS_PAGEVIEW_EQ",
        "NOT_HAS_PAGEVIEW_EQ",
        "HAS_PAGEVIEW_CONTAINS",
        "NOT_HAS_PAGEVIEW_CONTAINS",
        "HAS_PAGEVIEW_MATCHES_REGEX",
        "NOT_HAS_PAGEVIEW_MATCHES_REGEX",
    ]
    enable_tracking: bool | None = None

    @property
    def negative(self) -> bool:
        return self.operator.startswith("NOT_")

    def problems(self, scope: Scope) -> Iterator[Problem]:
        if self.operator.endswith("_REGEX"):
            try:
                translated(self.page_url)
            except BadValue as bad:
                yield Problem(bad.text, f"{self.where}.pageUrl", bad.code)
                return
        yield from super().problems(scope)

    def sought(self, scope: Scope) -> Sought:
        match self.operator.removeprefix("NOT_"):
            case "HAS_PAGEVIEW_EQ":
                test = equal(self.page_url)
            case "HAS_PAGEVIEW_CONTAINS":
                test = containing(self.page_url)
            case _:
                test = matching(translated(self.page_url))
        return Sought((_VIEWED,), (Trait("hs_page_url", "pageUrl", test),))

    def said(self, scope: Scope) -> Text:
        return Text(_SAID[self.operator], url=self.page_url)
