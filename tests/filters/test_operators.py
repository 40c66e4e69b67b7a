"""An operator is one row: added, it is known to checking, SQL and sentences alike."""

from typing import Any

import pytest
from sqlalchemy import ColumnElement, func

from penstock.filters.compile import check
from penstock.filters.describe import describe
from penstock.filters.errors import FilterInvalid
from penstock.filters.nodes import OPERATIONS
from penstock.filters.operators import Operation, Operator, operations_for
from penstock.filters.subject import Value
from penstock.records.values import TYPES
from tests.conftest import NOW
from tests.filters.bench import Bench
from tests.filters.golden import asks, only


def kinds() -> dict[str, type[Operation]]:
    return {name: kind for name, kind in OPERATIONS.kinds.items() if issubclass(kind, Operation)}


def _divides(value: Value, divisor: ColumnElement[Any]) -> ColumnElement[bool]:
    return func.mod(value.number, divisor) == func.mod(divisor, divisor)


async def test_a_new_row_is_checked_compiled_and_described(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    operation = {"operationType": "NUMBER", "operator": "IS_DIVISIBLE_BY", "value": 3}
    document = only(asks("hubspotscore", operation))
    with pytest.raises(FilterInvalid):
        check(document, bench.schema, "contacts")
    row = Operator("IS_DIVISIBLE_BY", "is divisible by {value}", _divides)
    monkeypatch.setattr(
        kinds()["NUMBER"], "operators", {**kinds()["NUMBER"].operators, row.name: row}
    )

    criterion = check(document, bench.schema, "contacts")
    ids = bench.place([{"hubspotscore": 9}, {"hubspotscore": 10}, {}], NOW)
    found = bench.judge({1: criterion}, ids, NOW, "UTC")
    assert [found[id, 1][0] for id in ids] == [True, False, False]
    assert str(describe(document, bench.schema, "contacts")) == "Score is divisible by 3"


def test_every_row_stands_under_its_own_name() -> None:
    for kind in kinds().values():
        assert kind.operators
        assert all(name == row.name for name, row in kind.operators.items())


def test_every_kind_of_operation_says_what_it_is() -> None:
    for kind in kinds().values():
        assert kind.label
        assert kind.__doc__


def test_every_type_of_property_can_be_asked_something(bench: Bench) -> None:
    asked = {
        property.type: operations_for(property)
        for type in bench.schema.types.values()
        for property in type.properties.values()
        if not property.multiple
    }
    assert all(len(operations) > 1 for operations in asked.values()), asked
    assert set(asked) <= set(TYPES)
