"""What happened is found by time, kind and step, and told in words."""

from datetime import timedelta

import pytest

from penstock.engine import history
from penstock.engine.history import TOLD, Entry, Search
from penstock.engine.kinds import ENDS, KINDS, Kind
from penstock.engine.states import State
from penstock.kernel.clock import VirtualClock
from penstock.kernel.queries import load
from penstock.workflows.store import Workflow
from tests.conftest import NOW, House
from tests.story import Story, all_of, delay, equals, set_property, when


@pytest.fixture
def story(house: House) -> Story:
    return Story(house, VirtualClock(NOW))


async def of_workflow(story: Story, flow: Workflow, search: Search, **rest: int) -> list[Entry]:
    async with story.house.database.unit() as conn:
        return await history.of_workflow(conn, flow.id, search, **rest)


@pytest.fixture
async def flow(story: Story) -> Workflow:
    """One goes through, an hour after another was refused."""
    flow = await story.workflow(
        when(all_of(equals("city", "Oslo"))),
        [
            set_property("1", "hs_lead_status", "NEW"),
            delay("2", 30),
            set_property("3", "city", "Rome"),
        ],
        suppressionFilterBranch=all_of(equals("firstname", "Bo")),
    )
    await story.turn_on(flow)
    await story.contact(city="Oslo", firstname="Bo")
    await story.rest()
    await story.pass_time(hours=1)
    await story.contact(city="Oslo")
    await story.rest()
    await story.pass_time(hours=1)
    return flow


async def test_history_is_found_by_kind_step_and_time(story: Story, flow: Workflow) -> None:
    def kinds(entries: list[Entry]) -> list[str]:
        return [entry.kind for entry in entries]

    everything = [
        "finished",
        "succeeded",
        "succeeded",
        "waiting",
        "succeeded",
        "enrolled",
        "refused",
    ]
    assert kinds(await of_workflow(story, flow, Search())) == everything
    assert kinds(await of_workflow(story, flow, Search(steps=["2"]))) == ["succeeded", "waiting"]
    at_steps = await of_workflow(story, flow, Search(steps=["1", "3"], kinds=["succeeded"]))
    assert [entry.step for entry in at_steps] == ["3", "1"]
    assert kinds(await of_workflow(story, flow, Search(kinds=["refused", "failed"]))) == ["refused"]
    assert kinds(await of_workflow(story, flow, Search(kinds=["refused", "enrolled"]))) == [
        "enrolled",
        "refused",
    ]
    middle = NOW + timedelta(minutes=30)
    assert kinds(await of_workflow(story, flow, Search(until=middle))) == ["refused"]
    assert len(await of_workflow(story, flow, Search(since=middle))) == 6
    # Both bounds are included.
    assert kinds(await of_workflow(story, flow, Search(since=NOW, until=NOW))) == ["refused"]


async def test_pages_of_a_search_follow_each_other(story: Story, flow: Workflow) -> None:
    for search in (Search(), Search(steps=["", "1", "2"]), Search(kinds=["refused", "failed"])):
        whole = await of_workflow(story, flow, search)
        paged: list[Entry] = []
        after = None
        async with story.house.database.unit() as conn:
            while page := await history.of_workflow(conn, flow.id, search, after=after, limit=2):
                paged += page
                after = page[-1].cursor
        assert paged == whole


@pytest.mark.parametrize(
    ("search", "index", "condition"),
    [
        (Search(steps=["2"]), "workflow_id_at_step", "step = ANY"),
        (Search(kinds=["failed"]), "workflow_id_at_idx", "workflow_id ="),
        (Search(since=NOW, until=NOW), "workflow_id_at_step", "at >="),
    ],
)
async def test_a_search_reads_no_more_of_the_journal_than_it_must(
    story: Story, flow: Workflow, search: Search, index: str, condition: str
) -> None:
    queries = load("penstock.engine", "history.sql")
    name = "of_steps" if search.steps else "of_troubles" if search.kinds else "of_workflow"
    known = {"workflow_id": flow.id, "at": search.until or NOW, "limit": 9}
    last = {"enrollment_id": 2**62, "visit": 9, "kind": "finished", "record_id": 2**62}
    async with story.house.database.unit() as conn:
        await conn.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor = await conn.execute(
            f"EXPLAIN {queries.sql(name)}", {**search.parameters, **known, **last}
        )
        plan = "\n".join(row[0] for row in await cursor.fetchall())
    used = [line for line in plan.splitlines() if "journal_2026_03" in line or "Index Cond" in line]
    assert any(index in line for line in used), plan
    assert any(condition in line for line in used if "Index Cond" in line), plan


async def test_a_record_s_history_is_found_likewise(story: Story, flow: Workflow) -> None:
    (ada,) = await story.query("SELECT record_id AS id FROM enrollments")
    async with story.house.database.unit() as conn:
        found = await history.of_record(conn, ada.id, Search(steps=["2"]), workflow_id=flow.id)
        other = await history.of_record(conn, ada.id, workflow_id=flow.id + 64)
        late = await history.of_record(conn, ada.id, Search(since=NOW + timedelta(minutes=61)))
    assert [entry.kind for entry in found] == ["waiting", "succeeded"]
    assert other == []
    assert [entry.kind for entry in late] == ["succeeded", "succeeded", "finished"]


async def test_every_kind_of_entry_has_its_words_and_is_known_to_the_database(
    story: Story,
) -> None:
    (known,) = await story.query("SELECT enum_range(NULL::journal_kind)::text[] AS kinds")
    assert known.kinds == list(KINDS)
    assert TOLD.keys() == set(KINDS)
    assert set(ENDS) == set(State) - {State.ACTIVE}


def entry(kind: Kind, **detail: str) -> Entry:
    return Entry(NOW, 64, 65, "Leads", 66, 1, "1", kind, dict(detail))


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (entry("enrolled", by="workflow:128"), "Enrolled by the workflow 128"),
        (entry("enrolled", by="cli:ada"), "Enrolled by ada at the command line"),
        (entry("enrolled", by="existing"), "Enrolled, since it met the conditions already"),
        (
            entry("refused", by="workflow:128", reason="already_active"),
            "Not enrolled, though the workflow 128 asked: it is in the workflow already",
        ),
        (entry("unenrolled", by="key:3", reason="manual"), "Unenrolled by the API key 3"),
        (entry("unenrolled", reason="record_deleted"), "Unenrolled: the record was deleted"),
        (entry("waiting", until="2026-03-02T10:00+01:00"), "Waits until 2026-03-02 09:00:00 UTC"),
        (entry("waiting"), "Waits"),
        (
            entry("delivered", part="ada@example.test", reason="counted_as_sent"),
            "Somebody decided that what went to ada@example.test was sent",
        ),
    ],
)  # fmt: skip
def test_entries_are_told_in_words(told: Entry, said: str) -> None:
    assert str(told.text()) == said
    assert told.cursor.startswith("2026-03-02T")
