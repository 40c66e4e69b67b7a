"""A moment that another property of the record holds."""

from typing import Final, Literal

from penstock.filters.fields import Zoned
from penstock.filters.moments import Referenced
from penstock.filters.nodes import TimePoint
from penstock.kernel.texts import Text

_SAID: Final = {
    "VALUE": 'the property "{name}"',
    "UPDATED_AT": 'the last change of "{name}"',
    "ANNIVERSARY": 'the anniversary of "{name}"',
}


class PropertyPoint(Zoned, TimePoint):
    """What another property of the record says, its anniversary this year, or its last change.

    A day without time begins in UTC, and of an empty property nothing is before or after.
    """

    type_id = "PROPERTY_REFERENCED"
    label = "Another property"

    property: str
    reference_type: Literal["VALUE", "UPDATED_AT", "ANNIVERSARY"] = "VALUE"

    def moment(self) -> Referenced:
        return Referenced(self.property, self.reference_type)

    def sentence(self) -> Text:
        return Text(_SAID[self.reference_type], name=self.property)
