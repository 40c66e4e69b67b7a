"""What a property was: the values that it ever had, and when the last of them was written."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, or_, select

from penstock.filters.sql import HISTORY
from penstock.filters.subject import Value
from penstock.records.model import Property

_WRITTEN: Final = HISTORY.alias("h")
_UPDATED: Final = Property("updated", "Last update", type="datetime")


class _Written(Value):
    """A value as it was once written."""

    @cached_property
    def held(self) -> ColumnElement[Any]:
        return self.row.c.changed


class _Update(Value):
    """When a value was last written, as a column of its own."""

    @cached_property
    def column(self) -> ColumnElement[Any]:
        return self.row.c.at


class _Kept(Value):
    """The same of what stands in a column of the record, and has no history."""

    @cached_property
    def column(self) -> ColumnElement[Any]:
        return self.row.c["updated_at" if self.property.name == "updated_at" else "created_at"]


def ever_passed(test: Callable[[Value], ColumnElement[bool]], value: Value) -> ColumnElement[bool]:
    """Whether the test passes now, or passed at any time. Null: there never was a value."""
    now = test(value)
    if value.column is not None:
        return now
    once = test(_Written(value.property, _WRITTEN, value.scope))
    fact = value.scope.know(_of_history(value, func.bool_or(once).label("ever")))
    return func.coalesce(or_(now, fact.c.ever), now, fact.c.ever)


def updated(value: Value) -> Value:
    """When the property was last written, as a value: missing where it never was."""
    if value.column is not None:
        about = Property(value.property.column or "", _UPDATED.label, type="datetime")
        return _Kept(about, value.row, value.scope)
    at = func.max(_WRITTEN.c.at).label("at")
    return _Update(_UPDATED, value.scope.know(_of_history(value, at)), value.scope)


def _of_history(value: Value, told: ColumnElement[Any]) -> Select[Any]:
    """One row for each candidate of which there is history of the property."""
    candidates = value.scope.candidates
    return (
        select(candidates.c.id, told)
        .select_from(
            candidates.join(
                _WRITTEN,
                (_WRITTEN.c.bucket == candidates.c.bucket)
                & (_WRITTEN.c.record_id == candidates.c.id)
                & _WRITTEN.c.changed.bool_op("?")(value.key),
            )
        )
        .group_by(candidates.c.id)
    )
