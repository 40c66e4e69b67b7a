"""Random lives against a plain model of what enrollment means."""

import asyncio
import os
from collections import Counter
from datetime import timedelta
from typing import Any

import psycopg
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from psycopg import sql
from psycopg.conninfo import make_conninfo

from penstock.engine import requests
from penstock.kernel.clock import VirtualClock
from penstock.kernel.db import Database
from penstock.records import store
from penstock.records.changes import Source, Write
from penstock.records.schema import Schemas
from penstock.workflows import store as workflows
from penstock.workflows.store import Workflow
from tests.conftest import NOW, House
from tests.engine.model import GOAL, SUPPRESSED, Model, Person, Rules
from tests.story import Story, all_of, chained, delay, equals, set_property, when

CITIES = st.sampled_from(["Oslo", "Rome"])
TITLES = st.sampled_from(["lead", "lead", GOAL, SUPPRESSED])
EXAMPLES = 6 * int(os.environ.get("PENSTOCK_TEST_EXAMPLES", "1"))
TOLD = ("enrolled", "refused", "finished", "goal_met", "unenrolled")


class Lives(RuleBasedStateMachine):
    """Each step is done to the model and to the engine; both are compared whenever it rests."""

    server = ""
    template = ""
    number = 0

    def __init__(self) -> None:
        super().__init__()
        Lives.number += 1
        self.name = f"lives_{os.getpid()}_{Lives.number}"
        with psycopg.connect(self.server, dbname="postgres", autocommit=True) as admin:
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                    sql.Identifier(self.name), sql.Identifier(self.template)
                )
            )
        self.runner = asyncio.Runner()
        self.database = Database(make_conninfo(self.server, dbname=self.name), size=2)
        self.run(self.database.__aenter__())
        house = House(self.database, Schemas(), Write(Source("API", "test"), NOW))
        self.story = Story(house, VirtualClock(NOW))
        self.schema = self.run(house.schema())
        self.contacts = self.schema.type("contacts")
        self.model = Model()
        self.flows: list[Workflow] = []

    def run(self, work: Any) -> Any:
        return self.runner.run(work)

    def teardown(self) -> None:
        found = self.run(self.story.verify())
        self.run(self.database.__aexit__(None, None, None))
        self.runner.close()
        with psycopg.connect(self.server, dbname="postgres", autocommit=True) as admin:
            admin.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(self.name))
            )
        assert found == []

    @initialize(
        shapes=st.lists(
            st.builds(
                Rules,
                city=CITIES,
                again=st.booleans(),
                leaving=st.booleans(),
                goal=st.booleans(),
                suppression=st.booleans(),
            ),
            min_size=1,
            max_size=2,
        ),
        people=st.lists(st.tuples(CITIES, TITLES), min_size=1, max_size=3),
    )
    def begin(self, shapes: list[Rules], people: list[tuple[str, str]]) -> None:
        for rules in shapes:
            kept = {"goalFilterBranch": all_of(equals("jobtitle", GOAL))} if rules.goal else {}
            if rules.suppression:
                kept["suppressionFilterBranch"] = all_of(equals("jobtitle", SUPPRESSED))
            flow = self.run(self.story.workflow(trigger(rules), steps(rules), **kept))
            self.flows.append(flow)
            self.model.flows.append(rules)
        for index in range(len(self.flows)):
            self.switch_on(index, existing=False)
        for city, title in people:
            self.come(city, title)

    # What people and clients do; nobody looks until the engine turns.

    @rule(city=CITIES, title=TITLES)
    def come(self, city: str, title: str) -> None:
        id = self.run(self.story.contact(city=city, jobtitle=title))
        self.model.people[id] = Person(city, title)
        self.model.touched.add(id)

    @precondition(lambda self: self.alive())
    @rule(data=st.data(), city=CITIES, title=TITLES, at_once=st.booleans())
    def change(self, data: st.DataObject, city: str, title: str, at_once: bool) -> None:
        """Somebody looks at once, or later."""
        self.move(data.draw(st.sampled_from(self.alive())), city, title)
        if at_once:
            self.rest()

    def move(self, id: int, city: str, title: str) -> None:
        self.run(self.story.update("contacts", id, city=city, jobtitle=title))
        person = self.model.people[id]
        person.city, person.jobtitle = city, title
        self.model.touched.add(id)

    @precondition(lambda self: self.alive())
    @rule(data=st.data(), minutes=st.sampled_from([0, 31]))
    def go_and_come_back(self, data: st.DataObject, minutes: int) -> None:
        """To Oslo, if need be by way of Rome, and somebody looks each time."""
        id = data.draw(st.sampled_from(self.alive()))
        for city in ("Rome", "Oslo"):
            self.move(id, city, "lead")
            self.rest()
        self.rest(minutes)

    @precondition(lambda self: self.alive())
    @rule(data=st.data())
    def archive(self, data: st.DataObject) -> None:
        id = data.draw(st.sampled_from(self.alive()))
        self.run(self.story.archive("contacts", id))
        person = self.model.people[id]
        person.alive, person.removed = False, True
        self.model.touched.add(id)

    @precondition(lambda self: self.gone())
    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        id = data.draw(st.sampled_from(self.gone()))

        async def work() -> None:
            async with self.database.unit() as conn:
                await store.restore(conn, self.contacts, id, self.story.write)

        self.run(work())
        self.model.people[id].alive = True
        self.model.touched.add(id)

    # What owners of workflows do.

    @precondition(lambda self: self.flows)
    @rule(data=st.data(), existing=st.booleans())
    def turn_on(self, data: st.DataObject, existing: bool) -> None:
        self.switch_on(data.draw(st.integers(0, len(self.flows) - 1)), existing=existing)

    def switch_on(self, index: int, *, existing: bool) -> None:
        self.rest()
        self.run(self.story.turn_on(self.flows[index], existing=existing))
        rules = self.model.flows[index]
        if not rules.on:
            rules.on = True
            self.model.stand(rules)
        if existing:
            self.model.enroll_existing(rules, self.story.now)

    @precondition(lambda self: any(flow.on and not flow.active for flow in self.model.flows))
    @rule(data=st.data())
    def turn_off(self, data: st.DataObject) -> None:
        self.rest()
        idle = [n for n, flow in enumerate(self.model.flows) if flow.on and not flow.active]
        if not idle:
            return
        index = data.draw(st.sampled_from(idle))

        async def work() -> None:
            async with self.database.unit() as conn:
                await workflows.turn_off(conn, self.flows[index].id, "test", self.story.now)

        self.run(work())
        self.model.flows[index].on = False

    @precondition(lambda self: self.flows)
    @rule(data=st.data(), city=CITIES)
    def ask_for_another_city(self, data: st.DataObject, city: str) -> None:
        index = data.draw(st.integers(0, len(self.flows) - 1))
        self.rest()
        self.model.flows[index].city = city
        self.save(index)
        if self.model.flows[index].on:
            self.model.stand(self.model.flows[index])

    @precondition(lambda self: self.flows)
    @rule(data=st.data(), minutes=st.sampled_from([5, 30, 90]))
    def change_the_pause(self, data: st.DataObject, minutes: int) -> None:
        """Those who wait do so as it says now, from when they came."""
        index = data.draw(st.integers(0, len(self.flows) - 1))
        self.rest()
        self.model.flows[index].pause = timedelta(minutes=minutes)
        self.save(index)
        self.rest()

    def save(self, index: int) -> None:
        rules = self.model.flows[index]

        async def work() -> Workflow:
            async with self.database.unit() as conn:
                now = await workflows.read_one(conn, self.flows[index].id)
                body = {
                    **now.document.raw,
                    "enrollmentCriteria": trigger(rules),
                    "actions": chained(steps(rules)),
                    "revisionId": str(now.revision),
                    "isEnabled": rules.on,
                }
                return await workflows.replace(
                    conn, self.schema, now.id, body, "test", self.story.now
                )

        self.flows[index] = self.run(work())
        self.run(self.story.rest())

    @precondition(lambda self: self.alive() and any(flow.on for flow in self.model.flows))
    @rule(data=st.data())
    def enroll_by_hand(self, data: st.DataObject) -> None:
        """Triggers do not matter then; all else does."""
        id = data.draw(st.sampled_from(self.alive()))
        on = [n for n, flow in enumerate(self.model.flows) if flow.on]
        index = data.draw(st.sampled_from(on))
        self.rest()

        async def work() -> None:
            async with self.database.unit() as conn:
                flow = await workflows.read_one(conn, self.flows[index].id)
                await requests.enroll(conn, self.schema, flow, [id], "test", self.story.write)

        self.run(work())
        self.run(self.story.rest())
        self.model.flows[index].ask(id, self.model.people[id], self.story.now)

    # What passes.

    @rule(minutes=st.sampled_from([0, 1, 29, 30, 31, 100]))
    def rest(self, minutes: int = 0) -> None:
        self.story.clock.forward(minutes=minutes)
        self.run(self.story.rest())
        self.model.settle(self.story.now)
        self.compare()

    def alive(self) -> list[int]:
        return sorted(id for id, person in self.model.people.items() if person.alive)

    def gone(self) -> list[int]:
        return sorted(id for id, person in self.model.people.items() if not person.alive)

    def compare(self) -> None:
        rows = self.run(
            self.story.query(
                "SELECT workflow_id, record_id, kind, count(*) AS times FROM journal"
                " WHERE kind::text = ANY(%s) GROUP BY workflow_id, record_id, kind",
                list(TOLD),
            )
        )
        for flow, rules in zip(self.flows, self.model.flows, strict=True):
            told = Counter(
                {(r.record_id, r.kind): r.times for r in rows if r.workflow_id == flow.id}
            )
            assert told == rules.told
            counts = self.run(self.story.counts(flow))
            kinds = Counter(kind for _, kind in rules.told.elements())
            expected = {**kinds, "active": len(rules.active)}
            assert counts == {kind: count for kind, count in expected.items() if count}


def trigger(rules: Rules) -> dict[str, Any]:
    return when(
        all_of(equals("city", rules.city)),
        shouldReEnroll=rules.again,
        unEnrollObjectsNotMeetingCriteria=rules.leaving,
    )


def steps(rules: Rules) -> list[dict[str, Any]]:
    minutes = round(rules.pause.total_seconds() / 60)
    return [delay("1", minutes), set_property("2", "hs_lead_status", "NEW")]


def test_the_engine_does_what_the_model_says(server: str, template: str) -> None:
    Lives.server, Lives.template = server, template
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
