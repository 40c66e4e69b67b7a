"""When something has to have happened, between fixed moments."""

from typing import Literal

from penstock.filters.fields import Milliseconds, fixed, shown
from penstock.filters.nodes import Refinement
from penstock.filters.windows import Window
from penstock.kernel.texts import Text


class AbsoluteComparative(Refinement):
    """Before or after an instant."""

    type_id = "ABSOLUTE_COMPARATIVE"
    label = "Before or after"
    of_time = True

    comparison: Literal["BEFORE", "AFTER"]
    timestamp: Milliseconds

    def window(self) -> tuple[Window, bool]:
        moment = fixed(self.timestamp, convert=False)
        if self.comparison == "BEFORE":
            return Window(upper=moment, without_upper=True), True
        return Window(moment, without_lower=True), True

    def sentence(self) -> Text:
        pattern = "before {moment}" if self.comparison == "BEFORE" else "after {moment}"
        return Text(pattern, moment=shown(fixed(self.timestamp, convert=False)))


class AbsoluteRanged(Refinement):
    """Between two instants, or outside."""

    type_id = "ABSOLUTE_RANGED"
    label = "Between"
    of_time = True

    range_type: Literal["BETWEEN", "NOT_BETWEEN"]
    lower_timestamp: Milliseconds
    upper_timestamp: Milliseconds

    def window(self) -> tuple[Window, bool]:
        lower = fixed(self.lower_timestamp, convert=False)
        upper = fixed(self.upper_timestamp, convert=False)
        return Window(lower, upper), self.range_type == "BETWEEN"

    def sentence(self) -> Text:
        pattern = "between {lower} and {upper}"
        if self.range_type == "NOT_BETWEEN":
            pattern = "not between {lower} and {upper}"
        return Text(
            pattern,
            lower=shown(fixed(self.lower_timestamp, convert=False)),
            upper=shown(fixed(self.upper_timestamp, convert=False)),
        )
