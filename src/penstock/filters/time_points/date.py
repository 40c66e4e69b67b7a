"""A moment given by its date, and the time of day if it is not midnight."""

import datetime as dt
from typing import Annotated, Self

from pydantic import Field, model_validator

from penstock.filters.fields import Clock, Year, Zoned, shown
from penstock.filters.moments import Fixed
from penstock.filters.nodes import TimePoint
from penstock.kernel.texts import Text
from penstock.records.values import BadValue


class DatePoint(Zoned, Clock, TimePoint):
    """A date and a time of day in a time zone."""

    type_id = "DATE"
    label = "Date"

    year: Year
    month: Annotated[int, Field(ge=1, le=12)]
    day: int

    @model_validator(mode="after")
    def _exists(self) -> Self:
        try:
            self.moment()
        except ValueError:
            raise BadValue(Text("there is no such day"), "INVALID_DATE") from None
        return self

    def moment(self) -> Fixed:
        day = dt.date(self.year, self.month, self.day)
        return Fixed(dt.datetime.combine(day, self.clock()), self.zone())

    def sentence(self) -> Text:
        return Text("{moment}", moment=shown(self.moment()))
