"""What SQL says of a record: whether it matches, and when time alone may change that."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, case, func, not_, or_

from penstock.records.model import Property

Role = Literal[
    "value", "changed", "compared", "lower", "upper", "all", "matching", "member", "since"
]


@dataclass(frozen=True)
class Shown:
    """Something that explains a verdict, as SQL.

    `value` is what the `property` has, and `changed` when it last changed; `compared` is another
    value, `lower` and `upper` are moments that it is compared with; `all` is how many there are and
    `matching` how many of those count; `member` says whether it is one, and `since` when. With
    `where` it explains the part at that JSON path instead.
    """

    role: Role
    sql: ColumnElement[Any]
    property: Property | None = None
    where: str = ""


@dataclass(frozen=True)
class Judgement:
    """A verdict and its next flip as SQL, and the judgements that it is made of.

    `flip` is None where time changes nothing; its value is null where time never will for that
    record. It is the next instant at which the verdict *may* change, never later than it does.
    `where` is the JSON path of the part of the document that this judges, empty where it judges
    but a piece of one; `shown` explains it.
    """

    verdict: ColumnElement[bool]
    flip: ColumnElement[datetime] | None = None
    where: str = ""
    parts: tuple["Judgement", ...] = ()
    shown: tuple[Shown, ...] = ()

    def with_parts(self) -> Iterator["Judgement"]:
        """It and those of all parts of the document within it."""
        yield self
        for part in self.parts:
            if part.where:
                yield from part.with_parts()

    def explained(self) -> Iterator[Shown]:
        """What explains this part of the document, and none of the parts within it."""
        yield from self.shown
        for part in self.parts:
            if not part.where:
                yield from part.explained()

    def showing(self, *shown: Shown) -> "Judgement":
        """The same, explained by more."""
        return replace(self, shown=(*self.shown, *shown))


def all_of(parts: Sequence[Judgement]) -> Judgement:
    """Every part. Time matters only while all that time does not change is true."""
    return Judgement(
        and_(*(part.verdict for part in parts)), _flip(parts, and_), parts=tuple(parts)
    )


def any_of(parts: Sequence[Judgement]) -> Judgement:
    """At least one part. Time matters only while all that time does not change is false."""
    return Judgement(
        or_(*(part.verdict for part in parts)),
        _flip(parts, lambda *still: not_(or_(*still))),
        parts=tuple(parts),
    )


def negated(judgement: Judgement) -> Judgement:
    return replace(judgement, verdict=not_(judgement.verdict))


def _flip(
    parts: Sequence[Judgement], undecided: Callable[..., ColumnElement[bool]]
) -> ColumnElement[datetime] | None:
    flips = [part.flip for part in parts if part.flip is not None]
    if not flips:
        return None
    first: ColumnElement[datetime] = flips[0] if len(flips) == 1 else func.least(*flips)
    still = [part.verdict for part in parts if part.flip is None]
    return case((undecided(*still), first)) if still else first
