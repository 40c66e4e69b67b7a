"""The contract of a delivery kind: an effect is looked at again, made ready, and then acted on.

A kind is an entry of `catalogue/`. Its carrier says how its parcels travel: a Keeper puts them down
in the database itself, in one transaction with their outcome, so each is delivered exactly once; a
Carrier acts outside, so what it was doing when its process died is known to nobody.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
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
    """Something that must leave the building. `attempts` counts those begun, this one included."""

    key: Key
    kind: str
    payload: Mapping[str, Any] = field(compare=False)
    workflow_id: int
    record_id: int
    attempts: int


@dataclass(frozen=True)
class Outcome:
    """What became of an effect. `pending` means again later; `uncertain`, that nobody can know.

    `reason` is a stable code of `reasons`, `reply` what the receiver answered.
    """

    state: Literal["done", "failed", "uncertain", "pending"]
    reason: str | None = None
    reply: str | None = None


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
class Delivery(Generic[Parcel]):
    """A kind of effect. `repeatable` says that its receiver recognises a repeat.

    `prepare` looks again whether the effects may still leave, just before they do, and gives each
    its parcel, or the outcome that it has instead.
    """

    kind: str
    repeatable: bool
    prepare: Prepare[Parcel]
    carrier: Callable[[Settings], Carrier[Parcel] | Keeper[Parcel]]


DELIVERIES: Catalogue[Delivery[Any]] = Catalogue(
    "penstock.delivery.catalogue",
    is_entry=lambda value: isinstance(value, Delivery),
    key=lambda entry: entry.kind,
)
