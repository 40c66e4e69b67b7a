"""What the SQL says is what the filters mean: random filters and records, and a plain judge."""

from datetime import datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from penstock.filters.compile import check
from penstock.filters.model import canonical
from tests.filters.bench import Bench, examples
from tests.filters.documents import NOWS, ZONES, about_time, documents, records
from tests.filters.judge import judge


def agree(bench: Bench, data: st.DataObject, asked: list[dict[str, Any]], now: datetime) -> None:
    zone = data.draw(st.sampled_from(ZONES))
    values = data.draw(st.lists(records(now), min_size=1, max_size=6))
    ids = bench.place(values, now)
    criteria = {
        number: check(document, bench.schema, "contacts") for number, document in enumerate(asked)
    }
    found = bench.judge(criteria, ids, now, zone)
    for id, record in zip(ids, values, strict=True):
        for number, document in enumerate(asked):
            meant = judge(canonical(document), record, now, zone)
            assert found[id, number][0] == meant, (record, document, now, zone)


@examples(200)
@given(st.lists(documents(), min_size=1, max_size=3), NOWS, st.data())
def test_sql_and_judge_agree(
    bench: Bench, asked: list[dict[str, Any]], now: datetime, data: st.DataObject
) -> None:
    agree(bench, data, asked, now)


@examples(200)
@given(st.lists(documents(about_time()), min_size=1, max_size=3), NOWS, st.data())
def test_sql_and_judge_agree_about_time(
    bench: Bench, asked: list[dict[str, Any]], now: datetime, data: st.DataObject
) -> None:
    agree(bench, data, asked, now)
