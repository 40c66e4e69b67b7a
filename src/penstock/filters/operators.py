"""Operations ask something of a property's value; their operators are rows of a table."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, false, func, not_

from penstock.filters.judgement import Judgement
from penstock.filters.nodes import NOT_KNOWN, OPERATIONS, Node
from penstock.filters.past import ever_passed
from penstock.filters.subject import Scope, Value
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.model import Property
from penstock.records.values import TYPES


@dataclass(frozen=True)
class Operator:
    """One way to ask: everything that is known of it is in its row.

    `label` is what the operator says of a property, the operation's words in braces. `sql` takes
    what the operation hands it, first the property's value, and must be null where that is null.
    `negative` operators say what is not so; the answer of one that `flips` can change with time.
    One that is `past` asks about all values that there ever were, and so not about events.
    """

    name: str
    label: str
    sql: Callable[..., ColumnElement[bool] | Judgement]
    negative: bool = False
    flips: bool = False
    past: bool = False


def negation(
    sql: Callable[..., ColumnElement[bool]],
) -> Callable[..., ColumnElement[bool]]:
    """What is so when the other is not, and null when it is null."""
    return lambda *operands: not_(sql(*operands))


def ever(
    sql: Callable[..., ColumnElement[bool]],
) -> Callable[..., ColumnElement[bool]]:
    """What is so, or was so at any time, and null when there never was a value."""
    return lambda value, *operands: ever_passed(lambda each: sql(each, *operands), value)


def table(*rows: Operator) -> Mapping[str, Operator]:
    return {row.name: row for row in rows}


class Operation(Node):
    """What is asked of a property's value.

    `types` are the property types it can be asked of, all when empty; `several` says whether also
    where several options can be chosen. `of_emptiness` operations ask whether there is a value.
    """

    types: ClassVar[frozenset[str]] = frozenset()
    several: ClassVar[bool] = False
    of_emptiness: ClassVar[bool] = False
    operators: ClassVar[Mapping[str, Operator]] = {}

    operation_type: str
    operator: str
    include_objects_with_no_value_set: bool = False

    @property
    def row(self) -> Operator:
        return self.operators[self.operator]

    @classmethod
    def accepts(cls, property: Property) -> bool:
        if property.multiple and not cls.several:
            return False
        return not cls.types or property.type in cls.types

    def fits(self, property: Property) -> bool:
        """Whether this can be asked of the property."""
        return self.accepts(property)

    def others(self) -> Iterator[tuple[str, str]]:
        """The other properties that it names, with the JSON paths of their names."""
        yield from ()

    @property
    def past(self) -> bool:
        """Whether it asks for more than what there is now."""
        return self.row.past

    def subject(self, value: Value) -> Value:
        """What of the property is looked at: its value, unless said otherwise."""
        return value

    def operands(self, value: Value) -> tuple[Any, ...]:
        """What the rows' `sql` takes."""
        raise NotImplementedError(type(self).__name__)

    def words(self, property: Property) -> dict[str, Any]:
        """What the braces in the rows' labels stand for."""
        return {}

    def judge(self, value: Value) -> Judgement:
        """What it means of its subject."""
        return self.decided(self.row.sql(*self.operands(value)), value)

    def decided(self, answer: ColumnElement[bool] | Judgement, value: Value) -> Judgement:
        """True or false: emptiness is decided first, and what is then still null is false."""
        judgement = answer if isinstance(answer, Judgement) else Judgement(answer)
        if self.of_emptiness:
            return judgement
        empty = value.missing if self.include_objects_with_no_value_set else false()
        return replace(judgement, verdict=func.coalesce(judgement.verdict, empty))

    def condition(self, property: Property, scope: Scope) -> Text:
        if self.operator not in self.operators:
            return Text(NOT_KNOWN)
        return Text(self.row.label, **self.words(property))

    def problems(self, property: Property, scope: Scope) -> Iterator[Problem]:
        if self.operator not in self.operators:
            text = Text(
                'there is no operator "{word}" of {operation} here; there are: {known}',
                word=self.operator,
                operation=self.type_id,
                known=", ".join(self.operators),
            )
            yield Problem(text, f"{self.where}.operator", "UNKNOWN_OPERATOR")
        elif self.past and scope.attributes is not None:
            text = Text("an event has no history: ask for what it says")
            yield Problem(text, f"{self.where}.operator", "NO_HISTORY")
        if not self.fits(property):
            yield Problem(_misplaced(self, property), self.where, "OPERATION_DOES_NOT_FIT")
        for name, where in self.others():
            if name not in scope.properties:
                text = Text('Property "{name}" does not exist', name=name)
                yield Problem(text, where, "PROPERTY_DOESNT_EXIST")


def _misplaced(operation: Operation, property: Property) -> Text:
    return Text(
        '{operation} cannot be asked of "{property}" ({type}); there are: {known}',
        operation=operation.type_id,
        property=property.name,
        type=Text("several options") if property.multiple else Text(TYPES[property.type].label),
        known=", ".join(operations_for(property)),
    )


def operations_for(property: Property) -> list[str]:
    """The operations that can be asked of a property."""
    return [
        type_id
        for type_id, kind in OPERATIONS.kinds.items()
        if issubclass(kind, Operation) and kind.accepts(property)
    ]
