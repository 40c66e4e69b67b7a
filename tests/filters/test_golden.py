"""Golden filters: what each becomes in SQL and in words, and which records it matches."""

from typing import Any

import pytest

from penstock.filters.compile import (
    Criterion,
    Dependency,
    Slots,
    check,
    mentions,
    select_matching,
    select_verdicts,
)
from penstock.filters.describe import describe
from penstock.filters.errors import FilterInvalid
from penstock.filters.mentions import names
from penstock.filters.model import canonical
from penstock.filters.nodes import BRANCHES, KINDS, OPERATIONS, REFINEMENTS, TIME_POINTS
from penstock.filters.operators import Operation
from penstock.kernel.db import Connection
from penstock.records.schema import Schema
from tests.conftest import NOW, House
from tests.filters import golden, world
from tests.filters.golden import Case

SLOTS = Slots("Europe/Stockholm", NOW)


def nodes(part: Any) -> list[dict[str, Any]]:
    """Every object of a document."""
    if isinstance(part, list):
        return [node for item in part for node in nodes(item)]
    if isinstance(part, dict):
        return [part, *(node for item in part.values() for node in nodes(item))]
    return []


CASES = [case for name in golden.names() for case in golden.cases(name)]
ALL = [node for case in CASES for node in nodes(case.document)]


@pytest.mark.parametrize(
    "family", [BRANCHES, KINDS, OPERATIONS, REFINEMENTS, TIME_POINTS], ids=lambda f: f.key
)
def test_every_kind_has_a_golden_case(family: Any) -> None:
    used = {family.find(node[family.key]) for node in ALL if family.key in node}
    assert [kind.type_id for kind in family.kinds.values() if kind not in used] == []


def test_every_operator_has_a_golden_case() -> None:
    used = {
        (kind.type_id, node["operator"])
        for node in ALL
        if "operationType" in node and (kind := OPERATIONS.find(node["operationType"]))
    }
    rows = {
        (kind.type_id, name)
        for kind in OPERATIONS.kinds.values()
        if issubclass(kind, Operation)
        for name in kind.operators
    }
    assert sorted(rows - used) == []


def test_every_operator_has_a_sentence_in_swedish() -> None:
    said: dict[tuple[str, str], bool] = {}
    for case in CASES:
        kind = OPERATIONS.find(case.operation.get("operationType"))
        if kind is not None:
            key = (kind.type_id, case.operation["operator"])
            said[key] = said.get(key, False) or case.says_sv is not None
    assert said
    assert [key for key, swedish in said.items() if not swedish] == []


def test_every_case_of_a_kind_is_said_in_swedish_too() -> None:
    mute = [case.name for case in CASES if not case.operation and case.says_sv is None]
    assert mute == []


async def test_an_operator_flips_if_and_only_if_its_row_says_so(house: House) -> None:
    schema = await house.schema()
    found: dict[tuple[str, str], bool] = {}
    for case in CASES:
        kind = OPERATIONS.find(case.operation.get("operationType"))
        if kind is not None and issubclass(kind, Operation):
            key = (kind.type_id, case.operation["operator"])
            timed = Dependency("time") in check(case.document, schema, case.object).depends
            found[key] = found.get(key, False) or timed
    said = {
        (kind.type_id, name): row.flips
        for kind in OPERATIONS.kinds.values()
        if issubclass(kind, Operation)
        for name, row in kind.operators.items()
    }
    assert found == said


@pytest.mark.parametrize("name", golden.names())
async def test_golden_filters_mean_what_they_say(house: House, name: str) -> None:
    async with house.database.unit() as conn:
        await world.furnish(conn)
    schema = await house.schema()
    for case in golden.cases(name):
        async with house.database.unit() as conn:
            await _holds(conn, schema, house, case)


async def _holds(conn: Connection, schema: Schema, house: House, case: Case) -> None:
    known = await names(conn, mentions([case.document]))
    if case.refused is not None:
        with pytest.raises(FilterInvalid) as raised:
            check(case.document, schema, case.object, names=known)
        assert [str(problem) for problem in raised.value.problems] == [case.refused]
        kept = Criterion(schema.type(case.object).id, canonical(case.document), "", frozenset())
        assert select_matching(kept, schema, SLOTS).sql.endswith("AND false"), case.name
        assert str(describe(case.document, schema, case.object, known)) == case.says, case.name
        return
    criterion = check(case.document, schema, case.object, names=known)
    everybody = select_matching(criterion, schema, SLOTS)
    if case.sql is not None:
        verdict = everybody.sql.partition("r.archived_at IS NULL AND ")[2]
        assert golden.shape(verdict) == case.sql, case.name
    if case.gathers is not None:
        gathered = everybody.sql.partition("SELECT r.id AS record_id")[0]
        assert golden.shape(gathered).partition("), ")[2] == case.gathers, case.name
    sentence = describe(case.document, schema, case.object, known)
    assert str(sentence) == case.says, case.name
    assert case.says_sv in (None, sentence.render("sv")), case.name

    matches = await _create(conn, schema, house, case.object, case.matches)
    others = await _create(conn, schema, house, case.object, case.others)
    assert await _matching(conn, schema, case, case.document, [*matches, *others]) == matches, (
        case.name
    )
    if case.operation:
        await _decides_emptiness_by_the_flag(conn, schema, case, matches, others)


async def _decides_emptiness_by_the_flag(
    conn: Connection, schema: Schema, case: Case, matches: list[int], others: list[int]
) -> None:
    """With the flag, records without a value match too, and nobody else does."""
    property = case.document["filters"][0]["property"]
    kind = OPERATIONS.find(case.operation["operationType"])
    assert kind is not None
    assert issubclass(kind, Operation)
    flagged = {**case.operation, "includeObjectsWithNoValueSet": True}
    empty = [
        id
        for id, values in zip(others, case.others, strict=True)
        if not values.keys() & {property, "$before"}
    ]
    if kind.of_emptiness or schema.type(case.object).properties[property].column:
        empty = []
    document = golden.only(golden.asks(property, flagged))
    found = await _matching(conn, schema, case, document, [*matches, *others])
    assert found == [*matches, *empty], case.name


async def _matching(
    conn: Connection, schema: Schema, case: Case, document: dict[str, Any], ids: list[int]
) -> list[int]:
    """Those of the records that match, by both statements alike."""
    criterion = check(document, schema, case.object)
    judged = select_verdicts({1: criterion}, schema, SLOTS)
    cursor = await conn.execute(judged.sql.encode(), {**judged.parameters, "candidates": ids})
    rows = await cursor.fetchall()
    assert sorted(row.record_id for row in rows) == sorted(ids)
    verdicts = {row.record_id: row.verdict for row in rows}
    listed = select_matching(criterion, schema, SLOTS)
    cursor = await conn.execute(listed.sql.encode(), listed.parameters)
    found = {row.record_id for row in await cursor.fetchall()}
    assert {id for id in ids if id in found} == {id for id in ids if verdicts[id]}, case.name
    return [id for id in ids if verdicts[id]]


async def _create(
    conn: Connection, schema: Schema, house: House, word: str, values: list[dict[str, Any]]
) -> list[int]:
    return [await world.place(conn, schema, house, word, given) for given in values]
