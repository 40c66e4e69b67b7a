"""What is missing, empty or gone lets nobody through, also where it is negated."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from penstock.filters.compile import Slots, check, select_matching
from penstock.filters.errors import FilterInvalid
from penstock.filters.nodes import OPERATIONS
from penstock.records.schema import Schema
from tests.conftest import NOW
from tests.filters import golden
from tests.filters.bench import Bench
from tests.filters.golden import asks, only

ASKED = [case for name in golden.names() for case in golden.cases(name) if case.operation]
NOTHING: list[Any] = [None, "", [], [""], [None], {}]


def without(schema: Schema, word: str, name: str) -> Schema:
    type = schema.type(word)
    left = {key: value for key, value in type.properties.items() if key != name}
    return replace(schema, types={**schema.types, type.id: replace(type, properties=left)})


def negated(document: dict[str, Any]) -> dict[str, Any]:
    return {
        "filterBranchType": "OR",
        "filterBranches": [{"filterBranchType": "NOT_ANY", "filterBranches": [document]}],
    }


def required(operation: dict[str, Any]) -> list[str]:
    """What an operation must be given, beside its name and that of its operator."""
    kind = OPERATIONS.find(operation["operationType"])
    assert kind is not None
    fields = (each.alias for each in kind.model_fields.values() if each.is_required())
    return [name for name in fields if name and name not in {"operationType", "operator"}]


def deprived(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The operation with each of its values missing, null or empty."""
    for name in required(operation):
        bare = {key: value for key, value in operation.items() if key != name}
        yield bare
        yield from ({**bare, name: nothing} for nothing in NOTHING)


async def test_an_operator_without_its_value_is_refused(bench: Bench) -> None:
    for case in ASKED:
        property = case.document["filters"][0]["property"]
        for operation in deprived(case.operation):
            document = only(asks(property, operation))
            for asked in (document, negated(document)):
                assert refused(asked, bench.schema, case.object), (case.name, operation)


def refused(document: dict[str, Any], schema: Schema, word: str) -> bool:
    try:
        check(document, schema, word)
    except FilterInvalid as invalid:
        return len(invalid.problems) > 0
    return False


async def test_an_operator_of_a_property_that_is_gone_matches_nobody(bench: Bench) -> None:
    for case in ASKED:
        property = case.document["filters"][0]["property"]
        gone = without(bench.schema, case.object, property)
        for document in (case.document, negated(case.document)):
            criterion = check(document, bench.schema, case.object)
            with pytest.raises(FilterInvalid) as raised:
                check(document, gone, case.object)
            assert [problem.code for problem in raised.value.problems] == ["PROPERTY_DOESNT_EXIST"]
            statement = select_matching(criterion, gone, Slots("UTC", NOW))
            assert statement.sql.endswith("AND false"), case.name


async def test_a_criterion_that_has_become_invalid_is_false_of_all_and_spoils_no_other(
    bench: Bench,
) -> None:
    (id,) = bench.place([{"city": "Oslo", "zip": "1"}], NOW)
    known = {"operationType": "ALL_PROPERTY", "operator": "IS_KNOWN"}
    unknown = {"operationType": "ALL_PROPERTY", "operator": "IS_UNKNOWN"}
    criteria = {
        1: check(only(asks("city", known)), bench.schema, "contacts"),
        2: check(negated(only(asks("city", unknown))), bench.schema, "contacts"),
        3: check(only(asks("zip", known)), bench.schema, "contacts"),
    }
    whole = {key: verdict for key, (verdict, _) in bench.judge(criteria, [id], NOW, "UTC").items()}
    assert whole == {(id, 1): True, (id, 2): True, (id, 3): True}
    bench.schema = without(bench.schema, "contacts", "city")
    left = {key: verdict for key, (verdict, _) in bench.judge(criteria, [id], NOW, "UTC").items()}
    assert left == {(id, 1): False, (id, 2): False, (id, 3): True}
