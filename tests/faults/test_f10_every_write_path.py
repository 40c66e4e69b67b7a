"""F10: whoever writes, and however, the same triggers fire."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from penstock.imports import running as imports
from penstock.imports import store as imported
from penstock.imports.model import Wish
from penstock.kernel.clock import VirtualClock
from penstock.lists import members
from penstock.lists import store as lists
from penstock.lists.model import Draft, List
from penstock.records import merging
from penstock.workflows.store import Workflow
from tests.api.conftest import running
from tests.conftest import NOW
from tests.story import Story, all_of, any_of, equals, set_property, when

OSLO = all_of(equals("city", "Oslo"))
CONTACTS = "/crm/v3/objects/contacts"

Way = Callable[["Ways"], Awaitable[int]]


class Ways:
    """All the ways in which a contact comes to Oslo; each returns the contact's id."""

    def __init__(self, story: Story, wire: httpx.AsyncClient, name: str) -> None:
        self.story, self.wire = story, wire
        self.email = f"{name}@example.test"

    async def _ask(self, method: str, path: str, body: Any) -> Any:
        answer = await self.wire.request(method, path, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    async def _in_rome(self) -> int:
        id = await self.story.contact(email=self.email, city="Rome")
        await self.story.rest()
        return id

    async def api_create(self) -> int:
        made = await self._ask(
            "POST", CONTACTS, {"properties": {"email": self.email, "city": "Oslo"}}
        )
        return int(made["id"])

    async def api_update(self) -> int:
        id = await self._in_rome()
        await self._ask("PATCH", f"{CONTACTS}/{id}", {"properties": {"city": "Oslo"}})
        return id

    async def batch_create(self) -> int:
        body = {"inputs": [{"properties": {"email": self.email, "city": "Oslo"}}]}
        made = await self._ask("POST", f"{CONTACTS}/batch/create", body)
        return int(made["results"][0]["id"])

    async def batch_update(self) -> int:
        id = await self._in_rome()
        body = {"inputs": [{"id": str(id), "properties": {"city": "Oslo"}}]}
        await self._ask("POST", f"{CONTACTS}/batch/update", body)
        return id

    async def upsert_of_one_who_is_there(self) -> int:
        id = await self._in_rome()
        assert await self._upsert() == id
        return id

    async def upsert_of_a_new_one(self) -> int:
        return await self._upsert()

    async def _upsert(self) -> int:
        one = {"id": self.email, "idProperty": "email", "properties": {"city": "Oslo"}}
        made = await self._ask("POST", f"{CONTACTS}/batch/upsert", {"inputs": [one]})
        return int(made["results"][0]["id"])

    async def import_of_a_new_one(self) -> int:
        return await self._import()

    async def import_of_one_who_is_there(self) -> int:
        id = await self._in_rome()
        assert await self._import() == id
        return id

    async def _import(self) -> int:
        house = self.story.house

        async def blocks():
            yield f"email,city\n{self.email},Oslo\n".encode()

        schema = await house.schema()
        async with house.database.unit() as conn:
            wish = Wish(object_type="contacts", key="email")
            begun = await imported.begin(
                conn, schema, wish, blocks(), started_by="test", now=self.story.now
            )
        ended = await imports.run(house.database, house.schemas, self.story.clock, begun.id)
        assert ended.state == "finished"
        (row,) = await self.story.query(
            "SELECT id FROM records WHERE properties ->> 'email' = %s", self.email
        )
        return int(row.id)

    async def workflow_action(self) -> int:
        id = await self._in_rome()
        leads = all_of(any_of("lifecyclestage", "lead"))
        flow = await self.story.workflow(when(leads), [set_property("1", "city", "Oslo")])
        await self.story.turn_on(flow)
        await self.story.update("contacts", id, lifecyclestage="lead")
        return id

    async def merge(self) -> int:
        other = await self.story.contact(city="Oslo")
        id = await self.story.contact(email=self.email)
        schema = await self.story.house.schema()
        async with self.story.house.database.unit() as conn:
            contacts = schema.type("contacts")
            await merging.merge(conn, schema, contacts, id, other, self.story.write)
        return id


WRITES = [
    Ways.api_create,
    Ways.api_update,
    Ways.batch_create,
    Ways.batch_update,
    Ways.upsert_of_one_who_is_there,
    Ways.upsert_of_a_new_one,
    Ways.import_of_a_new_one,
    Ways.import_of_one_who_is_there,
    Ways.workflow_action,
    Ways.merge,
]


async def a_list(story: Story, name: str, document: Any = None) -> List:
    schema = await story.house.schema()
    kind = "MANUAL" if document is None else "DYNAMIC"
    async with story.house.database.unit() as conn:
        return await lists.create(
            conn, schema, Draft(name, "0-1", kind, document), "story", story.now
        )


def member_of(of: List) -> dict[str, Any]:
    return all_of({"filterType": "IN_LIST", "operator": "IN_LIST", "listId": str(of.id)})


async def listening(story: Story) -> dict[str, Workflow]:
    """A workflow that is on for each kind of trigger that a contact in Oslo fires."""
    guests = await a_list(story, "Guests", OSLO)
    await story.rest()
    moved = {
        "filterBranchType": "UNIFIED_EVENTS",
        "filterBranchOperator": "AND",
        "eventTypeId": "4-655002",
        "operator": "HAS_COMPLETED",
        "filterBranches": [],
        "filters": [equals("hs_name", "city"), equals("hs_value", "Oslo")],
    }
    event = {"type": "EVENT_BASED", "shouldReEnroll": False, "eventFilterBranches": [moved],
             "listMembershipFilterBranches": []}  # fmt: skip
    note = [set_property("1", "hs_lead_status", "NEW")]
    flows = {
        "filter": await story.workflow(when(OSLO), note),
        "event": await story.workflow(event, note),
        "list": await story.workflow(when(member_of(guests)), note),
    }
    for flow in flows.values():
        await story.turn_on(flow)
    return flows


async def test_the_same_triggers_fire(story: Story, url: str) -> None:
    flows = await listening(story)
    came: dict[str, int] = {}
    with running(url, clock=VirtualClock(NOW)) as service:
        async with service.wire() as wire:
            for way in WRITES:
                came[way.__name__] = await way(Ways(story, wire, way.__name__))
    await story.rest()
    fired = {
        way: {name: (await story.kinds(flow, id)).count("enrolled") for name, flow in flows.items()}
        for way, id in came.items()
    }
    assert fired == {way: {"filter": 1, "event": 1, "list": 1} for way in came}
    assert await story.verify() == []


async def test_members_of_a_list_by_every_way(story: Story, url: str) -> None:
    guests, others = await a_list(story, "By hand"), await a_list(story, "Others")
    flow = await story.workflow(
        when(member_of(guests)), [set_property("1", "hs_lead_status", "NEW")]
    )
    await story.turn_on(flow)
    ada, bo, cy, di = await story.create("contacts", {}, {}, {}, {})
    async with story.house.database.unit() as conn:
        await members.add(conn, guests.id, [ada], story.write)
        await members.add(conn, others.id, [cy], story.write)
    with running(url, clock=VirtualClock(NOW)) as service:
        async with service.wire() as wire:
            place = f"/crm/v3/lists/{guests.id}/memberships"
            for path, body in (
                (f"{place}/add", [str(bo)]),
                (f"{place}/add-from/{others.id}", None),
                (f"{place}/add-and-remove",
                 {"recordIdsToAdd": [str(di)], "recordIdsToRemove": []}),
            ):  # fmt: skip
                answer = await wire.put(path, json=body)
                assert answer.is_success, answer.text
    await story.rest()
    for id in (ada, bo, cy, di):
        assert await story.kinds(flow, id) == ["enrolled", "succeeded", "finished"], id
