"""The port that actions act through: one step and one group of one turn."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from penstock.actions.base import ONWARD, Centre, Created, Departures, Member, Settled
from penstock.actions.inputs import Input
from penstock.actions.sources import Source as ValueSource
from penstock.emails.model import Content, plain
from penstock.engine import (
    associates,
    colleagues,
    informing,
    listing,
    mailing,
    notifying,
    rotating,
    subscribing,
)
from penstock.engine.associating import having, join, part
from penstock.engine.centring import centres
from penstock.engine.chances import chance
from penstock.engine.effects import Effects
from penstock.engine.entrants import Circumstances
from penstock.engine.fetching import associated
from penstock.engine.joining import leave_changes
from penstock.engine.judging import judge
from penstock.engine.kinds import Kind
from penstock.engine.making import Making, created_by
from penstock.engine.notifying import Notification
from penstock.engine.plans import Plan
from penstock.engine.reading import Reading
from penstock.engine.turn import Turn
from penstock.engine.walkers import Walker
from penstock.kernel.errors import PenstockError
from penstock.kernel.texts import Text
from penstock.records import store
from penstock.records.assigning import assign, assignable
from penstock.records.changes import Lane, Source, Write
from penstock.records.errors import ValuesInvalid
from penstock.records.model import Property
from penstock.records.owners import Owner
from penstock.records.schema import Edge
from penstock.records.subscriptions import Channel, Said, Status
from penstock.records.whole import whole


class EngineBatch:
    """A `Batch` over walkers at one step. What it queues counts only if the step succeeds."""

    def __init__(
        self, turn: Turn, plan: Plan, step: str, zone: ZoneInfo, walkers: Sequence[Walker]
    ) -> None:
        self.turn, self.plan, self.step = turn, plan, step
        self.now, self.zone = turn.now, zone
        self.type, self.schema = plan.type, turn.schema
        self.members: Sequence[Member] = [walker.member() for walker in walkers]
        self.walkers = {walker.id: walker for walker in walkers}
        self.effects = Effects()
        self.outcomes: Mapping[int, Sequence[Settled]] = {}
        """What became of what the step had queued, by enrollment."""

        self.kinds: dict[int, Kind] = {}
        """What the journal calls the step of an enrollment where it is not just "succeeded"."""

        self.gone: frozenset[int] = frozenset()
        """Records that the step has archived."""

        lane, depth = (walkers[0].lane, walkers[0].depth) if walkers else (Lane.FRESH, 0)
        self.record_ids = [walker.record_id for walker in walkers]
        self.reading = Reading(turn, plan, zone, walkers)
        self.circumstances = Write(
            Source("AUTOMATION_PLATFORM", str(plan.workflow_id)),
            turn.now,
            Lane(lane),
            depth + 1,
            turn.bucket,
        )

    def depart(self, exit: str = ONWARD) -> Departures:
        return Departures().leave(exit, self.members)

    def outputs(self, member: Member) -> Mapping[str, Any]:
        found: Mapping[str, Any] = member.context.get(self.step, {})
        return found

    async def centres(self) -> Mapping[int, Centre | None] | None:
        return await centres(self.turn, self.plan, list(self.walkers.values()))

    def chance(self, member: Member) -> float:
        return chance(self.plan.workflow_id, self.step, member.record_id, member.passage)

    async def judge(self, documents: Sequence[Mapping[str, Any]]) -> Sequence[frozenset[int]]:
        criteria = {
            index: self.turn.automation.criterion(document, self.type.id)
            for index, document in enumerate(documents)
        }
        matching = await judge(self.turn, criteria, self.record_ids)
        return [matching.get(index, frozenset()) for index in criteria]

    async def values(self, names: Sequence[str]) -> Mapping[int, Mapping[str, str | None]]:
        return await self.reading.crowd.values(names)

    async def records(self) -> Mapping[int, Mapping[str, Any]]:
        return await whole(self.turn.conn, self.type, self.record_ids)

    async def resolve(
        self, value: ValueSource, property: Property | None = None
    ) -> Mapping[int, Any]:
        return await value.come_to(self.reading, property)

    async def write(self, property: str, value: Input) -> Mapping[int, Text]:
        if not self.record_ids:
            return {}
        self.turn.writes += 1
        raw = await self.resolve(value, self.type.properties.get(property))
        if value.shared and value.part == "properties" and assignable(self.type, property):
            return await self._assign(property, next(iter(raw.values())))
        patches = [
            store.Patch(id, **{value.part: {property: raw.get(id)}})  # type: ignore[arg-type]
            for id in self.record_ids
        ]
        if value.part != "properties":
            patches = [patch for patch in patches if raw.get(patch.id) not in (None, "")]
        outcomes = await store.update(
            self.turn.conn, self.schema, self.type, patches, self.circumstances, trusted=True
        )
        return _refusals([patch.id for patch in patches], outcomes)

    async def _assign(self, property: str, raw: Any) -> Mapping[int, Text]:
        try:
            await assign(
                self.turn.conn,
                self.schema,
                self.type,
                (self.turn.bucket, self.record_ids),
                property,
                raw,
                self.circumstances,
                trusted=True,
            )
        except ValuesInvalid as invalid:
            return dict.fromkeys(self.record_ids, invalid.problems[0].text)
        return {}

    async def associated(self, edge: int) -> Mapping[int, Sequence[int]]:
        return await associated(self.reading.crowd, edge)

    async def values_of(
        self, edge: int, names: Sequence[str], *, latest: bool = False
    ) -> Mapping[int, Mapping[str, str | None]]:
        type = self.schema.types[self.schema.edges[edge].to_type]
        ends = await self.associated(edge)
        chosen = {id: others[-1 if latest else 0] for id, others in ends.items() if others}
        found = await self.reading.crowd.far(type, chosen.values(), names)
        return {id: found[other] for id, other in chosen.items() if other in found}

    async def with_values(
        self, object_type: str, property: str, values: Mapping[int, str | None]
    ) -> Mapping[int, Sequence[int]]:
        given = {value for value in values.values() if value}
        if not given:
            return {}
        found = await having(self.turn, self.schema.types[object_type], property, given)
        return {
            id: [other for other in found.get(value or "", ()) if other != id]
            for id, value in values.items()
        }

    async def link(self, edges: Sequence[tuple[int, int, int]]) -> None:
        self.turn.writes += 1
        held = frozenset(self.record_ids)
        await join(self.turn, self.plan.workflow_id, edges, held, self.circumstances)

    async def unlink(self, edges: Sequence[tuple[int, int, int]]) -> None:
        self.turn.writes += 1
        held = frozenset(self.record_ids)
        await part(self.turn, self.plan.workflow_id, edges, held, self.circumstances)

    async def create(
        self,
        object_type: str,
        properties: Mapping[int, Mapping[str, Any]],
        edges: Mapping[int, Sequence[tuple[int, int]]] | None = None,
    ) -> Created:
        self.turn.writes += 1
        place = Making(self.turn, self.plan, self.record_ids, self.circumstances)
        return await place.make(self.schema.types[object_type], properties, edges)

    async def render(self, template: str, *, markup: bool = False) -> Mapping[int, str]:
        return await self.reading.render(template, markup=markup)

    async def mail(self, content_id: str) -> Mapping[int, Text]:
        email = await mailing.published(self.turn.conn, content_id)
        if email is None:
            reason = Text("there is no published e-mail with the id {id}", id=content_id)
            return dict.fromkeys(self.record_ids, reason)
        letters = await mailing.letters(self.reading, email)
        nobody = Text("nobody with an e-mail address to send to")
        refused: dict[int, Text] = {}
        place = (self.plan.workflow_id, self.step)
        for member in self.members:
            who = (member.enrollment_id, member.record_id, member.visit)
            of_record = letters.get(member.record_id)
            if not of_record:
                refused[member.record_id] = nobody
                continue
            for letter in of_record:
                self.effects.queue("mail", letter.address, letter.payload, who, place)
            self.kinds[member.enrollment_id] = "queued"
        return refused

    async def mail_to(
        self, content_id: str, recipients: Mapping[int, Collection[str]]
    ) -> Mapping[int, Text]:
        email = await mailing.published(self.turn.conn, content_id)
        if email is None:
            reason = Text("there is no published e-mail with the id {id}", id=content_id)
            return dict.fromkeys(self.record_ids, reason)
        what = {"email": email.id, "revision": email.revision}
        return await self._inform(email.content, what, recipients, team=False)

    async def inform(
        self, subject: str, body: str, recipients: Mapping[int, Collection[str]]
    ) -> Mapping[int, Text]:
        what = {"subject": subject, "body": body}
        return await self._inform(plain(subject, body), what, recipients, team=True)

    async def _inform(
        self,
        content: Content,
        what: Mapping[str, Any],
        recipients: Mapping[int, Collection[str]],
        *,
        team: bool,
    ) -> Mapping[int, Text]:
        payloads = await informing.payloads(self.reading, content, {**what, "team": team})
        refused: dict[int, Text] = {}
        place = (self.plan.workflow_id, self.step)
        for walker in self.walkers.values():
            to = recipients.get(walker.record_id, ())
            for address in to:
                letter = {**payloads[walker.record_id], "to": address}
                self.effects.queue("internal_mail", address, letter, walker.who, place)
            if to:
                self.kinds[walker.id] = "queued"
            else:
                refused[walker.record_id] = informing.NOBODY
        return refused

    async def notify(
        self, subject: str, body: str, users: Mapping[int, Collection[int]]
    ) -> Mapping[int, Text]:
        place = (self.plan.workflow_id, self.step)
        titles, texts = await self.render(subject), await self.render(body)
        told = [
            Notification(user, walker.who, place, titles[id], texts[id])
            for walker in self.walkers.values()
            for id in [walker.record_id]
            for user in users.get(id, ())
        ]
        await notifying.leave(self.turn, told)
        return {id: informing.NOBODY for id in self.record_ids if not users.get(id)}

    async def created_here(self) -> frozenset[int]:
        return await created_by(self.turn, self.record_ids, self.circumstances.source)

    async def write_each(self, properties: Mapping[int, Mapping[str, Any]]) -> Mapping[int, Text]:
        if not properties:
            return {}
        self.turn.writes += 1
        patches = [store.Patch(id, values) for id, values in properties.items()]
        outcomes = await store.update(
            self.turn.conn, self.schema, self.type, patches, self.circumstances, trusted=True
        )
        return _refusals(list(properties), outcomes)

    async def archive(self) -> None:
        self.turn.writes += 1
        await store.archive(self.turn.conn, self.type, self.record_ids, self.circumstances)
        self.gone = frozenset(self.record_ids)

    async def move_in_list(self, list_id: int, *, joining: bool) -> Mapping[int, Text]:
        self.turn.writes += 1
        return await listing.move(
            self.turn, list_id, self.record_ids, self.circumstances, joining=joining
        )

    async def unenroll(self, workflow_ids: Collection[int] | None) -> None:
        asked: list[dict[str, Any]] = (
            [{"workflow": None, "spare": self.plan.workflow_id}]
            if workflow_ids is None
            else [{"workflow": id} for id in sorted(set(workflow_ids))]
        )
        how = Circumstances(int(self.circumstances.lane), self.circumstances.depth)
        for of_workflow in asked:
            details = {**of_workflow, "by": f"workflow:{self.plan.workflow_id}"}
            await leave_changes(self.turn, "unenroll", details, dict.fromkeys(self.record_ids, how))

    async def subscribe(
        self, type: int, status: Status, channel: Channel, basis: tuple[str | None, str | None]
    ) -> Mapping[int, Text]:
        self.turn.writes += 1
        said = [Said(id, type, status, channel, *basis) for id in self.record_ids]
        return await subscribing.say(self.turn, said, self.circumstances)

    async def owners(
        self, *, users: Collection[int] = (), teams: Collection[int] = (), ids: Collection[int] = ()
    ) -> Sequence[Owner]:
        return await colleagues.find(self.turn.conn, users=users, team_ids=teams, ids=ids)

    async def rotation(self, records: Collection[int]) -> Mapping[int, int]:
        wanted = set(records)
        members = [member for member in self.members if member.record_id in wanted]
        return await rotating.numbers(self.turn, self.plan.workflow_id, self.step, members)

    async def enroll(self, workflow_id: int, edge: int | None = None) -> Mapping[int, Text]:
        other = self.turn.automation.workflows.get(workflow_id)
        type = self.type if edge is None else self.schema.types[self.schema.edges[edge].to_type]
        if other is None or not other.on:
            reason = Text("the workflow {id} is not on", id=workflow_id)
            return dict.fromkeys(self.record_ids, reason)
        if other.object_type != type.id:
            reason = Text(
                "the workflow {id} is not about {type}", id=workflow_id, type=type.plural_label
            )
            return dict.fromkeys(self.record_ids, reason)
        asked = {"workflow": workflow_id, "by": f"workflow:{self.plan.workflow_id}"}
        if edge is None:
            how = Circumstances(int(self.circumstances.lane), self.circumstances.depth)
            await leave_changes(self.turn, "enroll", asked, dict.fromkeys(self.record_ids, how))
            return {}
        leading = self.schema.edges[edge]
        ends = await associates.of_edge(self.turn, leading, self.record_ids)
        wanted = sorted({id for of_record in ends.values() for id in of_record})
        await associates.ask_to_enroll(self.turn, leading, wanted, asked, self.circumstances)
        return self._without_ends(leading, ends)

    async def write_associated(
        self,
        edge: int,
        properties: Mapping[int, Mapping[str, Any]],
        part: str = "properties",
        *,
        latest: bool = False,
    ) -> Mapping[int, Text]:
        leading = self.schema.edges[edge]
        ends = await associates.of_edge(self.turn, leading, self.record_ids)
        requests: list[associates.Request] = []
        for walker in self.walkers.values():
            for other in ends.get(walker.record_id, [])[-1 if latest else 0 :]:
                request = associates.Request(
                    record_id=other,
                    object_type=leading.to_type,
                    part=str(other),
                    enrollment_id=walker.id,
                    visit=walker.visit,
                    for_record=walker.record_id,
                    workflow_id=walker.workflow_id,
                    patch={part: properties[walker.record_id]},
                    lane=int(self.circumstances.lane),
                    depth=self.circumstances.depth,
                )
                requests.append(request)
                place = (walker.workflow_id, self.step)
                self.effects.queue(
                    associates.REQUEST, request.part, request.details, walker.who, place
                )
        await associates.ask_to_write(self.turn, requests)
        return self._without_ends(leading, ends)

    def _without_ends(self, edge: Edge, ends: Mapping[int, Sequence[int]]) -> dict[int, Text]:
        type = self.schema.types[edge.to_type]
        nobody = Text("there is no associated {type}", type=type.label)
        return {id: nobody for id in self.record_ids if not ends.get(id)}

    def queue(self, kind: str, part: str, payloads: Mapping[int, Mapping[str, Any]]) -> None:
        for walker in self.walkers.values():
            payload = payloads.get(walker.record_id)
            if payload is not None:
                place = (self.plan.workflow_id, self.step)
                self.effects.queue(kind, part, dict(payload), walker.who, place)

    def settled(self, member: Member) -> Sequence[Settled]:
        return self.outcomes.get(member.enrollment_id, ())


def _refusals(ids: Sequence[int], outcomes: Sequence[store.Outcome]) -> dict[int, Text]:
    return {
        id: outcome.problems[0].text if outcome.problems else outcome.text
        for id, outcome in zip(ids, outcomes, strict=True)
        if isinstance(outcome, PenstockError)
    }
