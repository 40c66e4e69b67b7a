"""The contract of a delivery kind: an effect is looked at again, made ready, and then acted on.

A kind is an entry of `catalogue/`. Its carrier says how its parcels travel: a Keeper puts them down
in the database itself, in one transaction with their outcome, so each is delivered exactly once; a
Carrier acts outside, so what it was doing when its process died is known to nobody.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, Literal, NamedTuple, Protocol, TypeVar, runtime_checkable

from penstock.kernel.catalogue import Catalogue
from penstock.kernel.db import Connection
from penstock.kernel.settings import Settings

Parcel = TypeVar("Parcel")
Carried = TypeVar("Carried", contravariant=True)


class Key(NamedTuple):
    """All that identifies an effect, through every retry. `part` is the recipient."""

    enrollment_id: int
    visit: int
    part: str

    @property
    def id(self) -> str:
        """The key in a form that fits addresses and message ids, and names nobody."""
        digest = hashlib.sha256(self.part.encode()).hexdigest()[:16]
        return f"{self.enrollment_id}.{self.visit}.{digest}"


@dataclass(frozen=True)
class Effect:
    """Something that must leave the building. `attempts` counts those begun, this one included.

    `since` is when the first of them began, None before that.
    """

    key: Key
    kind: str
    payload: Mapping[str, Any] = field(compare=False)
    workflow_id: int
    record_id: int
    attempts: int
    since: datetime | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of an effect. `pending` means again later; `uncertain`, that nobody can know.

    `reason` is a stable code of `workflows.reasons`, `reply` what the receiver answered. Of what
    is pending, `not_before` is when the receiver wants it again; without it the schedule says when.
    """

    state: Literal["done", "failed", "uncertain", "pending"]
    reason: str | None = None
    reply: str | None = None
    not_before: datetime | None = None


DONE = Outcome("done")


class Line(Protocol[Carried]):
    """An open way to the outside, used for one parcel at a time."""

    async def send(self, parcel: Carried, now: datetime) -> Outcome:
        """Act, and say what became of it. Failures are outcomes, not exceptions."""
        ...


@runtime_checkable
class Carrier(Protocol[Carried]):
    """Acts outside; `lines` is how many ways may be open at once."""

    @property
    def lines(self) -> int: ...

    def open(self) -> AbstractAsyncContextManager[Line[Carried]]: ...


@runtime_checkable
class Keeper(Protocol[Carried]):
    """Acts inside the transaction of the outcome."""

    async def keep(self, conn: Connection, parcels: Sequence[Carried], now: datetime) -> None: ...


Prepare = Callable[
    [Connection, Sequence[Effect], Settings], Awaitable[Mapping[Key, Parcel | Outcome]]
]


@dataclass(frozen=True)
class Schedule:
    """When to try again: after a minute, then after twice as long each time, `longest` at most.

    What would come later than `lasting` after the first attempt is given up.
    """

    longest: timedelta
    lasting: timedelta

    def pause(self, attempts: int) -> timedelta:
        """How long to wait after this many attempts."""
        return min(timedelta(minutes=2 ** min(max(attempts - 1, 0), 16)), self.longest)

    def again(self, effect: Effect, outcome: Outcome, now: datetime) -> datetime | None:
        """When to try a pending effect again; None when it has been tried for long enough."""
        next_at = outcome.not_before or now + self.pause(effect.attempts)
        return next_at if next_at <= (effect.since or now) + self.lasting else None


class Limit(NamedTuple):
    """How many effects a second may go over a connection: a host, a mail server.

    `at_once` is how many of a deliverer's lines it may have; None: all.
    """

    connection: str
    per_second: int
    at_once: int | None = None


def unlimited(effect: Effect, settings: Settings) -> None:
    """As many as there are."""


@dataclass(frozen=True)
class Delivery(Generic[Parcel]):
    """A kind of effect. `repeatable` says that its receiver recognises a repeat.

    `prepare` looks again whether the effects may still leave, just before they do, and gives each
    its parcel, or the outcome that it has instead. `per_line` is how many effects are claimed at a
    time for each line to the outside: those of a kind that cannot be repeated are uncertain if the
    process dies.
    """

    kind: str
    repeatable: bool
    prepare: Prepare[Parcel]
    carrier: Callable[[Settings], Carrier[Parcel] | Keeper[Parcel]]
    schedule: Schedule
    limit: Callable[[Effect, Settings], Limit | None] = unlimited
    per_line: int = 1


DELIVERIES: Catalogue[Delivery[Any]] = Catalogue(
    "penstock.delivery.catalogue",
    is_entry=lambda value: isinstance(value, Delivery),
    key=lambda entry: entry.kind,
)
