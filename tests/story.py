"""A scenario harness: given records and a workflow, at these moments this happens, then that holds.

story = await tell(house)
ada = await story.contact(email="ada@example.test")
flow = await story.workflow(when(...), [set_property("lifecyclestage", "lead")])
await story.turn_on(flow)
await story.pass_time(days=3)
assert await story.kinds(flow, ada) == ["enrolled", "succeeded", "finished"]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from penstock.emails import store as emails
from penstock.emails.model import Content
from penstock.engine import history, requests
from penstock.engine.verify import verify
from penstock.engine.worker import Worker
from penstock.kernel.clock import VirtualClock
from penstock.records import associations, events, merging, store
from penstock.records.changes import Source, Write
from penstock.records.reading import Record, read
from penstock.workflows import store as workflows

if TYPE_CHECKING:
    from datetime import datetime

    from penstock.workflows.store import Workflow
    from tests.conftest import House

MOST_ROUNDS = 200
"""Rounds of turns after which a story that does not come to rest is in a loop."""


@dataclass
class Story:
    """A house under a virtual clock, with one worker that is turned by hand."""

    house: House
    clock: VirtualClock
    worker: Worker = field(init=False)

    def __post_init__(self) -> None:
        self.worker = Worker(self.house.database, self.clock)

    @property
    def write(self) -> Write:
        return Write(Source("API", "story"), self.clock.at(self.house.write.now))

    @property
    def now(self) -> datetime:
        return self.write.now

    async def create(self, object_type: str, *of_each: dict[str, Any]) -> list[int]:
        """Create records; returns their ids."""
        schema = await self.house.schema()
        drafts = [store.Draft(properties) for properties in of_each]
        async with self.house.database.unit() as conn:
            made = await store.create(conn, schema, schema.type(object_type), drafts, self.write)
        return [store.one([record]).id for record in made]

    async def contact(self, **properties: Any) -> int:
        (id,) = await self.create("contacts", properties)
        return id

    async def update(self, object_type: str, id: int, **properties: Any) -> None:
        schema = await self.house.schema()
        async with self.house.database.unit() as conn:
            patch = store.Patch(id, properties)
            store.one(
                await store.update(conn, schema, schema.type(object_type), [patch], self.write)
            )

    async def associate(self, first: int, second: int, type_id: int) -> None:
        """Associate two records; the type leads from the first to the second."""
        schema = await self.house.schema()
        async with self.house.database.unit() as conn:
            live = await associations.lock(conn, [first, second])
            edge = associations.NewEdge(second, (type_id,))
            type = schema.types[live[first]]
            await associations.add(conn, schema, type, [(first, edge)], live, self.write)

    async def dissociate(self, first: int, second: int, type_id: int) -> None:
        schema = await self.house.schema()
        async with self.house.database.unit() as conn:
            await associations.remove(conn, schema, [(first, type_id, second)], self.write)

    async def archive(self, object_type: str, id: int) -> None:
        schema = await self.house.schema()
        async with self.house.database.unit() as conn:
            await store.archive(conn, schema.type(object_type), [id], self.write)

    async def merge(self, object_type: str, primary: int, other: int) -> None:
        schema = await self.house.schema()
        async with self.house.database.unit() as conn:
            await merging.merge(conn, schema, schema.type(object_type), primary, other, self.write)

    async def happen(self, type: str, record: int, **properties: Any) -> None:
        """An event happens to a record now."""
        schema = await self.house.schema()
        event = events.Happening(type, properties, record=record, at=self.now)
        async with self.house.database.unit() as conn:
            (kept,) = await events.record(conn, schema, [event], self.write)
        assert isinstance(kept, events.Recorded), kept

    async def record(self, object_type: str, id: int) -> Record:
        schema = await self.house.schema()
        async with self.house.database.unit() as conn:
            return (await read(conn, schema.type(object_type), [id]))[id]

    async def email(self, **content: str) -> str:
        """A published marketing e-mail; returns its id."""
        async with self.house.database.unit() as conn:
            draft = emails.Draft("A mail", Content(**content))
            mail = emails.one(await emails.create(conn, [draft], self.now))
            emails.one(await emails.publish(conn, [mail.id], self.now))
        return str(mail.id)

    async def workflow(
        self, criteria: dict[str, Any] | None, actions: Sequence[dict[str, Any]], **rest: Any
    ) -> Workflow:
        """A workflow of contacts unless said otherwise, still off; actions are chained as given."""
        body = {
            "type": "CONTACT_FLOW",
            "flowType": "WORKFLOW",
            "objectTypeId": "0-1",
            "name": "A story",
            "isEnabled": False,
            "actions": chained(actions),
            **({"startActionId": actions[0]["actionId"]} if actions else {}),
            **({"enrollmentCriteria": criteria} if criteria else {}),
            **rest,
        }
        async with self.house.database.unit() as conn:
            schema = await self.house.schemas.current(conn)
            return await workflows.create(conn, schema, body, "story", self.now)

    async def save(
        self, workflow: Workflow, actions: Sequence[dict[str, Any]], **rest: Any
    ) -> Workflow:
        """Replace the steps of a workflow, which stays on or off; `rest` are further settings."""
        async with self.house.database.unit() as conn:
            schema = await self.house.schemas.current(conn)
            current = await workflows.read_one(conn, workflow.id)
            body = {
                **current.document.raw,
                "revisionId": str(current.revision),
                "isEnabled": current.enabled,
                "actions": chained(actions),
                "startActionId": actions[0]["actionId"] if actions else None,
                **rest,
            }
            return await workflows.replace(conn, schema, workflow.id, body, "story", self.now)

    async def turn_on(self, workflow: Workflow, *, existing: bool = False) -> None:
        async with self.house.database.unit() as conn:
            schema = await self.house.schemas.current(conn)
            await workflows.turn_on(
                conn, schema, workflow.id, "story", self.now, enroll_existing=existing
            )
        await self.rest()

    async def enroll(self, workflow: Workflow, *records: int) -> dict[int, str]:
        """Ask for it by hand; returns who was refused at once, and why."""
        async with self.house.database.unit() as conn:
            schema = await self.house.schemas.current(conn)
            return await requests.enroll(conn, schema, workflow, records, "story", self.write)

    async def unenroll(self, workflow: Workflow, *records: int) -> dict[int, str]:
        async with self.house.database.unit() as conn:
            return await requests.unenroll(conn, workflow, records, "story", self.write)

    async def told(self, workflow: Workflow, record: int) -> list[str]:
        """What the workflow did with the record, in words."""
        async with self.house.database.unit() as conn:
            entries = await history.of_record(conn, record)
        return [str(entry.text()) for entry in entries if entry.workflow_id == workflow.id]

    async def turn(self, record: int) -> None:
        """Turn the bucket of a record once, and no other."""
        await self.worker.turn_one(record & 63)

    async def rest(self) -> None:
        """Turn every bucket until nothing is left to do at this moment."""
        for _ in range(MOST_ROUNDS):
            if not await self.worker.turn_all():
                return
        raise AssertionError("the engine does not come to rest")

    async def pass_time(self, **by: float) -> None:
        self.clock.forward(**by)
        await self.rest()

    async def verify(self) -> list[str]:
        """What does not hold of all that must; nothing, if all is well."""
        async with self.house.database.unit() as conn:
            found = verify(conn, self.house.schemas, self.clock)
            return [str(each.text) async for each in found]

    async def kinds(self, workflow: Workflow, record: int) -> list[str]:
        """The kinds of what the workflow did with the record, in order."""
        async with self.house.database.unit() as conn:
            entries = await history.of_record(conn, record)
        return [entry.kind for entry in entries if entry.workflow_id == workflow.id]

    async def counts(self, workflow: Workflow) -> dict[str, int]:
        async with self.house.database.unit() as conn:
            return (await history.counts(conn, [workflow.id]))[workflow.id].whole

    async def query(self, sql: str, *parameters: Any) -> list[Any]:
        async with self.house.database.unit() as conn:
            cursor = await conn.execute(sql, parameters)
            return await cursor.fetchall()


def chained(actions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give each action that has no way out the next one as its way out."""
    drawn = []
    for index, action in enumerate(actions):
        following = actions[index + 1]["actionId"] if index + 1 < len(actions) else None
        if action["type"] == "SINGLE_CONNECTION" and "connection" not in action and following:
            action = {**action, "connection": to(following)}
        drawn.append(action)
    return drawn


def to(action: str, *, jump: bool = False) -> dict[str, Any]:
    return {"edgeType": "GOTO" if jump else "STANDARD", "nextActionId": action}


def step(id: str, type_id: str, fields: dict[str, Any], **rest: Any) -> dict[str, Any]:
    return {
        "type": "SINGLE_CONNECTION",
        "actionId": id,
        "actionTypeId": type_id,
        "actionTypeVersion": 0,
        "fields": fields,
        **rest,
    }


def set_property(id: str, name: str, value: Any, **rest: Any) -> dict[str, Any]:
    wrapped = value if isinstance(value, dict) else {"type": "STATIC_VALUE", "staticValue": value}
    return step(id, "0-5", {"property_name": name, "value": wrapped}, **rest)


def delay(id: str, amount: int, unit: str = "MINUTES", **rest: Any) -> dict[str, Any]:
    return step(id, "0-1", {"delta": str(amount), "time_unit": unit}, **rest)


def branch(
    id: str, *arms: tuple[str, dict[str, Any], str | None], default: str | None = None
) -> dict[str, Any]:
    """An if/then branch; arms are (name, filter, next action)."""
    return {
        "type": "LIST_BRANCH",
        "actionId": id,
        "listBranches": [
            {"branchName": name, "filterBranch": document, **({"connection": to(n)} if n else {})}
            for name, document, n in arms
        ],
        "defaultBranchName": "Otherwise",
        **({"defaultBranch": to(default)} if default else {}),
    }


def when(document: dict[str, Any], **rest: Any) -> dict[str, Any]:
    """Enrollment by a filter."""
    return {
        "type": "LIST_BASED",
        "listFilterBranch": document,
        "shouldReEnroll": False,
        "unEnrollObjectsNotMeetingCriteria": False,
        "reEnrollmentTriggersFilterBranches": [],
        **rest,
    }


def occurrence(type: str, *filters: dict[str, Any]) -> dict[str, Any]:
    """One kind of event."""
    return {
        "filterBranchType": "UNIFIED_EVENTS",
        "filterBranchOperator": "AND",
        "eventTypeId": type,
        "operator": "HAS_COMPLETED",
        "filterBranches": [],
        "filters": list(filters),
    }


def occurs(type: str, *filters: dict[str, Any], **rest: Any) -> dict[str, Any]:
    """Enrollment by one kind of event."""
    return {
        "type": "EVENT_BASED",
        "shouldReEnroll": True,
        "eventFilterBranches": [occurrence(type, *filters)],
        "listMembershipFilterBranches": [],
        **rest,
    }


def all_of(*filters: dict[str, Any]) -> dict[str, Any]:
    inner = {
        "filterBranchType": "AND",
        "filterBranchOperator": "AND",
        "filters": list(filters),
        "filterBranches": [],
    }
    return {
        "filterBranchType": "OR",
        "filterBranchOperator": "OR",
        "filters": [],
        "filterBranches": [inner],
    }


def property_is(name: str, operation: str, operator: str, **values: Any) -> dict[str, Any]:
    return {
        "filterType": "PROPERTY",
        "property": name,
        "operation": {
            "operationType": operation,
            "operator": operator,
            "includeObjectsWithNoValueSet": False,
            **values,
        },
    }


def equals(name: str, value: str) -> dict[str, Any]:
    return property_is(name, "MULTISTRING", "IS_EQUAL_TO", values=[value])


def any_of(name: str, *values: str) -> dict[str, Any]:
    return property_is(name, "ENUMERATION", "IS_ANY_OF", values=list(values))


def associated(object_type: str, type_id: int, *filters: dict[str, Any]) -> dict[str, Any]:
    """A branch: some record at the other end has all of these."""
    return {
        "filterBranchType": "ASSOCIATION",
        "filterBranchOperator": "AND",
        "objectTypeId": object_type,
        "operator": "IN_LIST",
        "associationTypeId": type_id,
        "associationCategory": "HUBSPOT_DEFINED",
        "filterBranches": [],
        "filters": list(filters),
    }


def both(*branches: dict[str, Any]) -> dict[str, Any]:
    """A document of these branches, of which all must hold."""
    inner = {"filterBranchType": "AND", "filterBranchOperator": "AND", "filters": []}
    return {
        "filterBranchType": "OR",
        "filterBranchOperator": "OR",
        "filters": [],
        "filterBranches": [{**inner, "filterBranches": list(branches)}],
    }
