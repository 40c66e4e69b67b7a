"""What a search asks for."""

from dataclasses import dataclass
from typing import Final

from penstock.filters.search_terms import SearchOperator
from penstock.records.values import Json

LONGEST_BODY: Final = 3_000
"""Characters of a request."""

FURTHEST: Final = 10_000
"""Results that can be paged through."""


@dataclass(frozen=True)
class Term:
    """What is looked for in one property."""

    property: str
    operator: SearchOperator
    wanted: list[Json]


@dataclass(frozen=True)
class Association:
    """Being associated with any of these records, by any association type that leads here."""

    ids: list[int]
    edges: list[int]


@dataclass(frozen=True)
class Sort:
    property: str
    descending: bool = False


@dataclass(frozen=True)
class SearchRequest:
    """Any of the groups, all conditions of a group, and all words; the first `after` are left out.

    `properties` are those that were asked for.
    """

    groups: tuple[tuple[Term | Association, ...], ...] = ()
    words: tuple[str, ...] = ()
    sort: Sort | None = None
    properties: tuple[str, ...] = ()
    limit: int = 10
    after: int = 0
