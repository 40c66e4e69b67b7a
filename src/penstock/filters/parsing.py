"""Operations that ask about the time that a property has, or about when it was last changed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import ClassVar, Final, Literal

from sqlalchemy import func

from penstock.filters.anniversaries import anniversary, new_year
from penstock.filters.judgement import Judgement, all_of, any_of
from penstock.filters.moments import Referenced
from penstock.filters.nodes import Node, TimePoint
from penstock.filters.operators import Operation
from penstock.filters.past import updated
from penstock.filters.subject import Scope, Value
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.model import Property

_SAID: Final = {
    "UPDATED_AT": "(last change) {condition}",
    "ANNIVERSARY": "(anniversary) {condition}",
}


class Parsed(Operation):
    """What is asked of a time: of the value, of its anniversary, or of when it was last changed.

    When it was changed can be asked of a property of any type. `years` are those, counted from this
    one, of whose anniversaries one has to do.
    """

    types = frozenset({"date", "datetime"})
    years: ClassVar[Sequence[int]] = (0,)

    property_parser: Literal["VALUE", "UPDATED_AT", "ANNIVERSARY"] = "VALUE"

    def points(self) -> Sequence[Node]:
        """The moments that are compared with."""
        raise NotImplementedError(type(self).__name__)

    def _referring(self) -> Iterator[tuple[TimePoint, Referenced]]:
        for point in self.points():
            if isinstance(point, TimePoint):
                moment = point.moment()
                if isinstance(moment, Referenced):
                    yield point, moment

    @property
    def past(self) -> bool:
        referring = any(moment.parser == "UPDATED_AT" for _, moment in self._referring())
        return self.property_parser == "UPDATED_AT" or referring

    def others(self) -> Iterator[tuple[str, str]]:
        for point, moment in self._referring():
            yield moment.property, f"{point.where}.property"

    def fits(self, property: Property) -> bool:
        return self.property_parser == "UPDATED_AT" or self.accepts(property)

    def problems(self, property: Property, scope: Scope) -> Iterator[Problem]:
        yield from super().problems(property, scope)
        for point, moment in self._referring():
            other = scope.properties.get(moment.property)
            fits = moment.parser == "UPDATED_AT" or other is None or self.accepts(other)
            if other is not None and not fits:
                text = Text(
                    '"{name}" cannot be compared with "{other}"',
                    name=property.name,
                    other=other.name,
                )
                yield Problem(text, f"{point.where}.property", "OPERATION_DOES_NOT_FIT")

    def subject(self, value: Value) -> Value:
        return updated(value) if self.property_parser == "UPDATED_AT" else value

    def judge(self, value: Value) -> Judgement:
        if self.property_parser != "ANNIVERSARY":
            return super().judge(value)
        days = [anniversary(value, years) for years in self.years]
        answers = [self.row.sql(*self.operands(day)) for day in days]
        judged = [each if isinstance(each, Judgement) else Judgement(each) for each in answers]
        answer = (all_of if self.row.negative else any_of)(judged)
        turn = new_year(value)
        flip = turn if answer.flip is None else func.least(answer.flip, turn)
        return self.decided(replace(answer, flip=flip, parts=()), value)

    def condition(self, property: Property, scope: Scope) -> Text:
        condition = super().condition(property, scope)
        said = _SAID.get(self.property_parser)
        return condition if said is None else Text(said, condition=condition)
