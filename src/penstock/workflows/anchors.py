"""The date around which a date-centred workflow is built: delays count from it."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from pydantic import Field

from penstock.filters.civil import add_months
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.schema import TypeSchema
from penstock.triggers.schedule import MONTHS, Month, Setting, date_problem
from penstock.workflows.closures import LEAP


class Anchor(Setting):
    """Where the date comes from: the wire's `eventAnchor`, by its `type`."""

    @property
    def recurs(self) -> bool:
        """Whether it comes every year, and contacts enrol anew for the next time."""
        raise NotImplementedError

    @property
    def source(self) -> str | None:
        """The property that holds it, if records have dates of their own."""
        return None

    def day(self, held: date | None, year: int) -> date | None:
        """The date for who holds `held`; in `year`, if it comes every year."""
        raise NotImplementedError

    def problems(self, where: str, type: TypeSchema) -> list[Problem]:
        raise NotImplementedError


class PropertyAnchor(Anchor):
    """The date is what a property of each contact holds; `yearly`: its anniversaries."""

    contact_property: str
    yearly: bool = False

    @property
    def recurs(self) -> bool:
        return self.yearly

    @property
    def source(self) -> str | None:
        return self.contact_property

    def day(self, held: date | None, year: int) -> date | None:
        if held is None or not self.yearly:
            return held
        return add_months(held, (year - held.year) * 12)

    def problems(self, where: str, type: TypeSchema) -> list[Problem]:
        return date_problem(type, self.contact_property, f"{where}.contactProperty")


class StaticAnchor(Anchor):
    """The date is the same for all; without a year it comes every year."""

    day_of_month: int = Field(ge=1, le=31)
    month: Month
    year: int | None = Field(None, ge=1, le=9999)

    @property
    def recurs(self) -> bool:
        return self.year is None

    def day(self, held: date | None, year: int) -> date | None:
        year, month = self.year or year, MONTHS[self.month]
        return date(year, month, min(self.day_of_month, monthrange(year, month)[1]))

    def problems(self, where: str, type: TypeSchema) -> list[Problem]:
        if self.day_of_month <= monthrange(self.year or LEAP, MONTHS[self.month])[1]:
            return []
        return [Problem(Text("the month has no such day"), f"{where}.dayOfMonth", "NO_SUCH_DAY")]


ANCHORS: Final[Mapping[str, type[Anchor]]] = {
    "CONTACT_PROPERTY_ANCHOR": PropertyAnchor,
    "STATIC_DATE_ANCHOR": StaticAnchor,
}


def anchor_kind(raw: Mapping[str, Any]) -> type[Anchor] | None:
    return ANCHORS.get(str(raw.get("type")))
