"""The port that actions act through; the engine implements it for one step and one group."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from penstock.actions.departures import ONWARD, Centre, Created, Departures, Member, Settled
from penstock.actions.inputs import Input
from penstock.actions.sources import Source
from penstock.kernel.texts import Text
from penstock.records.model import Property
from penstock.records.owners import Owner
from penstock.records.schema import Schema, TypeSchema
from penstock.records.subscriptions import Channel, Status


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
