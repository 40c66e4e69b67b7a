"""What lists and workflows ask about cannot be deleted under them."""

import pytest

from penstock.bootstrap.wiring import wire
from penstock.kernel.clock import VirtualClock
from penstock.kernel.errors import PenstockError
from penstock.records.definitions import object_types, pipelines, properties, stages, uses
from penstock.records.definitions.drafts import ObjectTypeDraft
from penstock.records.definitions.pipelines import PipelineDraft
from penstock.records.definitions.stage_shape import StageDraft
from penstock.records.errors import PipelineInUse, PropertyInUse, TypeInUse
from penstock.records.model import Property
from tests.conftest import NOW, House
from tests.lists.shelf import Shelf, wanted
from tests.story import Story, any_of, associated, equals, set_property, when


@pytest.fixture
def shelf(house: House, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    for name in ("PROPERTY_LOOKS", "TYPE_LOOKS", "PIPELINE_LOOKS"):
        monkeypatch.setattr(uses, name, list(getattr(uses, name)))
    wire()
    return Shelf(Story(house, VirtualClock(NOW)))


async def define(shelf: Shelf, name: str, word: str = "contacts") -> None:
    draft = Property(name, label=name, type="string", field_type="text", hubspot_defined=False)
    async with shelf.story.house.database.unit() as conn:
        properties.one(await properties.create(conn, word, [draft], NOW))


async def drop(shelf: Shelf, name: str, word: str = "contacts") -> PenstockError | None:
    """Delete a property; the refusal, if there is one."""
    try:
        async with shelf.story.house.database.unit() as conn:
            assert await properties.archive(conn, word, [name], NOW) == [name]
    except PropertyInUse as error:
        return error
    return None


async def test_wiring_twice_asks_once(shelf: Shelf) -> None:
    before = len(uses.PROPERTY_LOOKS), len(uses.TYPE_LOOKS), len(uses.PIPELINE_LOOKS)
    wire()
    assert (len(uses.PROPERTY_LOOKS), len(uses.TYPE_LOOKS), len(uses.PIPELINE_LOOKS)) == before


async def test_a_property_that_a_list_asks_about_stays(shelf: Shelf) -> None:
    await define(shelf, "food")
    await define(shelf, "drink")
    eaters = await shelf.make("Eaters", "DYNAMIC", wanted(equals("food", "Plums")))
    error = await drop(shelf, "food")
    assert error is not None
    assert 'the list "Eaters" asks about it' in str(error)
    assert await drop(shelf, "drink") is None
    await shelf.change(eaters, wanted(equals("city", "Rome")))
    assert await drop(shelf, "food") is None


async def test_a_property_is_free_when_its_list_is_deleted_or_was_a_snapshot(
    shelf: Shelf,
) -> None:
    await define(shelf, "food")
    await shelf.make("Ate", "SNAPSHOT", wanted(equals("food", "Plums")))
    eaters = await shelf.make("Eaters", "DYNAMIC", wanted(equals("food", "Plums")))
    assert await drop(shelf, "food") is not None
    await shelf.delete(eaters)
    assert await drop(shelf, "food") is None


async def test_a_property_of_associated_records_stays_too(shelf: Shelf) -> None:
    await define(shelf, "food", "companies")
    await define(shelf, "food", "contacts")
    branch = associated("0-2", 279, equals("food", "Plums"))
    await shelf.make("Fed", "DYNAMIC", wanted(branches=[branch]))
    assert await drop(shelf, "food", "companies") is not None
    assert await drop(shelf, "food", "contacts") is None


async def test_a_property_that_a_workflow_asks_about_stays_while_it_is_on(shelf: Shelf) -> None:
    story = shelf.story
    await define(shelf, "food")
    flow = await story.workflow(
        when(wanted(equals("food", "Plums"))), [set_property("1", "city", "Rome")], name="Feed"
    )
    await story.turn_on(flow)
    error = await drop(shelf, "food")
    assert error is not None
    assert 'the workflow "Feed" asks about it' in str(error)


async def test_an_object_type_that_a_list_holds_stays(shelf: Shelf) -> None:
    prop = Property("plate", label="Plate", type="string", field_type="text")
    draft = ObjectTypeDraft("car", "Car", "Cars", properties=(prop,))
    async with shelf.story.house.database.unit() as conn:
        await object_types.create_one(conn, draft, NOW)
    held = await shelf.make("All cars", "MANUAL", type="car")
    async with shelf.story.house.database.unit() as conn:
        with pytest.raises(TypeInUse, match='the list "All cars"'):
            await object_types.archive_one(conn, "car", NOW)
    await shelf.delete(held)
    async with shelf.story.house.database.unit() as conn:
        await object_types.archive_one(conn, "car", NOW)
        await object_types.purge_one(conn, "car", NOW)


async def test_a_stage_that_a_list_asks_about_stays_and_so_does_its_pipeline(
    shelf: Shelf,
) -> None:
    database = shelf.story.house.database
    drafts = tuple(StageDraft(word, 0, {"probability": "0.5"}) for word in ("Open", "Asked"))
    async with database.unit() as conn:
        made = await pipelines.create_one(conn, "deals", PipelineDraft("New", 1, drafts), NOW)
    pipeline, (free, asked) = made.noun.id, (stage.noun.id for stage in made.stages)
    document = wanted(any_of("dealstage", asked))
    await shelf.make("Asked", "DYNAMIC", document, type="deals")
    async with database.unit() as conn:
        with pytest.raises(PipelineInUse, match='the list "Asked"'):
            await stages.archive_one(conn, "deals", pipeline, asked, NOW)
        with pytest.raises(PipelineInUse, match='the list "Asked"'):
            await pipelines.archive_one(conn, "deals", pipeline, NOW, validate=True)
        await stages.archive_one(conn, "deals", pipeline, free, NOW)


async def test_a_pipeline_that_a_list_asks_about_stays_but_not_each_of_its_stages(
    shelf: Shelf,
) -> None:
    database = shelf.story.house.database
    drafts = tuple(StageDraft(word, 0, {"probability": "0.5"}) for word in ("Open", "Won"))
    async with database.unit() as conn:
        made = await pipelines.create_one(conn, "deals", PipelineDraft("New", 1, drafts), NOW)
    document = wanted(any_of("pipeline", made.noun.id))
    await shelf.make("Asked", "DYNAMIC", document, type="deals")
    async with database.unit() as conn:
        await stages.archive_one(conn, "deals", made.noun.id, made.stages[0].noun.id, NOW)
        with pytest.raises(PipelineInUse, match='the list "Asked"'):
            await pipelines.archive_one(conn, "deals", made.noun.id, NOW, validate=True)
