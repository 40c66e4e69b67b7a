"""When something has to have happened, between moments like those that values are compared with."""

from typing import Annotated, Literal

from pydantic import SerializeAsAny

from penstock.filters.moments import Moment
from penstock.filters.nodes import TIME_POINTS, Node, Refinement, TimePoint, moment_in_words
from penstock.filters.windows import Window
from penstock.kernel.texts import Text

_End = Literal["INCLUSIVE", "EXCLUSIVE"]
_Point = Annotated[SerializeAsAny[Node], TIME_POINTS]


def _moment(node: Node) -> Moment:
    assert isinstance(node, TimePoint)
    return node.moment()


class TimePointRefinement(Refinement):
    """Before or after a moment, which is excluded unless said otherwise."""

    type_id = "TIME_POINT"
    of_time = True

    operator: Literal["IS_BEFORE", "IS_AFTER"]
    time_point: _Point
    endpoint_behavior: _End = "EXCLUSIVE"

    def window(self) -> tuple[Window, bool]:
        moment, excluded = _moment(self.time_point), self.endpoint_behavior == "EXCLUSIVE"
        if self.operator == "IS_BEFORE":
            return Window(upper=moment, without_upper=excluded), True
        return Window(moment, without_lower=excluded), True

    def sentence(self) -> Text:
        pattern = "before {moment}" if self.operator == "IS_BEFORE" else "after {moment}"
        return Text(pattern, moment=moment_in_words(self.time_point))


class TimeRangedRefinement(Refinement):
    """Between two moments, or outside; they are included unless said otherwise."""

    type_id = "TIME_RANGED"
    of_time = True

    operator: Literal["IS_BETWEEN", "IS_NOT_BETWEEN"]
    lower_bound_time_point: _Point
    upper_bound_time_point: _Point
    lower_bound_endpoint_behavior: _End = "INCLUSIVE"
    upper_bound_endpoint_behavior: _End = "INCLUSIVE"

    def window(self) -> tuple[Window, bool]:
        window = Window(
            _moment(self.lower_bound_time_point),
            _moment(self.upper_bound_time_point),
            self.lower_bound_endpoint_behavior == "EXCLUSIVE",
            self.upper_bound_endpoint_behavior == "EXCLUSIVE",
        )
        return window, self.operator == "IS_BETWEEN"

    def sentence(self) -> Text:
        pattern = "between {lower} and {upper}"
        if self.operator == "IS_NOT_BETWEEN":
            pattern = "not between {lower} and {upper}"
        return Text(
            pattern,
            lower=moment_in_words(self.lower_bound_time_point),
            upper=moment_in_words(self.upper_bound_time_point),
        )
