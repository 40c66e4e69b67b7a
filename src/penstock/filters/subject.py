"""What a filter looks at: a record of one type, and the values of its properties as SQL."""

from collections.abc import Iterable, Iterator, Mapping
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
    TableClause,
    Text,
    cast,
    collate,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.selectable import CompoundSelect

from penstock.filters.dependencies import Dependency
from penstock.filters.gathering import CANDIDATES, Gathered
from penstock.filters.mentions import Names
from penstock.filters.moments import Fixed, Moving
from penstock.filters.sql import RECORDS, Instant, Parameters
from penstock.records.model import EventType, Option, Property
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
    scope: "Scope"

    @cached_property
    def parameters(self) -> Parameters:
        return self.scope.parameters

    @cached_property
    def column(self) -> ColumnElement[Any] | None:
        """The column of records that holds the value, if it is not in their JSON."""
        return self.row.c[self.property.column] if self.property.column else None

    @cached_property
    def held(self) -> ColumnElement[Any]:
        """The JSON that holds the value under its key."""
        return self.row.c.properties

    @cached_property
    def key(self) -> ColumnElement[str]:
        return self.parameters.bound(self.property.name, Text())

    @cached_property
    def text(self) -> ColumnElement[str]:
        """The value as the text of the wire, but several options as a JSON array."""
        if self.column is not None:
            return cast(self.column, Text)
        return self.held.op("->>", return_type=Text())(self.key)

    @cached_property
    def options(self) -> ColumnElement[Any]:
        """Several options, as a JSON array."""
        return self.held.op("->", return_type=JSONB())(self.key)

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

    def moment(self, moment: Fixed | Moving) -> ColumnElement[Any]:
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
    """Where a filter stands: the schema, and the type of the records that it looks at.

    `row` is such a record, `candidates` are those that are judged here, and `gathered` is what is
    known about them beside their own row, `facts` being the part that is joined to it. `across` are
    the association types, as ids, that lead here from the records that the whole document is about.
    With `attributes` the row is an event instead, and these are its properties. `names` are of use
    to sentences alone.
    """

    schema: Schema
    type: TypeSchema
    gathered: Gathered = field(default_factory=lambda: Gathered(Parameters()))
    row: FromClause = _ROW
    candidates: FromClause = CANDIDATES
    facts: list[TableClause] = field(default_factory=list)
    across: tuple[int, ...] = ()
    attributes: Mapping[str, Property] | None = None
    names: Names = field(default_factory=dict)

    @property
    def parameters(self) -> Parameters:
        return self.gathered.parameters

    @property
    def properties(self) -> Mapping[str, Property]:
        """What can be asked about."""
        return self.type.properties if self.attributes is None else self.attributes

    def value(self, name: str) -> Value:
        return Value(self.properties[name], self.row, self)

    def know(self, query: Select[Any] | CompoundSelect[Any]) -> TableClause:
        """Gather facts about the candidates and join them to the row.

        The query gives at most one row for each record, which it calls `id`.
        """
        fact = self.gathered.add(query)
        self.facts.append(fact)
        return fact

    def far(self, type: TypeSchema, edge: int, candidates: TableClause) -> "Scope":
        """The scope of records of a type to which edges lead from here."""
        return replace(
            self,
            type=type,
            candidates=candidates,
            facts=[],
            across=(*self.across, edge),
        )

    def events(self, type: EventType, row: FromClause) -> "Scope":
        """The scope of events of a type, of which one row is `row`."""
        properties = {property.name: property for property in type.properties}
        return replace(self, row=row, attributes=properties)

    def depends_on(self, property: str) -> Iterator[Dependency]:
        """What can change a value: nothing changes what has happened."""
        if self.attributes is not None:
            return
        if self.properties[property].column == "updated_at":
            yield Dependency("any", self.type.id, self.across)
        else:
            yield Dependency("property", f"{self.type.id}/{property}", self.across)

    def shown(self, name: str) -> Property:
        """The property as people see it: pipelines and stages are options, too.

        One that does not exist goes by its name.
        """
        property = self.properties.get(name, Property(name, name))
        if self.attributes is not None:
            return property
        staging, pipelines = self.type.staging, self.type.pipelines.values()
        if staging is not None and name == staging.pipeline:
            options = [Option(pipeline.id, pipeline.label) for pipeline in pipelines]
        elif staging is not None and name == staging.stage:
            options = [Option(each.id, each.label) for line in pipelines for each in line.stages]
        else:
            return property
        return replace(property, options=tuple(options))
