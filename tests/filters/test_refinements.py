"""Refinements that move with time flip when they should, and a new one is one class."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import ColumnElement, Integer, func

from penstock.filters.compile import check
from penstock.filters.describe import describe
from penstock.filters.errors import FilterInvalid
from penstock.filters.nodes import KINDS, REFINEMENTS, Node, Refinement
from penstock.filters.sought import Occurred, Sought
from penstock.filters.sql import Parameters
from penstock.filters.subject import Scope
from penstock.kernel.texts import Text
from tests.conftest import NOW
from tests.filters.bench import Bench, examples
from tests.filters.documents import NOWS, ZONES
from tests.filters.golden import only
from tests.filters.judge import time_point

TICK = timedelta(milliseconds=1)
FORM = "4-1639801"

offsets = st.fixed_dictionaries(
    {
        "amount": st.integers(0, 40),
        "timeUnit": st.sampled_from(["MINUTES", "HOURS", "DAYS", "WEEKS"]),
        "offsetDirection": st.sampled_from(["PAST", "FUTURE"]),
    }
)
relative = st.fixed_dictionaries(
    {
        "type": st.just("RELATIVE_COMPARATIVE"),
        "comparison": st.sampled_from(["BEFORE", "AFTER"]),
        "timeOffset": offsets,
    }
) | st.fixed_dictionaries(
    {
        "type": st.just("RELATIVE_RANGED"),
        "rangeType": st.sampled_from(["BETWEEN", "NOT_BETWEEN"]),
        "lowerBoundOffset": offsets,
        "upperBoundOffset": offsets,
    }
)


def submitted(**refined: Any) -> dict[str, Any]:
    return only({"filterType": "FORM_SUBMISSION", "operator": "FILLED_OUT", **refined})


def moment(offset: dict[str, Any], now: datetime, zone: str) -> datetime:
    count = offset["amount"] if offset["offsetDirection"] == "FUTURE" else -offset["amount"]
    point = {
        "timeType": "INDEXED",
        "zoneId": zone,
        "indexReference": {"referenceType": "NOW"},
        "offset": {offset["timeUnit"].lower(): count},
    }
    return time_point(point, now)[0]


def counts(refinement: dict[str, Any], at: datetime, now: datetime, zone: str) -> bool:
    """Whether what happened then counts, said plainly."""
    if refinement["type"] == "RELATIVE_COMPARATIVE":
        bound = moment(refinement["timeOffset"], now, zone)
        return at < bound if refinement["comparison"] == "BEFORE" else at > bound
    lower = moment(refinement["lowerBoundOffset"], now, zone)
    upper = moment(refinement["upperBoundOffset"], now, zone)
    return (lower <= at <= upper) == (refinement["rangeType"] == "BETWEEN")


def happen(bench: Bench, times: list[datetime], now: datetime) -> int:
    """A contact who submitted a form at these times."""
    (id,) = bench.place([{}], now)
    with bench.conn.transaction(), bench.conn.cursor() as cursor:
        cursor.execute("DELETE FROM events")
        cursor.executemany(
            "INSERT INTO events (bucket, record_id, type, at, properties)"
            " VALUES (%s, %s, %s, %s, '{}')",
            [(id & 63, id, FORM, at) for at in times],
        )
    return id


@examples(150)
@given(
    relative,
    NOWS,
    st.sampled_from(ZONES),
    st.lists(st.integers(-60 * 24 * 60, 60 * 24 * 60), max_size=2),
    st.lists(st.floats(0, 1), min_size=4, max_size=4),
)
def test_relative_refinements_are_right_until_they_flip(
    bench: Bench,
    refinement: dict[str, Any],
    now: datetime,
    zone: str,
    minutes: list[int],
    shares: list[float],
) -> None:
    times = [now + timedelta(minutes=each) for each in minutes]
    id = happen(bench, times, now)
    criterion = check(submitted(pruningRefineBy=refinement), bench.schema, "contacts")
    assert any(dependency.kind == "time" for dependency in criterion.depends)
    verdict, flip = bench.judge({1: criterion}, [id], now, zone)[id, 1]
    assert verdict == any(counts(refinement, at, now, zone) for at in times)
    end = flip or now + timedelta(days=2000)
    assert end > now
    for share in [*shares, 1.0]:
        later = max(now, min(end - TICK, now + (end - now) * share))
        later = later.replace(microsecond=later.microsecond // 1000 * 1000)
        assert any(counts(refinement, at, later, zone) for at in times) == verdict, (later, flip)


async def test_it_flips_back_and_forth_without_a_write(bench: Bench) -> None:
    """In the last three days, over the change to summer time in Stockholm."""
    day = {"amount": 3, "timeUnit": "DAYS", "offsetDirection": "PAST"}
    recent = {"type": "RELATIVE_COMPARATIVE", "comparison": "AFTER", "timeOffset": day}
    past = {"type": "RELATIVE_COMPARATIVE", "comparison": "BEFORE", "timeOffset": day}
    at = datetime(2026, 3, 27, 11, 0, tzinfo=UTC)
    id = happen(bench, [at], at)
    later = datetime(2026, 3, 30, 10, 0, tzinfo=UTC)  # noon there, an hour earlier than before
    for refinement, before in ((recent, True), (past, False)):
        criterion = check(submitted(pruningRefineBy=refinement), bench.schema, "contacts")
        now, seen = at, []
        for _ in range(10):
            verdict, flip = bench.judge({1: criterion}, [id], now, "Europe/Stockholm")[id, 1]
            seen.append((now, verdict))
            if flip is None or flip > later + timedelta(days=1):
                break
            now = flip
        (changed, _) = next(each for each in seen if each[1] is not before)
        assert timedelta() <= changed - later <= TICK, seen
        just_before = bench.judge({1: criterion}, [id], later - TICK, "Europe/Stockholm")
        assert just_before[id, 1][0] is before


class OddOccurrences(Refinement):
    """An odd number of times."""

    type_id = "ODD_OCCURRENCES"

    def enough(
        self, parameters: Parameters, some: ColumnElement[int], total: ColumnElement[int]
    ) -> ColumnElement[bool]:
        two, one = parameters.bound(2, Integer()), parameters.bound(1, Integer())
        return func.mod(some, two) == one

    def sentence(self) -> Text:
        return Text("an odd number of times")


class FormViewed(Occurred):
    """Whether the record has seen a form."""

    type_id = "FORM_VIEWED"

    def sought(self, scope: Scope) -> Sought:
        return Sought(("4-1639797",))

    def said(self, scope: Scope) -> Text:
        return Text("has seen a form")


def added(family: Any, kind: type[Node], monkeypatch: pytest.MonkeyPatch) -> None:
    """What a file with the class in the family's folder does: discovery finds it."""
    monkeypatch.setattr(family.kinds, "_entries", {**family.kinds, kind.type_id: kind})


async def test_a_new_refinement_is_one_class(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    document = submitted(coalescingRefineBy={"type": "ODD_OCCURRENCES"})
    with pytest.raises(FilterInvalid):
        check(document, bench.schema, "contacts")
    added(REFINEMENTS, OddOccurrences, monkeypatch)
    criterion = check(document, bench.schema, "contacts")
    said = "has submitted a form an odd number of times"
    assert str(describe(document, bench.schema, "contacts")) == said
    for often in range(4):
        id = happen(bench, [NOW] * often, NOW)
        assert bench.judge({1: criterion}, [id], NOW, "UTC")[id, 1][0] is (often % 2 == 1)


async def test_a_new_filter_type_over_events_is_one_class(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = only({"filterType": "FORM_VIEWED"})
    with pytest.raises(FilterInvalid):
        check(document, bench.schema, "contacts")
    added(KINDS, FormViewed, monkeypatch)
    criterion = check(document, bench.schema, "contacts")
    assert {dependency.key for dependency in criterion.depends} == {"4-1639797"}
    assert str(describe(document, bench.schema, "contacts")) == "has seen a form"
    id = happen(bench, [NOW], NOW)
    assert bench.judge({1: criterion}, [id], NOW, "UTC")[id, 1][0] is False
    bench.conn.execute("UPDATE events SET type = '4-1639797'")
    assert bench.judge({1: criterion}, [id], NOW, "UTC")[id, 1][0] is True
