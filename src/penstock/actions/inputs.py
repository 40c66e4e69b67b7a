"""Value sources: where the value of a setting comes from (the wire's discriminated `type`)."""

from abc import abstractmethod
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field

from penstock.actions.durations import length_problems
from penstock.actions.moments import TimeDelay
from penstock.actions.sources import Column, Part, Reader, Source
from penstock.actions.time_delays import moment
from penstock.actions.tokens import OUTPUTS, Token, own, sole
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.model import Property
from penstock.records.values import instant_text


class StaticValue(Source):
    """The same value for every record; if it is a text with tokens, each record's own."""

    type: Literal["STATIC_VALUE"] = "STATIC_VALUE"
    static_value: Any = None

    @property
    def shared(self) -> bool:
        return not (isinstance(self.static_value, str) and "{{" in self.static_value)

    def templates(self) -> Iterator[tuple[str, str]]:
        if not self.shared:
            yield "staticValue", self.static_value

    async def come_to(self, reader: Reader, property: Property | None = None) -> Column:
        if not self.shared:
            return await reader.render(self.static_value)
        return dict.fromkeys(reader.ids, self.static_value)


class Named(Source):
    """A source that is one token."""

    @abstractmethod
    def named(self) -> tuple[str, Token | None]:
        """The setting that names it, and the token."""

    def names(self) -> Iterator[tuple[str, Token | None]]:
        yield self.named()

    async def come_to(self, reader: Reader, property: Property | None = None) -> Column:
        token = self.named()[1]
        return {} if token is None else (await reader.read([token]))[token]


class ObjectProperty(Named):
    """A property of the enrolled record."""

    type: Literal["OBJECT_PROPERTY"]
    property_name: str

    def named(self) -> tuple[str, Token | None]:
        return "propertyName", own(self.property_name)


class FieldData(Named):
    """What an earlier step put out."""

    step_setting: ClassVar[str | None] = "actionId"

    type: Literal["FIELD_DATA"]
    action_id: str
    data_key: str

    def named(self) -> tuple[str, Token | None]:
        return "dataKey", Token(OUTPUTS, self.action_id, self.data_key)


class ActionOutputProperty(Named):
    """What an earlier step put out, or a property of the record that it made."""

    type: Literal["ACTION_OUTPUT_OBJECT_PROPERTY"]
    action_output_property_token: str

    def named(self) -> tuple[str, Token | None]:
        return "actionOutputPropertyToken", sole(self.action_output_property_token)


class FetchedProperty(Named):
    """A property of a record that a data source of the workflow finds."""

    type: Literal["FETCHED_OBJECT_PROPERTY"]
    property_token: str

    def named(self) -> tuple[str, Token | None]:
        return "propertyToken", sole(self.property_token)


class EventProperty(Named):
    """A property of the event that enrolled the record."""

    type: Literal["ENROLLMENT_EVENT_PROPERTY"]
    enrollment_event_property_token: str

    def named(self) -> tuple[str, Token | None]:
        return "enrollmentEventPropertyToken", sole(self.enrollment_event_property_token)


class Coordinates(Named):
    """A record itself, as `0-1-12345`: the enrolled one, a fetched one, one that a step made."""

    whole: ClassVar[bool] = True

    type: Literal["SINGLE_OBJECT_COORDINATES"]
    coordinates_token: str

    def named(self) -> tuple[str, Token | None]:
        return "coordinatesToken", sole(self.coordinates_token)


class DatasetColumn(Source):
    """A column of a dataset. Kept, but there are no datasets here."""

    type: Literal["ENROLLMENT_DATASET_COLUMN"]
    enrollment_dataset_column_token: str

    def problems(self, where: str) -> Iterator[Problem]:
        text = Text("there are no datasets here that a value could come from")
        yield Problem(text, f"{where}.enrollmentDatasetColumnToken", "DATASET_UNSUPPORTED")

    async def come_to(self, reader: Reader, property: Property | None = None) -> Column:
        return {}


class Moment(Source):
    """A moment that is the same for all. Where a day is wanted, it is the day that it falls on."""

    @property
    def shared(self) -> bool:
        return True

    @abstractmethod
    def at(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The instant; in a time zone, which is the one to read its day in."""

    async def come_to(self, reader: Reader, property: Property | None = None) -> Column:
        at = self.at(reader.now, reader.zone)
        day = property is not None and property.type == "date"
        text = at.date().isoformat() if day else instant_text(at)
        return dict.fromkeys(reader.ids, text)


class Timestamp(Moment):
    """The moment at which the step runs."""

    type: Literal["TIMESTAMP"]
    timestamp_type: Literal["EXECUTION_TIME"] = "EXECUTION_TIME"

    def at(self, now: datetime, zone: ZoneInfo) -> datetime:
        return now.astimezone(zone)


class RelativeDatetime(Moment):
    """A moment so long before or after the step."""

    type: Literal["RELATIVE_DATETIME"]
    time_delay: TimeDelay

    def at(self, now: datetime, zone: ZoneInfo) -> datetime:
        return moment(self.time_delay, now, zone).astimezone(self.time_delay.zone(zone))

    def problems(self, where: str) -> Iterator[Problem]:
        chosen = self.time_delay.time_zone_strategy
        if chosen is not None and not self.time_delay.known_zone():
            text = Text('there is no time zone "{name}"', name=chosen.time_zone_id)
            yield Problem(text, f"{where}.timeDelay.timeZoneStrategy", "UNKNOWN_TIME_ZONE")
        length = self.time_delay
        yield from length_problems(length.delta, length.time_unit, f"{where}.timeDelay.delta")


class Increment(Source):
    """The number that was there, and so much more."""

    part: ClassVar[Part] = "adds"

    type: Literal["INCREMENT"]
    increment_amount: Any

    @property
    def shared(self) -> bool:
        return True

    async def come_to(self, reader: Reader, property: Property | None = None) -> Column:
        return dict.fromkeys(reader.ids, self.increment_amount)


class StaticAppend(Source):
    """What was there, and this too."""

    part: ClassVar[Part] = "appends"

    type: Literal["STATIC_APPEND_VALUE"]
    static_append_value: Any

    async def come_to(self, reader: Reader, property: Property | None = None) -> Column:
        return await self._static.come_to(reader, property)

    def templates(self) -> Iterator[tuple[str, str]]:
        for _, template in self._static.templates():
            yield "staticAppendValue", template

    @property
    def _static(self) -> StaticValue:
        return StaticValue(static_value=self.static_append_value)


class AppendProperty(Named):
    """What was there, and what another property holds."""

    part: ClassVar[Part] = "appends"

    type: Literal["APPEND_OBJECT_PROPERTY"]
    append_property_name: str

    def named(self) -> tuple[str, Token | None]:
        return "appendPropertyName", own(self.append_property_name)


class ListOf(Source):
    """Several values, as a list."""

    type: Literal["LIST"]
    values: tuple["Input", ...]

    async def come_to(self, reader: Reader, property: Property | None = None) -> Column:
        columns = [await value.come_to(reader, property) for value in self.values]
        return {id: [column.get(id) for column in columns] for id in reader.ids}


class MapOf(Source):
    """Several values, by name."""

    type: Literal["MAP"]
    values: dict[str, "Input"]

    async def come_to(self, reader: Reader, property: Property | None = None) -> Column:
        columns = {name: await value.come_to(reader) for name, value in self.values.items()}
        return {id: {name: column.get(id) for name, column in columns.items()} for id in reader.ids}


def _wrap(raw: Any) -> Any:
    """A bare value is shorthand for a static one."""
    return raw if isinstance(raw, dict | Source) else {"type": "STATIC_VALUE", "staticValue": raw}


AnySource = (
    StaticValue
    | ObjectProperty
    | FieldData
    | ActionOutputProperty
    | FetchedProperty
    | EventProperty
    | Coordinates
    | DatasetColumn
    | Timestamp
    | RelativeDatetime
    | Increment
    | StaticAppend
    | AppendProperty
    | ListOf
    | MapOf
)

Input = Annotated[
    Annotated[AnySource, Field(discriminator="type")],
    BeforeValidator(_wrap),
]
"""One value, from wherever it comes."""

ListOf.model_rebuild()
MapOf.model_rebuild()
