"""Before or after a moment."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import SerializeAsAny

from penstock.filters.judgement import Judgement
from penstock.filters.moments import Moment
from penstock.filters.nodes import TIME_POINTS, Node, TimePoint, moment_in_words
from penstock.filters.operators import Operator, table
from penstock.filters.parsing import Parsed
from penstock.filters.subject import Value
from penstock.filters.windows import Window, within
from penstock.records.model import Property


def _before(value: Value, moment: Moment, excluded: bool) -> Judgement:
    return within(value, Window(upper=moment, without_upper=excluded))


def _after(value: Value, moment: Moment, excluded: bool) -> Judgement:
    return within(value, Window(moment, without_lower=excluded))


class TimePointOperation(Parsed):
    """Whether the value comes before or after a moment, which is excluded unless said otherwise."""

    type_id = "TIME_POINT"
    label = "Moment"
    operators = table(
        Operator("IS_BEFORE", "is before {moment}", _before, flips=True),
        Operator("IS_AFTER", "is after {moment}", _after, flips=True),
    )

    time_point: Annotated[SerializeAsAny[Node], TIME_POINTS]
    endpoint_behavior: Literal["INCLUSIVE", "EXCLUSIVE"] = "EXCLUSIVE"

    def points(self) -> Sequence[Node]:
        return [self.time_point]

    def operands(self, value: Value) -> tuple[Any, ...]:
        assert isinstance(self.time_point, TimePoint)
        return value, self.time_point.moment(), self.endpoint_behavior == "EXCLUSIVE"

    def words(self, property: Property) -> dict[str, Any]:
        return {"moment": moment_in_words(self.time_point)}
