"""Between two moments."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import SerializeAsAny

from penstock.filters.nodes import TIME_POINTS, Node, TimePoint, moment_in_words
from penstock.filters.operators import Operator, table
from penstock.filters.parsing import Parsed
from penstock.filters.subject import Value
from penstock.filters.windows import Window, outside, within
from penstock.records.model import Property


class TimeRanged(Parsed):
    """Whether the value lies between two moments, which are included unless said otherwise."""

    type_id = "TIME_RANGED"
    label = "Range of moments"
    # A range may lie over New Year.
    years = (-1, 0, 1)
    operators = table(
        Operator("IS_BETWEEN", "is between {lower} and {upper}", within, flips=True),
        Operator(
            "IS_NOT_BETWEEN",
            "is not between {lower} and {upper}",
            outside,
            negative=True,
            flips=True,
        ),
    )

    lower_bound_time_point: Annotated[SerializeAsAny[Node], TIME_POINTS]
    upper_bound_time_point: Annotated[SerializeAsAny[Node], TIME_POINTS]
    lower_bound_endpoint_behavior: Literal["INCLUSIVE", "EXCLUSIVE"] = "INCLUSIVE"
    upper_bound_endpoint_behavior: Literal["INCLUSIVE", "EXCLUSIVE"] = "INCLUSIVE"

    def points(self) -> Sequence[Node]:
        return [self.lower_bound_time_point, self.upper_bound_time_point]

    def operands(self, value: Value) -> tuple[Any, ...]:
        lower, upper = self.lower_bound_time_point, self.upper_bound_time_point
        assert isinstance(lower, TimePoint)
        assert isinstance(upper, TimePoint)
        return value, Window(
            lower.moment(),
            upper.moment(),
            self.lower_bound_endpoint_behavior == "EXCLUSIVE",
            self.upper_bound_endpoint_behavior == "EXCLUSIVE",
        )

    def words(self, property: Property) -> dict[str, Any]:
        return {
            "lower": moment_in_words(self.lower_bound_time_point),
            "upper": moment_in_words(self.upper_bound_time_point),
        }
