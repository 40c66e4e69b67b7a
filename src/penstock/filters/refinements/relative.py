"""When something has to have happened, between moments that move with time."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from penstock.filters.amounts import amount
from penstock.filters.moments import Moving, Shift
from penstock.filters.nodes import Refinement, Wire
from penstock.filters.windows import Window
from penstock.kernel.texts import Text


class TimeOffset(Wire):
    """So long before now, or after. Days and weeks are those of the account's calendar."""

    amount: Annotated[int, Field(ge=0, le=1_000_000)]
    time_unit: Literal["MINUTES", "HOURS", "DAYS", "WEEKS"]
    offset_direction: Literal["PAST", "FUTURE"]

    def moment(self) -> Moving:
        count = -self.amount if self.offset_direction == "PAST" else self.amount
        match self.time_unit:
            case "MINUTES":
                return Moving(shift=Shift(elapsed=timedelta(minutes=count)))
            case "HOURS":
                return Moving(shift=Shift(elapsed=timedelta(hours=count)))
            case "DAYS":
                return Moving(shift=Shift(days=count))
            case "WEEKS":
                return Moving(shift=Shift(days=7 * count))

    def sentence(self) -> Text:
        pattern = "{amount} ago" if self.offset_direction == "PAST" else "{amount} from now"
        return Text(pattern, amount=amount(self.amount, self.time_unit.lower()))


class RelativeComparative(Refinement):
    """Before or after a moment that is so far from now."""

    type_id = "RELATIVE_COMPARATIVE"
    of_time = True

    comparison: Literal["BEFORE", "AFTER"]
    time_offset: TimeOffset

    def window(self) -> tuple[Window, bool]:
        moment = self.time_offset.moment()
        if self.comparison == "BEFORE":
            return Window(upper=moment, without_upper=True), True
        return Window(moment, without_lower=True), True

    def sentence(self) -> Text:
        pattern = "before {moment}" if self.comparison == "BEFORE" else "after {moment}"
        return Text(pattern, moment=self.time_offset.sentence())


class RelativeRanged(Refinement):
    """Between two moments that are so far from now, or outside."""

    type_id = "RELATIVE_RANGED"
    of_time = True

    range_type: Literal["BETWEEN", "NOT_BETWEEN"]
    lower_bound_offset: TimeOffset
    upper_bound_offset: TimeOffset

    def window(self) -> tuple[Window, bool]:
        window = Window(self.lower_bound_offset.moment(), self.upper_bound_offset.moment())
        return window, self.range_type == "BETWEEN"

    def sentence(self) -> Text:
        pattern = "between {lower} and {upper}"
        if self.range_type == "NOT_BETWEEN":
            pattern = "not between {lower} and {upper}"
        return Text(
            pattern,
            lower=self.lower_bound_offset.sentence(),
            upper=self.upper_bound_offset.sentence(),
        )
