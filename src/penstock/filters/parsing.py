"""Operations that ask about the time that a property has, or about when it was last changed."""

from typing import Final, Literal

from penstock.filters.operators import Operation
from penstock.filters.past import updated
from penstock.filters.subject import Scope, Value
from penstock.kernel.texts import Text
from penstock.records.model import Property

_LAST_CHANGE: Final = "(last change) {condition}"


class Parsed(Operation):
    """What is asked of a time: of the value, or of the moment at which it was last changed.

    When it was changed can be asked of a property of any type.
    """

    types = frozenset({"date", "datetime"})

    property_parser: Literal["VALUE", "UPDATED_AT"] = "VALUE"

    @property
    def past(self) -> bool:
        return self.property_parser == "UPDATED_AT"

    def fits(self, property: Property) -> bool:
        return self.past or self.accepts(property)

    def subject(self, value: Value) -> Value:
        return updated(value) if self.past else value

    def condition(self, property: Property, scope: Scope) -> Text:
        condition = super().condition(property, scope)
        return Text(_LAST_CHANGE, condition=condition) if self.past else condition
