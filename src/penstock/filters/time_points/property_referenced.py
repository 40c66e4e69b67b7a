"""A moment that another property of the record holds."""

from typing import Literal

from penstock.filters.fields import Zoned
from penstock.filters.moments import Referenced
from penstock.filters.nodes import TimePoint
from penstock.kernel.texts import Text


class PropertyPoint(Zoned, TimePoint):
    """What another property of the record says, or when it was last changed.

    A day without time begins in UTC, and of an empty property nothing is before or after.
    """

    type_id = "PROPERTY_REFERENCED"
    label = "Another property"

    property: str
    reference_type: Literal["VALUE", "UPDATED_AT"] = "VALUE"

    def moment(self) -> Referenced:
        return Referenced(self.property, self.reference_type == "UPDATED_AT")

    def sentence(self) -> Text:
        pattern = 'the property "{name}"'
        if self.reference_type == "UPDATED_AT":
            pattern = 'the last change of "{name}"'
        return Text(pattern, name=self.property)
