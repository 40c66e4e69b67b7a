"""Pipelines and their stages."""

import pytest

from penstock.records import store
from penstock.records.definitions import object_types, pipeline_rows, pipelines, stages
from penstock.records.definitions.drafts import ObjectTypeDraft
from penstock.records.definitions.pipeline_rows import PipelineDefinition
from penstock.records.definitions.pipelines import PipelineDraft
from penstock.records.definitions.stage_shape import StageDraft
from penstock.records.errors import (
    DefinitionExists,
    DefinitionFixed,
    DefinitionInvalid,
    DefinitionNotFound,
    PipelineInUse,
    StageInUse,
)
from penstock.records.reading import Record
from tests.conftest import NOW, House

LATER = NOW.replace(hour=12)


def stage(label: str, order: int = 0, **metadata: str) -> StageDraft:
    return StageDraft(label, order, metadata or {"probability": "0.5"})


NEW = PipelineDraft(
    "Renewals",
    1,
    (stage("Open"), stage("Won", 1, probability="1.0"), stage("Lost", 2, probability="0.0")),
)


async def make(house: House, draft: PipelineDraft = NEW, word: str = "deals") -> PipelineDefinition:
    async with house.database.unit() as conn:
        return await pipelines.create_one(conn, word, draft, NOW)


async def deal(house: House, word: str = "deals", **values) -> Record:
    schema = await house.schema()
    async with house.database.unit() as conn:
        return store.one(
            await store.create(conn, schema, schema.type(word), [store.Draft(values)], house.write)
        )


def labels(pipeline: PipelineDefinition) -> list[str]:
    return [stage.noun.label for stage in pipeline.stages]


async def test_records_stand_in_a_new_pipeline(house: House) -> None:
    made = await make(house)
    assert labels(made) == ["Open", "Won", "Lost"]
    assert made.created_at == NOW
    won = made.stages[1].noun
    assert won.metadata == {"probability": "1.0", "isClosed": "true"}
    record = await deal(house, dealname="d", pipeline=made.noun.id, dealstage=won.id)
    assert record.properties["hs_is_closed_won"] is True
    first = await deal(house, dealname="d", pipeline=made.noun.id)
    assert first.properties["dealstage"] == made.stages[0].noun.id


async def test_ids_may_be_given_and_are_taken_then(house: House) -> None:
    draft = PipelineDraft("A", 0, (StageDraft("S", 0, {"probability": "0.1"}, id="s"),), id="a")
    made = await make(house, draft)
    assert (made.noun.id, made.stages[0].noun.id) == ("a", "s")
    with pytest.raises(DefinitionExists, match="pipeline"):
        await make(house, PipelineDraft("B", 0, (), id="a"))
    with pytest.raises(DefinitionExists, match="stage"):
        await make(house, PipelineDraft("B", 0, draft.stages, id="b"))


@pytest.mark.parametrize(
    ("draft", "places"),
    [
        (PipelineDraft(" ", 0), ["label"]),
        (PipelineDraft("A", 0, (StageDraft("S", 0),)), ["stages[0].metadata.probability"]),
        (
            PipelineDraft("A", 0, (stage("S", probability="1.5"),)),
            ["stages[0].metadata.probability"],
        ),
        (PipelineDraft("A", 0, (stage("S", probability="x"),)), ["stages[0].metadata.probability"]),
        (PipelineDraft("A", 0, (stage("S"), stage("s"))), ["stages"]),
        (
            PipelineDraft("A", 0, (stage("", probability="0", isClosed="maybe"),)),
            ["stages[0].label", "stages[0].metadata.isClosed"],
        ),
    ],
)
async def test_a_wrong_pipeline_is_refused(
    house: House, draft: PipelineDraft, places: list[str]
) -> None:
    with pytest.raises(DefinitionInvalid) as caught:
        await make(house, draft)
    assert [problem.where for problem in caught.value.problems] == places


@pytest.mark.parametrize(
    ("given", "kept", "closed"),
    [
        ("1", "1.0", "true"),
        ("0.250", "0.25", "false"),
        ("0", "0.0", "true"),
        ("1e-1", "0.1", "false"),
        ("1e-9999", "0.0", "true"),
    ],
)
async def test_a_probability_is_written_in_one_way(
    house: House, given: str, kept: str, closed: str
) -> None:
    made = await make(house, PipelineDraft("A", 0, (stage("S", probability=given),)))
    assert made.stages[0].noun.metadata == {"probability": kept, "isClosed": closed}


async def test_a_ticket_stage_is_open_or_closed(house: House) -> None:
    draft = PipelineDraft("A", 5, (StageDraft("S", 0), stage("T", 1, ticketState="CLOSED")))
    made = await make(house, draft, "tickets")
    assert [stage.noun.metadata for stage in made.stages] == [
        {"ticketState": "OPEN", "isClosed": "false"},
        {"ticketState": "CLOSED", "isClosed": "true"},
    ]
    with pytest.raises(DefinitionInvalid, match="not valid"):
        await make(house, PipelineDraft("B", 0, (stage("S", ticketState="HALF"),)), "tickets")


async def test_two_pipelines_do_not_have_one_label(house: House) -> None:
    with pytest.raises(DefinitionExists):
        await make(house, PipelineDraft("sales PIPELINE", 0))


async def test_contacts_have_no_pipelines(house: House) -> None:
    with pytest.raises(DefinitionInvalid, match="Contacts have no pipelines"):
        await make(house, word="contacts")


async def test_the_first_pipeline_of_a_custom_type_gives_its_records_stages(
    house: House,
) -> None:
    async with house.database.unit() as conn:
        await object_types.create_one(conn, ObjectTypeDraft("car", "Car", "Cars"), NOW)
    before = await deal(house, "car")
    made = await make(house, PipelineDraft("Road", 0, (StageDraft("New", 0),)), "car")
    second = await make(house, PipelineDraft("Track", 1, (StageDraft("New", 0),)), "car")
    after = await deal(house, "car")
    assert before.properties == {}
    assert after.properties["hs_pipeline"] == made.noun.id
    assert after.properties["hs_pipeline_stage"] == made.stages[0].noun.id
    assert after.properties["hs_v2_date_entered_current_stage"] == "2026-03-02T10:00:00.000Z"
    assert (await house.schema()).type("car").pipelines.keys() == {made.noun.id, second.noun.id}


async def test_replacing_keeps_the_stages_of_the_same_label(house: House) -> None:
    made = await make(house)
    opened, _, lost = (entry.noun for entry in made.stages)
    draft = PipelineDraft(
        "Renewed",
        9,
        (
            stage("Fresh"),
            StageDraft("open", 1, {"probability": "0.3"}),
            StageDraft("Gone", 2, {"probability": "0"}, id=lost.id),
        ),
    )
    async with house.database.unit() as conn:
        after = await pipelines.replace_one(conn, "deals", made.noun.id, draft, LATER)
    assert (after.noun.label, after.noun.display_order) == ("Renewed", 9)
    assert labels(after) == ["Fresh", "open", "Gone"]
    assert [entry.noun.id for entry in after.stages[1:]] == [opened.id, lost.id]
    assert after.stages[1].noun.metadata["probability"] == "0.3"
    assert (after.created_at, after.updated_at) == (NOW, LATER)


async def test_replacing_drops_a_stage_in_use_only_when_nobody_asks(house: House) -> None:
    made = await make(house)
    won = made.stages[1].noun
    record = await deal(house, dealname="d", pipeline=made.noun.id, dealstage=won.id)
    draft = PipelineDraft("Renewals", 1, (stage("Open"),))
    async with house.database.unit() as conn:
        with pytest.raises(StageInUse, match=str(record.id)) as caught:
            await pipelines.replace_one(conn, "deals", made.noun.id, draft, LATER, validate=True)
        assert caught.value.context == {"stageId": [won.id], "objectIds": [str(record.id)]}
    async with house.database.unit() as conn:
        after = await pipelines.replace_one(conn, "deals", made.noun.id, draft, LATER)
    assert labels(after) == ["Open"]


async def test_a_pipeline_is_renamed_archived_and_restored(house: House) -> None:
    made = await make(house)
    id = made.noun.id
    async with house.database.unit() as conn:
        changed = await pipelines.update_one(conn, "deals", id, {"label": "Old"}, LATER)
        assert (changed.noun.label, labels(changed)) == ("Old", labels(made))
        await pipelines.archive_one(conn, "deals", id, LATER)
    type = (await house.schema()).type("deals")
    assert id not in type.pipelines
    async with house.database.unit() as conn:
        assert [entry.noun.id for entry in await pipeline_rows.read(conn, type)] == ["default"]
        archived = await pipeline_rows.read_one(conn, type, id, archived=True)
        assert archived.archived_at == LATER
        back = await pipelines.restore_one(conn, "deals", id, LATER)
    assert labels(back) == labels(made)
    async with house.database.unit() as conn:
        with pytest.raises(DefinitionNotFound):
            await pipelines.restore_one(conn, "deals", id, LATER)


async def test_a_pipeline_in_use_is_archived_only_when_nobody_asks(house: House) -> None:
    made = await make(house)
    await deal(house, dealname="d", pipeline=made.noun.id)
    async with house.database.unit() as conn:
        with pytest.raises(StageInUse):
            await pipelines.archive_one(conn, "deals", made.noun.id, LATER, validate=True)
        await pipelines.archive_one(conn, "deals", made.noun.id, LATER)


async def test_others_can_say_that_they_need_a_stage(house: House, monkeypatch) -> None:
    async def look(conn, schema, type, pipeline, stages):
        return [f"a workflow waits for {pipeline}"] if stages else []

    monkeypatch.setattr("penstock.records.definitions.uses.PIPELINE_LOOKS", [look])
    made = await make(house)
    async with house.database.unit() as conn:
        with pytest.raises(PipelineInUse, match=f"a workflow waits for {made.noun.id}"):
            await pipelines.archive_one(conn, "deals", made.noun.id, LATER, validate=True)


async def test_the_last_pipeline_of_a_built_in_type_stays(house: House) -> None:
    async with house.database.unit() as conn:
        with pytest.raises(DefinitionFixed, match="at least one"):
            await pipelines.archive_one(conn, "tickets", "0", LATER)


async def test_stages_are_made_changed_and_replaced_one_by_one(house: House) -> None:
    async with house.database.unit() as conn:
        made = await stages.create_one(conn, "deals", "default", stage("Extra", 9), NOW)
        changed = await stages.update_one(
            conn, "deals", "default", made.noun.id, {"metadata": {"probability": "1.0"}}, LATER
        )
        assert changed.noun.metadata == {"probability": "1.0", "isClosed": "true"}
        assert (changed.created_at, changed.updated_at) == (NOW, LATER)
        named = await stages.update_one(
            conn, "deals", "default", made.noun.id, {"label": "Other"}, LATER
        )
        assert named.noun.metadata == changed.noun.metadata
        replaced = await stages.replace_one(
            conn, "deals", "default", made.noun.id, stage("Third", 3), LATER
        )
    assert (replaced.noun.label, replaced.noun.display_order) == ("Third", 3)
    assert replaced.noun.metadata == {"probability": "0.5", "isClosed": "false"}


async def test_what_changes_nothing_does_not_count_as_a_change(house: House) -> None:
    async with house.database.unit() as conn:
        made = await stages.create_one(conn, "deals", "default", stage("Extra", 9), NOW)
        same = await stages.replace_one(
            conn, "deals", "default", made.noun.id, stage("Extra", 9), LATER
        )
    assert same.updated_at == NOW


async def test_two_stages_of_a_pipeline_do_not_have_one_label(house: House) -> None:
    async with house.database.unit() as conn:
        with pytest.raises(DefinitionExists):
            await stages.create_one(conn, "deals", "default", stage("closed WON"), NOW)


async def test_a_stage_is_archived_when_no_record_stands_in_it(house: House) -> None:
    record = await deal(house, dealname="d", dealstage="contractsent")
    async with house.database.unit() as conn:
        with pytest.raises(StageInUse, match=str(record.id)):
            await stages.archive_one(conn, "deals", "default", "contractsent", LATER)
        await stages.archive_one(conn, "deals", "default", "qualifiedtobuy", LATER)
    pipeline = (await house.schema()).type("deals").pipelines["default"]
    assert "qualifiedtobuy" not in [entry.id for entry in pipeline.stages]
    async with house.database.unit() as conn:
        back = await stages.restore_one(conn, "deals", "default", "qualifiedtobuy", LATER)
    assert back.noun.label == "Qualified To Buy"


async def test_a_stage_of_another_pipeline_is_not_found(house: House) -> None:
    made = await make(house)
    async with house.database.unit() as conn:
        with pytest.raises(DefinitionNotFound):
            await stages.archive_one(conn, "deals", made.noun.id, "contractsent", LATER)
        with pytest.raises(DefinitionNotFound):
            await stages.create_one(conn, "deals", "nowhere", stage("x"), LATER)
