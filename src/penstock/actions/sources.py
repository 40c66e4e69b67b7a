"""What every value source has: what it names, and how it comes to a value for each record."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Literal, Protocol
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from penstock.actions.tokens import Token
from penstock.kernel.errors import Problem
from penstock.records.model import Property

Part = Literal["properties", "adds", "appends"]
"""What writing a value does to a property: sets it, adds to it, appends to it."""

Column = Mapping[int, Any]
"""Values by record id; a record without one has no value."""


class Reader(Protocol):
    """Where values come from: what is known of a group of records at a step."""

    now: datetime
    zone: ZoneInfo

    @property
    def ids(self) -> Sequence[int]:
        """The enrolled records."""
        ...

    async def read(self, tokens: Collection[Token]) -> Mapping[Token, Column]:
        """What tokens mean for each record, raw: as the wire writes it, or as it was put out."""
        ...

    async def render(self, template: str, *, markup: bool = False) -> Mapping[int, str]:
        """A text with its tokens filled in; `markup` escapes the values for HTML."""
        ...


class Source(BaseModel):
    """A value source; camelCase on the wire. A new one is a class, listed in `inputs.Input`."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)

    part: ClassVar[Part] = "properties"
    whole: ClassVar[bool] = False
    """Whether its token means a record, not a property."""

    step_setting: ClassVar[str | None] = None
    """The setting that names a step, where it stands apart from what it puts out."""

    @property
    def shared(self) -> bool:
        """Whether all records get the same value."""
        return False

    def names(self) -> Iterator[tuple[str, Token | None]]:
        """What it names, by the setting that does so; None: no token could be read there."""
        yield from ()

    def templates(self) -> Iterator[tuple[str, str]]:
        """Texts with tokens in it, by their settings."""
        yield from ()

    def problems(self, where: str) -> Iterator[Problem]:
        """What is wrong with it wherever it stands."""
        yield from ()

    async def come_to(self, reader: Reader, property: Property | None = None) -> Column:
        """Its value for each record, as a client would send it; `property` is where it will go."""
        raise NotImplementedError(type(self).__name__)
