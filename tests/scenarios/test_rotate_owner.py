"""Records are given to owners in rotation."""

from collections import Counter
from typing import Any

import pytest
from psycopg.errors import SerializationFailure

from penstock.records import owners, teams
from penstock.records.owners import Owner, OwnerDraft
from tests.story import Story, all_of, any_of, set_property, step, when

LEADS = all_of(any_of("lifecyclestage", "lead"))


async def some_owners(story: Story, *names: str) -> list[Owner]:
    drafts = [OwnerDraft(f"{name}@penstock.example", name) for name in names]
    async with story.house.database.unit() as conn:
        made = await owners.create(conn, drafts, story.write)
    return [owner for owner in made if isinstance(owner, Owner)]


def rotate(id: str, people: list[Owner], **fields: Any) -> dict[str, Any]:
    users = [str(owner.user_id) for owner in people]
    given = {"user_ids": users, "target_property": "hubspot_owner_id", **fields}
    return step(id, "0-11", {"overwrite_current_owner": "false", **given})


async def owned(story: Story, ids: list[int]) -> Counter[str]:
    rows = await story.query(
        "SELECT properties ->> 'hubspot_owner_id' AS owner FROM records WHERE id = ANY(%s)", ids
    )
    return Counter(row.owner for row in rows)


async def test_everybody_gets_equally_many_over_all_buckets(story: Story) -> None:
    people = await some_owners(story, "ann", "ben", "cid")
    flow = await story.workflow(when(LEADS), [rotate("1", people)])
    await story.turn_on(flow)
    ids: list[int] = []
    for count in (1, 4, 1, 60, 3, 31):
        ids += await story.create("contacts", *([{"lifecyclestage": "lead"}] * count))
        await story.rest()
        given = await owned(story, ids)
        assert max(given.values()) - min(given[str(owner.id)] for owner in people) <= 1
    assert sum((await owned(story, ids)).values()) == 100
    assert await story.query("SELECT * FROM rotation_numbers") == []
    assert await story.verify() == []


async def test_who_has_an_owner_keeps_it_unless_it_may_be_overwritten(story: Story) -> None:
    ann, ben = await some_owners(story, "ann", "ben")
    keeping = await story.workflow(when(LEADS), [rotate("1", [ben])])
    await story.turn_on(keeping)
    ada = await story.contact(lifecyclestage="lead", hubspot_owner_id=str(ann.id))
    await story.rest()
    assert await story.told(keeping, ada) == [
        "Enrolled", "Skipped: it has an owner already", "Finished the workflow",
    ]  # fmt: skip
    assert await owned(story, [ada]) == {str(ann.id): 1}
    taking = await story.workflow(
        when(all_of(any_of("hs_lead_status", "NEW"))),
        [rotate("1", [ben], overwrite_current_owner="true")],
    )
    await story.turn_on(taking)
    await story.update("contacts", ada, hs_lead_status="NEW")
    await story.rest()
    assert "Given to ben@penstock.example" in await story.told(taking, ada)
    assert await owned(story, [ada]) == {str(ben.id): 1}
    async with story.house.database.unit() as conn:
        counts = await _steps(conn, keeping.id)
    assert counts["1"] == {"skipped": 1}


async def _steps(conn: Any, workflow: int) -> dict[str, dict[str, int]]:
    from penstock.engine import history

    return (await history.counts(conn, [workflow]))[workflow].steps


async def test_a_team_means_its_members_of_that_moment(story: Story) -> None:
    ann, ben = await some_owners(story, "ann", "ben")
    async with story.house.database.unit() as conn:
        team = await teams.create_one(conn, "Sales", story.now, members=[ann.id])
    fields = {"team_ids": [str(team.id)], "overwrite_current_owner": "true"}
    flow = await story.workflow(when(LEADS), [step("1", "0-11", fields)])
    await story.turn_on(flow)
    (ada,) = await story.create("contacts", {"lifecyclestage": "lead"})
    await story.rest()
    assert await owned(story, [ada]) == {str(ann.id): 1}
    async with story.house.database.unit() as conn:
        await teams.update_one(conn, team.id, members=[ben.id])
    (bo,) = await story.create("contacts", {"lifecyclestage": "lead"})
    await story.rest()
    assert await owned(story, [bo]) == {str(ben.id): 1}


async def test_without_anybody_to_rotate_to_the_step_fails(story: Story) -> None:
    flow = await story.workflow(
        when(LEADS), [step("1", "0-11", {"user_ids": ["1"]}), set_property("2", "city", "Lund")]
    )
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    assert "Failed: there is nobody to rotate to" in await story.told(flow, ada)
    assert (await story.record("contacts", ada)).properties["city"] == "Lund"


async def test_a_turn_that_is_rolled_back_gives_the_same_numbers_again(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = await some_owners(story, "ann", "ben")
    flow = await story.workflow(when(LEADS), [rotate("1", people)])
    await story.turn_on(flow)
    ids = await story.create("contacts", *([{"lifecyclestage": "lead"}] * 7))

    from penstock.engine import walkers

    written = walkers.write

    async def fails(*given: Any) -> None:
        raise SerializationFailure

    monkeypatch.setattr(walkers, "write", fails)
    for bucket in {id & 63 for id in ids}:
        with pytest.raises(SerializationFailure):
            await story.worker.turn_one(bucket)
    claimed = await story.query("SELECT record_id, number FROM rotation_numbers ORDER BY number")
    assert [row.number for row in claimed] == list(range(7))
    monkeypatch.setattr(walkers, "write", written)
    await story.rest()
    assert sorted((await owned(story, ids)).values()) == [3, 4]
    (row,) = await story.query("SELECT given FROM rotations")
    assert row.given == 7
    assert await story.query("SELECT * FROM rotation_numbers") == []
