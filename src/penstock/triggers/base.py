"""The trigger contract: a form, and the criteria whose becoming true enrols a record."""

from collections.abc import Iterator, Mapping
from inspect import isabstract
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from penstock.kernel.catalogue import Catalogue
from penstock.kernel.errors import Problem


class Trigger(BaseModel):
    """How records get into a workflow: the wire's `enrollmentCriteria`, by its `type`."""

    model_config = ConfigDict(
        frozen=True, extra="allow", alias_generator=to_camel, populate_by_name=True
    )

    type_id: ClassVar[str] = ""
    label: ClassVar[str] = ""

    should_re_enroll: bool = False

    def __init_subclass__(cls, *, type_id: str = "", label: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.type_id, cls.label = type_id, label

    def criteria(self) -> Mapping[str, tuple[str, Mapping[str, Any]]]:
        """Filter documents by role, each with the JSON path that it stands at.

        Role `enroll`: a record that comes to match it enrols.
        """
        return {}

    def occurrences(self) -> Mapping[str, tuple[str, Mapping[str, Any]]]:
        """Branches of events by role, each with the JSON path that it stands at.

        Every such event enrols its record: roles begin with `enroll`, or with `again` for those
        that enrol anew who is in `criteria` already.
        """
        return {}

    def memberships(self) -> Iterator[tuple[str, str, int]]:
        """Lists that enrol who joins or leaves: "listed" or "unlisted", JSON path, list id."""
        yield from ()

    def condition(self) -> tuple[str, Mapping[str, Any]] | None:
        """What must be so of a record, too, when an event would enrol it, with its JSON path."""
        return None

    def problems(self, where: str) -> list[Problem]:
        """What keeps the workflow from being turned on, beside its filters."""
        return []


TRIGGERS: Catalogue[type[Trigger]] = Catalogue(
    "penstock.triggers.catalogue",
    is_entry=lambda value: (
        isinstance(value, type)
        and issubclass(value, Trigger)
        and bool(value.type_id)
        and not isabstract(value)
    ),
    key=lambda entry: entry.type_id,
    group="penstock.triggers",
)
