"""How often something has to have happened."""

from typing import Annotated, Self

from pydantic import Field, model_validator
from sqlalchemy import ColumnElement, Integer, and_

from penstock.filters.nodes import Refinement
from penstock.filters.sql import Parameters
from penstock.kernel.texts import Text
from penstock.records.values import BadValue

_Count = Annotated[int, Field(ge=0, le=1_000_000_000)]


class NumOccurrences(Refinement):
    """At least so often, and at most so often."""

    type_id = "NUM_OCCURRENCES"
    label = "How often"

    min_occurrences: _Count | None = None
    max_occurrences: _Count | None = None

    @model_validator(mode="after")
    def _some_number_fits(self) -> Self:
        low, high = self.min_occurrences or 0, self.max_occurrences
        if high is not None and low > high:
            text = Text("at least {low} and at most {high} is never so", low=low, high=high)
            raise BadValue(text, "CONTRADICTION")
        return self

    def enough(
        self, parameters: Parameters, some: ColumnElement[int], total: ColumnElement[int]
    ) -> ColumnElement[bool]:
        low, high = self.min_occurrences or 0, self.max_occurrences
        conditions = [some >= parameters.bound(low, Integer())]
        if high is not None:
            conditions.append(some <= parameters.bound(high, Integer()))
        return and_(*conditions)

    def sentence(self) -> Text:
        low, high = self.min_occurrences or 0, self.max_occurrences
        if high is None:
            return Text("at least once") if low == 1 else Text("at least {low} times", low=low)
        if not low:
            return Text("at most once") if high == 1 else Text("at most {high} times", high=high)
        return Text("{low} to {high} times", low=low, high=high)
