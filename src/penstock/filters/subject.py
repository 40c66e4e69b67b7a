"""What a filter looks at: a record of one type, and the values of its properties as SQL."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Numeric,
    Select,
    Text,
    cast,
    collate,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from penstock.filters.moments import Moment
from penstock.filters.sql import RECORDS, Instant, Parameters
from penstock.records.model import Option, Property
from penstock.records.schema import Schema, TypeSchema
from penstock.records.values import TYPES, instant_text

# Named, because the server's own collation could be any.
_CODE_POINTS: Final = "C"
_UNICODE: Final = "pg_c_utf8"


def folded(text: ColumnElement[Any]) -> ColumnElement[str]:
    """Text without regard to case."""
    return func.lower(collate(text, _UNICODE))


@dataclass(frozen=True)
class Value:
    """The value of a property as SQL, in the forms that operators compare. Null is no value."""

    property: Property
    row: FromClause
    parameters: Parameters

    @cached_property
    def column(self) -> ColumnElement[Any] | None:
        """The column of records that holds the value, if it is not in their JSON."""
        return self.row.c[self.property.column] if self.property.column else None

    @cached_property
    def key(self) -> ColumnElement[str]:
        return self.parameters.bound(self.property.name, Text())

    @cached_property
    def text(self) -> ColumnElement[str]:
        """The value as the text of the wire, but several options as a JSON array."""
        if self.column is not None:
            return cast(self.column, Text)
        return self.row.c.properties.op("->>", return_type=Text())(self.key)

    @cached_property
    def options(self) -> ColumnElement[Any]:
        """Several options, as a JSON array."""
        return self.row.c.properties.op("->", return_type=JSONB())(self.key)

    @cached_property
    def missing(self) -> ColumnElement[bool]:
        return self.text.is_(None)

    @cached_property
    def exact(self) -> ColumnElement[str]:
        return collate(self.text, _CODE_POINTS)

    @cached_property
    def folded(self) -> ColumnElement[str]:
        return folded(self.text)

    @cached_property
    def number(self) -> ColumnElement[Any]:
        return cast(self.text if self.column is None else self.column, Numeric)

    @cached_property
    def is_day(self) -> bool:
        return TYPES[self.property.type].storage == "date"

    @cached_property
    def when(self) -> ColumnElement[Any]:
        """The day or instant in a form that sorts, to be compared with `moment`."""
        return self.exact if self.column is None else self.column

    @cached_property
    def instant(self) -> ColumnElement[datetime]:
        """The instant; of a day, its beginning in UTC."""
        if self.column is not None:
            return self.column
        if not self.is_day:
            return cast(self.text, Instant)
        return cast(self.text.concat(self.parameters.bound("T00:00:00Z", Text())), Instant)

    def moment(self, moment: Moment) -> ColumnElement[Any]:
        """A moment in the form of `when`; a day is compared with the day the moment lies on."""
        bind = self.parameters.deferred
        if self.is_day:
            return bind(lambda slots: moment.day(slots).isoformat(), Text())
        if self.column is not None:
            return bind(moment.at, Instant)
        return bind(lambda slots: instant_text(moment.at(slots)), Text())

    def words(self, words: Iterable[str]) -> ColumnElement[Any]:
        return self.parameters.bound(list(words), ARRAY(Text()))

    def folded_words(self, words: Iterable[str]) -> Select[tuple[str]]:
        """The words without regard to case, as rows: folded once per statement, not per record."""
        word = func.unnest(self.words(words)).column_valued("word")
        return select(folded(word))


_ROW: Final = RECORDS.alias("r")


@dataclass(frozen=True)
class Scope:
    """Where a filter stands: the schema, and the type of the record that it looks at."""

    schema: Schema
    type: TypeSchema
    parameters: Parameters = field(default_factory=Parameters)
    row: FromClause = _ROW

    def value(self, name: str) -> Value:
        return Value(self.type.properties[name], self.row, self.parameters)

    def shown(self, name: str) -> Property:
        """The property as people see it: pipelines and stages are options, too.

        One that does not exist goes by its name.
        """
        property = self.type.properties.get(name, Property(name, name))
        staging, pipelines = self.type.staging, self.type.pipelines.values()
        if staging is not None and name == staging.pipeline:
            options = [Option(pipeline.id, pipeline.label) for pipeline in pipelines]
        elif staging is not None and name == staging.stage:
            options = [Option(each.id, each.label) for line in pipelines for each in line.stages]
        else:
            return property
        return replace(property, options=tuple(options))
