"""The action contract: an action partitions a set of enrollments among its exits, now or later.

What an action needs to know is imported from here.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from inspect import isabstract
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from penstock.actions.batch import Batch
from penstock.actions.departures import (
    AFTER_BRANCH,
    EVENT_MET,
    MADE,
    ONWARD,
    Centre,
    Created,
    Departures,
    Member,
    Settled,
)
from penstock.actions.naming import Trace
from penstock.actions.place import Place
from penstock.filters.mentions import Mention
from penstock.kernel.catalogue import Catalogue
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.schema import Schema, TypeSchema

__all__ = [
    "ACTIONS",
    "AFTER_BRANCH",
    "EVENT_MET",
    "MADE",
    "ONWARD",
    "Action",
    "Batch",
    "Centre",
    "Created",
    "Departures",
    "Member",
    "Place",
    "Settled",
]


class Action(BaseModel):
    """An action: its fields are the settings, its docstring the help, `run` is the verb."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)

    type_id: ClassVar[str] = ""
    label: ClassVar[str] = ""
    summary: ClassVar[str] = ""
    icon: ClassVar[str] = ""
    category: ClassVar[str] = ""
    acts: ClassVar[bool] = True
    """Whether it does something, and so only at the hours of its workflow and while that is on;
    delays and branches do not.
    """

    of_types: ClassVar[tuple[str, ...]] = ()
    """The object types whose workflows can have it; of all types, if there are none."""

    makes: ClassVar[str | None] = None
    """The object type of the record that it makes for each enrolled one; it puts out its id."""

    def __init_subclass__(
        cls,
        *,
        type_id: str = "",
        label: str = "",
        summary: str = "",
        icon: str = "",
        category: str = "",
        acts: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init_subclass__(**kwargs)
        cls.type_id, cls.label, cls.summary = type_id, label, summary
        cls.icon, cls.category, cls.acts = icon, category, acts

    async def run(self, batch: Batch) -> Departures:
        """Do it for the whole batch, once. Replayed after a rollback, it must do the same again."""
        raise NotImplementedError

    async def resume(self, batch: Batch) -> Departures:
        """What happens when the moment has come that `run` made members wait for."""
        return batch.depart()

    def moment(self, centre: Centre, zone: ZoneInfo) -> datetime | None:
        """In a date-centred workflow, until when it waits; None for what does not wait for that."""
        return None

    def puts_out(self) -> Collection[str] | None:
        """The keys of what it puts out for later steps; None where nobody can know."""
        return () if self.made is None else (MADE,)

    @property
    def made(self) -> str | None:
        """The object type of the record that it makes, with these settings."""
        return self.makes

    async def settle(self, batch: Batch) -> Departures:
        """What happens when all is settled for members that `run` held: who had a failure fails."""
        departures = Departures()
        for member in batch.members:
            failed = [each for each in batch.settled(member) if not each.done]
            if failed:
                departures.fail(failed[0].reason or Text("it could not be done"), member)
            else:
                departures.leave(ONWARD, [member])
        return departures

    def mails(self) -> Mapping[str, str]:
        """The ids of the marketing e-mails that it sends, by the settings that name them."""
        return {}

    def trace(self) -> Trace | None:
        """How events that concern what it did are known, if any can."""
        return None if self.made is None else Trace(self.made, made=True, values={})

    def follows(self) -> Collection[str]:
        """The ids of the steps for which it waits until something becomes of what they did."""
        return ()

    def problems(self, place: Place) -> list[Problem]:
        """What keeps this step from being turned on, with the JSON path of each problem.

        What value sources and texts name is looked at for every action alike.
        """
        return []

    def writes(self, type: TypeSchema, schema: Schema) -> Iterator[tuple[str, Any]]:
        """What it writes for enrolled records of a type: "object type/property", and the value
        where it is always the same one, else None.
        """
        yield from ()

    def mentions(self, where: str) -> Iterator[Mention]:
        """What the settings, which stand at a JSON path, name that has to exist."""
        yield from ()

    def sentence(self) -> Text:
        """What the step does, for canvas and journal."""
        return Text(self.summary, **{name: getattr(self, name) for name in type(self).model_fields})


ACTIONS: Catalogue[type[Action]] = Catalogue(
    "penstock.actions.catalogue",
    is_entry=lambda value: (
        isinstance(value, type)
        and issubclass(value, Action)
        and bool(value.type_id)
        and not isabstract(value)
    ),
    key=lambda entry: entry.type_id,
    group="penstock.actions",
)
