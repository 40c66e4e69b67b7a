"""The action contract: an action partitions a set of enrollments among its exits, now or later."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from inspect import isabstract
from typing import Any, ClassVar, Final, NamedTuple, Protocol, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from penstock.actions.inputs import Input
from penstock.actions.naming import Known, Trace
from penstock.actions.sources import Source
from penstock.filters.mentions import Mention, Names
from penstock.kernel.catalogue import Catalogue
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.model import Property
from penstock.records.owners import Owner
from penstock.records.schema import Schema, TypeSchema
from penstock.records.subscriptions import Channel, Status

ONWARD = ""
"""The exit of an action that has only one."""

AFTER_BRANCH: Final = "after_branch"
"""The exit that every step has: to where its branch meets another one again, or to the end."""

EVENT_MET: Final = "hs_event_criteria_met"
"""The output that says, "true" or "false", whether an event that was awaited has come."""

MADE: Final = "hs_object_id"
"""The output of a step that makes a record for each enrolled one: its id."""


class Member(NamedTuple):
    """One enrollment as an action sees it. `entered_at` is when it came to this step."""

    enrollment_id: int
    record_id: int
    passage: int
    visit: int
    entered_at: datetime
    context: Mapping[str, Any]


class Settled(NamedTuple):
    """What became of one thing that a step had queued or asked for; `part` is whom it was for.

    `reply` is what came back, as JSON.
    """

    part: str
    done: bool
    reason: Text | None
    reply: Any


class Centre(NamedTuple):
    """The date that the delays of a passage count from, and when the passage began."""

    day: date
    began: datetime


@dataclass
class Departures:
    """Where the members of a batch went: along exits, into a wait, or nowhere with a reason.

    `notes` are kept in the journal beside the step, `outputs` for later steps, by enrollment. Those
    who wait may go on before their moment, or without one, when an event happens to their record
    that is `awaited`: documents, branches of events. One with the id of an earlier step as
    `actionId` is about what that step did. Those who are `held` stay until everything is
    settled that the step queued or asked for on their behalf. For those of `skips` the step has a
    reason to do nothing; they go on. Passages of `ends` are over here, by state and reason.
    """

    exits: dict[str, list[Member]] = field(default_factory=dict)
    waits: list[tuple[datetime | None, Member]] = field(default_factory=list)
    held: list[Member] = field(default_factory=list)
    failures: list[tuple[Member, Text]] = field(default_factory=list)
    skips: list[tuple[Member, Text]] = field(default_factory=list)
    ends: dict[tuple[str, str], list[Member]] = field(default_factory=dict)
    notes: dict[int, dict[str, Any]] = field(default_factory=dict)
    outputs: dict[int, dict[str, Any]] = field(default_factory=dict)
    awaited: Sequence[Mapping[str, Any]] = ()
    passing: dict[int, bool] = field(default_factory=dict)
    """By enrollment, whether it does nothing from here on until it waits again."""

    @classmethod
    def sorted_by(cls, members: Iterable[Member], refused: Mapping[int, Text]) -> Self:
        """Records that were refused fail with their reason; the others go on."""
        if not refused:
            return cls().leave(ONWARD, members)
        departures = cls()
        for member in members:
            reason = refused.get(member.record_id)
            if reason is None:
                departures.leave(ONWARD, [member])
            else:
                departures.failures.append((member, reason))
        return departures

    @classmethod
    def held_but(cls, members: Iterable[Member], refused: Mapping[int, Text]) -> Self:
        """Records that were refused fail with their reason; the others are held."""
        departures = cls()
        for member in members:
            reason = refused.get(member.record_id)
            if reason is None:
                departures.hold([member])
            else:
                departures.fail(reason, member)
        return departures

    def leave(self, exit: str, members: Iterable[Member]) -> Self:
        self.exits.setdefault(exit, []).extend(members)
        return self

    def wait(self, until: datetime | None, member: Member) -> Self:
        self.waits.append((until, member))
        return self

    def skip(self, reason: Text, member: Member) -> Self:
        """Nothing is done for this member, which goes on; the journal says why."""
        self.skips.append((member, reason))
        return self

    def end(self, state: str, reason: str, members: Iterable[Member]) -> Self:
        """The passages of these are over: "finished" or "unenrolled", with the reason's code."""
        self.ends.setdefault((state, reason), []).extend(members)
        return self

    def tell(self, text: Text, member: Member) -> Self:
        """Have the journal say this of the step, beside what is noted already."""
        told = {name: str(value) for name, value in text.arguments.items()}
        noted = self.notes.setdefault(member.enrollment_id, {})
        noted["told"] = {"pattern": text.pattern, "arguments": told}
        return self

    def hold(self, members: Iterable[Member]) -> Self:
        self.held.extend(members)
        return self

    def fail(self, reason: Text, member: Member) -> Self:
        self.failures.append((member, reason))
        return self


class Created(NamedTuple):
    """What a step has made: ids of new records, and refusals with reasons, by the enrolled one."""

    ids: Mapping[int, int]
    refused: Mapping[int, Text]

    def depart(self, members: Iterable[Member]) -> Departures:
        """Refused members fail; the others go on, and what was made for them is put out."""
        staying = list(members)
        departures = Departures.sorted_by(staying, self.refused)
        for member in staying:
            if member.record_id in self.ids:
                made = {MADE: str(self.ids[member.record_id])}
                departures.outputs[member.enrollment_id] = made
        return departures


class Batch(Protocol):
    """All that an action may do: a port that the engine implements for one step and one group.

    Every method works on the whole group in a few statements, whatever its size.
    """

    now: datetime
    zone: ZoneInfo
    type: TypeSchema
    schema: Schema
    members: Sequence[Member]

    def depart(self, exit: str = ONWARD) -> Departures:
        """Everybody leaves by one exit."""
        ...

    def outputs(self, member: Member) -> Mapping[str, Any]:
        """What this step has put out so far."""
        ...

    async def centres(self) -> Mapping[int, Centre | None] | None:
        """In a date-centred workflow, the date of each passage by enrollment, None without one."""
        ...

    def chance(self, member: Member) -> float:
        """A number from 0 up to 1, the same whenever this step of this passage is done."""
        ...

    async def judge(self, documents: Sequence[Mapping[str, Any]]) -> Sequence[frozenset[int]]:
        """For each filter document, the record ids of the group that match it now."""
        ...

    async def values(self, names: Sequence[str]) -> Mapping[int, Mapping[str, str | None]]:
        """Properties of the group's records as strings of the wire, by record id."""
        ...

    async def values_of(
        self, edge: int, names: Sequence[str], *, latest: bool = False
    ) -> Mapping[int, Mapping[str, str | None]]:
        """Properties of the first record, or the latest, that an association type leads to, by the
        enrolled record's id; without such a record there is nothing.
        """
        ...

    async def records(self) -> Mapping[int, Mapping[str, Any]]:
        """The group's records as the API returns them, with every property that has a value, by
        record id; contacts with what their properties have been.
        """
        ...

    async def resolve(self, value: Source, property: Property | None = None) -> Mapping[int, Any]:
        """What an input comes to for each record, by record id; raw, as a client would send it.

        `property` is where it will go.
        """
        ...

    async def write(self, property: str, value: Input) -> Mapping[int, Text]:
        """Write one property of the group's records; returns the refused records with reasons."""
        ...

    async def associated(self, edge: int) -> Mapping[int, Sequence[int]]:
        """The live records that an association type leads to, by record id; the first few hundred
        of each, the oldest first.
        """
        ...

    async def with_values(
        self, object_type: str, property: str, values: Mapping[int, str | None]
    ) -> Mapping[int, Sequence[int]]:
        """The live records of a type, a hundred at most, that have a value in a property, by the id
        of the enrolled record that it was given for.
        """
        ...

    async def link(self, edges: Sequence[tuple[int, int, int]]) -> None:
        """Associate enrolled records: (its id, association type that leads from it, other record).

        Records of other buckets are asked to know of it, and may decline.
        """
        ...

    async def unlink(self, edges: Sequence[tuple[int, int, int]]) -> None:
        """Take such associations away; with the plain one go all between the two."""
        ...

    async def create(
        self,
        object_type: str,
        properties: Mapping[int, Mapping[str, Any]],
        edges: Mapping[int, Sequence[tuple[int, int]]] | None = None,
    ) -> Created:
        """Create a record beside each enrolled one, from properties by the enrolled one's id.

        `edges` are its associations likewise: the other record, and the association type that leads
        there from the new one. Without them it is associated with the enrolled one, if it can be.
        Other records are only asked to know of it, and may decline.
        """
        ...

    async def render(self, template: str, *, markup: bool = False) -> Mapping[int, str]:
        """A text with tokens such as `{{ enrolled_object.firstname }}`, by record id.

        `markup` escapes the values for HTML.
        """
        ...

    async def mail(self, content_id: str) -> Mapping[int, Text]:
        """Queue a marketing e-mail to each record's address; returns refusals with reasons."""
        ...

    async def mail_to(
        self, content_id: str, recipients: Mapping[int, Collection[str]]
    ) -> Mapping[int, Text]:
        """Queue a marketing e-mail to addresses of nobody in particular, by record id; returns
        refusals with reasons.
        """
        ...

    async def inform(
        self, subject: str, body: str, recipients: Mapping[int, Collection[str]]
    ) -> Mapping[int, Text]:
        """Queue plain mail, of templates, to people of the team, whose addresses come by record id;
        returns refusals with reasons.
        """
        ...

    async def notify(
        self, subject: str, body: str, users: Mapping[int, Collection[int]]
    ) -> Mapping[int, Text]:
        """Leave notifications, of templates, for users by record id; returns refusals likewise."""
        ...

    async def created_here(self) -> frozenset[int]:
        """The records of the group that this workflow has created."""
        ...

    async def write_each(self, properties: Mapping[int, Mapping[str, Any]]) -> Mapping[int, Text]:
        """Write the group's records, each with raw values of its own by property, by record id.

        Returns the refused records with reasons.
        """
        ...

    async def archive(self) -> None:
        """Archive the group's records. Their passages are over: `Departures.end` those here."""
        ...

    async def move_in_list(self, list_id: int, *, joining: bool) -> Mapping[int, Text]:
        """Make the records members of a list that is filled by hand, or members no more.

        Those who are so already stay so. Returns refusals with reasons.
        """
        ...

    async def unenroll(self, workflow_ids: Collection[int] | None) -> None:
        """Ask that the records' passages through these workflows end; None: through all others."""
        ...

    async def subscribe(
        self, type: int, status: Status, channel: Channel, basis: tuple[str | None, str | None]
    ) -> Mapping[int, Text]:
        """Keep what contacts say of a kind of messages (0: of all on the channel), on which legal
        basis and with which explanation. Returns refusals with reasons.
        """
        ...

    async def owners(
        self, *, users: Collection[int] = (), teams: Collection[int] = (), ids: Collection[int] = ()
    ) -> Sequence[Owner]:
        """The live owners with these user ids, in these teams or with these ids, by id."""
        ...

    async def rotation(self, records: Collection[int]) -> Mapping[int, int]:
        """The next numbers of this step's own count, one for each of these records, by record id.

        Whoever asked before and was not served gets the same number again.
        """
        ...

    async def enroll(self, workflow_id: int, edge: int | None = None) -> Mapping[int, Text]:
        """Ask that the records enrol in another workflow, or those that an association type leads
        to; returns refusals with reasons.

        Whether they may is seen when they come there, and told by its history.
        """
        ...

    async def write_associated(
        self,
        edge: int,
        properties: Mapping[int, Mapping[str, Any]],
        part: str = "properties",
        *,
        latest: bool = False,
    ) -> Mapping[int, Text]:
        """Ask that every record that an association type leads to, or only the one associated
        latest, is written: raw values by the enrolled record's id; `part` says whether they are set
        ("properties"), added ("adds") or appended ("appends").

        What was asked is settled later: `hold` those who are not refused. Returns the enrolled
        records that nothing can be asked for, with reasons.
        """
        ...

    def queue(self, kind: str, part: str, payloads: Mapping[int, Mapping[str, Any]]) -> None:
        """Queue an effect of a kind of delivery for each record that has a payload, by record id.

        `part` is whom it is for. `hold` the members where the step's way on depends on its outcome.
        """
        ...

    def settled(self, member: Member) -> Sequence[Settled]:
        """What became of all that this step had queued or asked for, by part."""
        ...


@dataclass(frozen=True)
class Place:
    """Where a step stands, for checking its settings: in which schema, for which object type."""

    schema: Schema
    type: TypeSchema
    where: str
    """JSON path of the step's settings."""

    emails: Collection[str]
    """Ids of the published marketing e-mails, as far as the workflow names them."""

    names: Names = field(default_factory=dict)
    """What filters may name beside the schema."""

    fetched: Mapping[str, TypeSchema | None] = field(default_factory=dict)
    """The types of what the workflow's data sources find, by their names, if known."""

    centred: bool = False
    """Whether the workflow is date-centred: its delays may lead before the date."""

    last: bool = False
    """Whether no other step follows it."""

    known: Known | None = None
    """What else the step's settings may name."""

    def property_problem(self, name: str, setting: str) -> list[Problem]:
        if name in self.type.properties:
            return []
        text = Text(
            'there is no property "{name}" of {type}', name=name, type=self.type.plural_label
        )
        return [Problem(text, f"{self.where}.{setting}", "PROPERTY_DOESNT_EXIST")]

    def writing_problems(self, name: str, setting: str) -> list[Problem]:
        """What keeps a property from being written: it does not exist, or is read-only."""
        prop = self.type.properties.get(name)
        if prop is None or not (prop.read_only or prop.column):
            return self.property_problem(name, setting)
        text = Text('"{name}" is a read-only property', name=name)
        return [Problem(text, f"{self.where}.{setting}", "READ_ONLY_VALUE")]


class Action(BaseModel):
    """An action: its fields are the settings, its docstring the help, `run` is the verb."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)

    type_id: ClassVar[str] = ""
    label: ClassVar[str] = ""
    summary: ClassVar[str] = ""
    icon: ClassVar[str] = ""
    category: ClassVar[str] = ""
    acts: ClassVar[bool] = True
    """Whether it does something, and so only at the hours of its workflow and while that is on;
    delays and branches do not.
    """

    of_types: ClassVar[tuple[str, ...]] = ()
    """The object types whose workflows can have it; of all types, if there are none."""

    makes: ClassVar[str | None] = None
    """The object type of the record that it makes for each enrolled one; it puts out its id."""

    def __init_subclass__(
        cls,
        *,
        type_id: str = "",
        label: str = "",
        summary: str = "",
        icon: str = "",
        category: str = "",
        acts: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init_subclass__(**kwargs)
        cls.type_id, cls.label, cls.summary = type_id, label, summary
        cls.icon, cls.category, cls.acts = icon, category, acts

    async def run(self, batch: Batch) -> Departures:
        """Do it for the whole batch, once. Replayed after a rollback, it must do the same again."""
        raise NotImplementedError

    async def resume(self, batch: Batch) -> Departures:
        """What happens when the moment has come that `run` made members wait for."""
        return batch.depart()

    def moment(self, centre: Centre, zone: ZoneInfo) -> datetime | None:
        """In a date-centred workflow, until when it waits; None for what does not wait for that."""
        return None

    def puts_out(self) -> Collection[str] | None:
        """The keys of what it puts out for later steps; None where nobody can know."""
        return () if self.made is None else (MADE,)

    @property
    def made(self) -> str | None:
        """The object type of the record that it makes, with these settings."""
        return self.makes

    async def settle(self, batch: Batch) -> Departures:
        """What happens when all is settled for members that `run` held: who had a failure fails."""
        departures = Departures()
        for member in batch.members:
            failed = [each for each in batch.settled(member) if not each.done]
            if failed:
                departures.fail(failed[0].reason or Text("it could not be done"), member)
            else:
                departures.leave(ONWARD, [member])
        return departures

    def mails(self) -> Mapping[str, str]:
        """The ids of the marketing e-mails that it sends, by the settings that name them."""
        return {}

    def trace(self) -> Trace | None:
        """How events that concern what it did are known, if any can."""
        return None if self.made is None else Trace(self.made, made=True, values={})

    def follows(self) -> Collection[str]:
        """The ids of the steps for which it waits until something becomes of what they did."""
        return ()

    def problems(self, place: Place) -> list[Problem]:
        """What keeps this step from being turned on, with the JSON path of each problem.

        What value sources and texts name is looked at for every action alike.
        """
        return []

    def writes(self, type: TypeSchema, schema: Schema) -> Iterator[tuple[str, Any]]:
        """What it writes for enrolled records of a type: "object type/property", and the value
        where it is always the same one, else None.
        """
        yield from ()

    def mentions(self, where: str) -> Iterator[Mention]:
        """What the settings, which stand at a JSON path, name that has to exist."""
        yield from ()

    def sentence(self) -> Text:
        """What the step does, for canvas and journal."""
        return Text(self.summary, **{name: getattr(self, name) for name in type(self).model_fields})


ACTIONS: Catalogue[type[Action]] = Catalogue(
    "penstock.actions.catalogue",
    is_entry=lambda value: (
        isinstance(value, type)
        and issubclass(value, Action)
        and bool(value.type_id)
        and not isabstract(value)
    ),
    key=lambda entry: entry.type_id,
    group="penstock.actions",
)
