"""How much a workflow may hold."""

from collections.abc import Iterator
from typing import Any, Final

from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.workflows.document import Document

MOST_FILTERS: Final = 250
"""Of those that enrol, with all of their branches."""


def limit_problems(document: Document) -> Iterator[Problem]:
    """What is too much to be turned on."""
    count = sum(1 for _ in _filters(document.raw.get("enrollmentCriteria")))
    if count > MOST_FILTERS:
        text = Text(
            "the enrollment asks {count} filters; at most {limit} are possible",
            count=count,
            limit=MOST_FILTERS,
        )
        yield Problem(text, "$.enrollmentCriteria", "TOO_MANY_FILTERS")


def _filters(raw: Any) -> Iterator[Any]:
    """Every single filter within, however deep."""
    waiting = [raw]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if "filterType" in part:
                yield part
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
