"""At a moment of each record's own."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from penstock.kernel.errors import Problem
from penstock.kernel.forms import field
from penstock.records.schema import TypeSchema
from penstock.triggers.schedule import Schedule, date_problem


class PropertyBased(Schedule, type_id="PROPERTY_BASED", label="On a date of the record"):
    """Enrol each record so many days before or after a date that it holds, once or every year."""

    date_property: str = field("Property", widget="property")
    days_delta: Annotated[int, Field(ge=-36500, le=36500)] = field(
        "Days after it", widget="number", default=0
    )
    yearly: bool = field("Every year", widget="switch", default=False)

    @property
    def recurs(self) -> bool:
        return self.yearly

    def criterion(self, zone: str | None) -> Mapping[str, Any] | None:
        due = {
            "filterType": "DATE_REACHED",
            "property": self.date_property,
            "daysDelta": self.days_delta,
            "yearly": self.yearly,
            "hour": self.time_of_day.hour,
            "minute": self.time_of_day.minute,
            "zoneId": zone,
        }
        return {"filterBranchType": "AND", "filters": [due], "filterBranches": []}

    def problems(self, where: str, type: TypeSchema) -> list[Problem]:
        return date_problem(type, self.date_property, f"{where}.dateProperty")
