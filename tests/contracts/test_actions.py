"""What every action keeps, whatever it does: one suite over all entries of the catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from penstock.actions.base import ACTIONS, Action, Departures, Place
from penstock.engine.automation import Automations
from penstock.engine.batch import EngineBatch
from penstock.engine.effects import Effects
from penstock.engine.journal import Journal
from penstock.engine.plans import Plans
from penstock.engine.turn import Allowance, Turn
from penstock.engine.walkers import Walker
from penstock.kernel.clock import VirtualClock
from penstock.kernel.db import Connection
from penstock.lists import store as lists
from penstock.lists.model import Draft
from penstock.records import owners, store
from tests.conftest import NOW, House
from tests.story import Story, all_of, any_of, delay, equals, when

LEADS = all_of(any_of("lifecyclestage", "lead"))
CITY = {"type": "OBJECT_PROPERTY", "propertyName": "city"}
GREETING = "Hello {{ enrolled_object.firstname }}"
HAPPENED = {
    "filterBranchType": "UNIFIED_EVENTS",
    "filterBranchOperator": "AND",
    "eventTypeId": "4-1639801",
    "operator": "HAS_COMPLETED",
    "filters": [],
    "filterBranches": [],
}

EXAMPLES: dict[str, dict[str, Any]] = {
    "0-1": {"delta": "90", "time_unit": "MINUTES"},
    "0-3": {"subject": GREETING, "task_type": "CALL"},
    "0-4": {"content_id": "{email}"},
    "0-5": {"property_name": "jobtitle", "value": CITY},
    "0-8": {"user_ids": ["{user}"], "subject": GREETING, "body": f"<p>{GREETING}</p>"},
    "0-9": {"user_ids": ["{user}"], "subject": GREETING},
    "0-11": {"user_ids": ["{user}"], "target_property": "hubspot_owner_id"},
    "0-13": {"list_id": "{list}", "operation": "ADD"},
    "0-14": {
        "object_type_id": "0-1",
        "properties": [{"targetProperty": "firstname", "value": CITY}],
    },
    "0-15": {"flow_id": "{workflow}"},
    "0-23": {"email_content_id": "{email}", "recipient_emails": ["boss@example.test"]},
    "0-25": {"source_property": "city", "target_property": "jobtitle"},
    "0-28": {"delay": {"daysOfWeek": ["FRIDAY"], "timeOfDay": {"hour": 9}}},
    "0-29": {"event_filter_branches": [HAPPENED], "expiration_minutes": "60"},
    "0-31": {"targetContact": "{{ enrolled_object }}", "marketableType": "MARKETABLE"},
    "0-33": {"template": "{{ enrolled_object.firstname|upper }}"},
    "0-35": {"date": {"type": "OBJECT_PROPERTY", "propertyName": "closedate"}, "delta": "1"},
    "0-63189541": {
        "toObjectType": "0-1",
        "enrolledObjectPropertyNameToMatch": "0-1/city",
        "associatedObjectPropertyNameToMatch": "0-1/city",
    },
    "0-61139484": {"associationTypeId": "1"},
    "0-61139476": {"associationTypeId": "1"},
    "0-18224765": {},
    "0-43347357": {"optState": "OPT_OUT", "subscriptionId": "1"},
    "0-63809083": {"listId": "{list}"},
    "0-63863438": {"listId": "{list}"},
    "0-169425243": {"note_body": GREETING},
    "0-261589386": {"property_name": "num_notes", "amount": "2"},
    "penstock-clear-property": {"property_name": "city"},
    "penstock-unenroll": {"which": "OTHERS"},
    "LIST_BRANCH": {"listBranches": [{"filterBranch": all_of(equals("city", "Lund"))}]},
    "STATIC_BRANCH": {"inputValue": CITY, "staticBranches": [{"branchValue": "Lund"}]},
    "WEBHOOK": {"method": "POST", "webhookUrl": "https://hook.test/", "queryParams": []},
    "AB_TEST_BRANCH": {"testBranches": [{"percentage": 50}, {"percentage": 50}]},
}
"""For each action settings that work. What stands in braces alone is made for the test."""

ENTRIES = sorted(ACTIONS)


def example(type_id: str, made: Mapping[str, str] | None = None) -> Action:
    """The action with its example's settings, the names of what was made filled in."""

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: filled(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [filled(inner) for inner in value]
        known = made or dict.fromkeys(("email", "user", "list", "workflow"), "7")
        return known.get(value[1:-1], value) if isinstance(value, str) and value else value

    return ACTIONS[type_id].model_validate(filled(EXAMPLES[type_id]))


def test_every_action_has_an_example_here() -> None:
    assert sorted(EXAMPLES) == ENTRIES


@pytest.mark.parametrize("type_id", ENTRIES)
def test_its_schema_renders_as_a_form(type_id: str) -> None:
    entry = ACTIONS[type_id]
    assert entry.label
    assert entry.icon
    assert entry.category
    assert entry.__doc__
    for name, setting in entry.model_fields.items():
        hints = setting.json_schema_extra
        assert setting.title, f"{name} has no label"
        assert isinstance(hints, dict), f"{name} has no widget"
        assert hints["widget"], f"{name} has no widget"
    schema = entry.model_json_schema(by_alias=True)
    assert schema["type"] == "object"


@pytest.mark.parametrize("type_id", ENTRIES)
def test_its_sentence_is_said_in_both_languages(type_id: str) -> None:
    action = example(type_id)
    for language in ("en", "sv"):
        said = action.sentence().render(language)
        assert said
        assert "{" not in said.replace(GREETING, "")


@pytest.mark.parametrize("type_id", ENTRIES)
def test_what_it_does_not_know_is_kept(type_id: str) -> None:
    known = example(type_id).model_dump(by_alias=True)
    again = ACTIONS[type_id].model_validate({**known, "unheard_of": [1, {"of": "it"}]})
    assert again.model_dump(by_alias=True) == {**known, "unheard_of": [1, {"of": "it"}]}


@dataclass
class Stage:
    """A turn in the hands of a test, with contacts of one bucket at a step."""

    story: Story
    made: Mapping[str, str]
    workflow: int
    records: list[int]

    async def batch(self, conn: Connection, records: list[int]) -> EngineBatch:
        schema = await self.story.house.schemas.current(conn)
        automation = await Automations().current(conn, 1, schema)
        bucket = self.records[0] & 63
        turn = Turn(conn, bucket, NOW, schema, automation, Journal(), Effects(), PORTION)
        plans = await Plans(schema).need(conn, [(self.workflow, None)])
        walkers = [self._walker(record) for record in records]
        return EngineBatch(turn, plans[self.workflow, None], "1", ZoneInfo("UTC"), walkers)

    def _walker(self, record: int) -> Walker:
        return Walker(
            id=record + 64 * 10**6,
            workflow_id=self.workflow,
            record_id=record,
            passage=1,
            revision=None,
            step="1",
            visit=1,
            waiting=False,
            entered_at=NOW,
            lane=0,
            depth=0,
        )


@pytest.fixture
async def stage(house: House) -> Stage:
    story = Story(house, VirtualClock(NOW))
    email = await story.email(subject=GREETING, html="<p>Welcome</p>")
    flow = await story.workflow(when(LEADS), [delay("1", 60)])
    other = await story.workflow({"type": "MANUAL", "shouldReEnroll": False}, [delay("1", 60)])
    for each in (flow, other):
        await story.turn_on(each)
    async with house.database.unit() as conn:
        (owner,) = await owners.create(
            conn, [owners.OwnerDraft("ann@penstock.example")], story.write
        )
        assert isinstance(owner, owners.Owner)
        schema = await house.schemas.current(conn)
        guests = await lists.create(conn, schema, Draft("G", "0-1", "MANUAL"), "story", story.now)
    people = [
        store.Draft(
            {"firstname": "Ada", "city": "Lund", "email": f"ada{n}@example.test", "closedate": day},
            bucket=7,
        )
        for n, day in enumerate(["2026-03-05", "2026-02-01", ""])
    ]
    async with house.database.unit() as conn:
        contacts = await store.create(conn, schema, schema.types["0-1"], people, story.write)
    ids = [store.one([contact]).id for contact in contacts]
    await story.rest()
    await story.query("SELECT setval('ids', %s)", NEW)
    made = {
        "email": email,
        "user": str(owner.user_id),
        "list": str(guests.id),
        "workflow": str(other.id),
    }
    return Stage(story, made, flow.id, ids)


WRITTEN = (
    "records", "property_history", "associations", "list_members", "subscriptions", "events",
    "changes", "effects", "notifications", "rotations", "rotation_numbers", "waits", "timers",
)  # fmt: skip
COUNTED = {"id", "event", "uuid", "hs_object_id"}
"""What is counted anew in every run."""

PORTION = Allowance.of_each(1000)
NEW = 1_000_000
"""Records and lists of the stage have lower ids than what its steps make."""


async def written(conn: Connection, batch: EngineBatch) -> dict[str, Any]:
    """All that there is now, and all that the batch wants to leave; new ids are all alike."""
    found: dict[str, Any] = {"queued": sorted(zip(*vars(batch.effects).values(), strict=True))}
    for table in WRITTEN:
        cursor = await conn.execute(f"SELECT * FROM {table}")  # type: ignore[arg-type]
        rows = [row._asdict() for row in await cursor.fetchall()]
        found[table] = sorted(repr(_alike(row)) for row in rows)
    return found


def _alike(value: Any) -> Any:
    """Without what differs between runs: new ids are all alike."""
    if isinstance(value, dict):
        return {key: _alike(inner) for key, inner in value.items() if key not in COUNTED}
    return NEW if isinstance(value, int) and value > NEW else value


def gone(departures: Departures) -> dict[str, Any]:
    """Where everybody went, and what is noted of it."""
    said = dict(vars(departures))
    said["outputs"] = {id: _alike(outputs) for id, outputs in departures.outputs.items()}
    said["failures"] = [(member, str(reason)) for member, reason in departures.failures]
    said["skips"] = [(member, str(reason)) for member, reason in departures.skips]
    return said


def everybody(departures: Departures) -> list[int]:
    """The enrollments that it says something of: each once, or somebody is lost or doubled."""
    members = [member for leaving in departures.exits.values() for member in leaving]
    members += [member for ending in departures.ends.values() for member in ending]
    for pairs in (departures.failures, departures.skips):
        members += [member for member, _ in pairs]
    members += [member for _, member in departures.waits]
    members += getattr(departures, "held", [])
    return sorted(member.enrollment_id for member in members)


@pytest.mark.parametrize("type_id", ENTRIES)
async def test_it_says_where_everybody_went_and_replayed_it_does_the_same(
    stage: Stage, type_id: str
) -> None:
    action = example(type_id, stage.made)
    outcomes = []
    for _ in range(2):
        async with stage.story.house.database.unit() as conn:
            batch = await stage.batch(conn, stage.records)
            departures = await action.run(batch)
            assert everybody(departures) == sorted(m.enrollment_id for m in batch.members)
            outcomes.append({**gone(departures), **await written(conn, batch)})
            await conn.rollback()
    for name, outcome in outcomes[0].items():
        assert outcome == outcomes[1][name], name


@pytest.mark.parametrize("type_id", ENTRIES)
async def test_nobody_is_a_group_too_and_right_settings_are_no_problem(
    stage: Stage, type_id: str
) -> None:
    action = example(type_id, stage.made)
    async with stage.story.house.database.unit() as conn:
        batch = await stage.batch(conn, [])
        before = await written(conn, batch)
        assert everybody(await action.run(batch)) == []
        assert await written(conn, batch) == before
        emails = frozenset({stage.made["email"]})
        where = "$.actions[0].fields"
        place = Place(batch.schema, batch.type, where, emails, last=True)
        assert action.problems(place) == []
