"""The shapes of events and of their definitions on the wire."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from penstock.api.models import Paging, Wire, Words
from penstock.api.properties_shapes import OptionInput, OptionShape

LONGEST_BATCH = 500
LONGEST_PAGE = 1_000
LONGEST_LIST = 500


def _utc(instant: datetime) -> datetime:
    try:
        return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError("the year must be between 1 and 9999") from None


Instant = Annotated[datetime, AfterValidator(_utc)]
"""A moment; without a zone it is UTC."""


class EventInput(Wire):
    """An event; `objectId`, `email` or `utk` says to whom it happened."""

    event_name: str
    object_id: int | None = Field(None, ge=0, le=2**63 - 1)
    email: str | None = None
    utk: str | None = Field(None, max_length=1_000)
    occurred_at: Instant | None = None
    uuid: str | None = Field(None, max_length=1_000)
    properties: dict[str, Any] | None = None


class EventsInput(Wire):
    inputs: list[EventInput] = Field(max_length=LONGEST_BATCH)


class EventQuery(Wire):
    """Which events to list; `after` is where the page before ended.

    Beside these, `objectProperty.<name>` names the record by a property that identifies it, and
    `property.<name>` asks for a value of the event.
    """

    object_type: str | None = None
    object_id: int | None = Field(None, ge=0, le=2**63 - 1)
    event_type: str | None = None
    occurred_after: Instant | None = None
    occurred_before: Instant | None = None
    id: Words
    sort: Words
    limit: int = Field(20, ge=1, le=LONGEST_PAGE)
    after: str | None = None


class EventShape(Wire):
    id: str
    event_type: str
    object_type: str
    object_id: str
    occurred_at: datetime
    properties: dict[str, str]


class EventPage(Wire):
    results: list[EventShape]
    paging: Paging | None = None


class EventNames(Wire):
    event_types: list[str]


class AttributeChange(Wire):
    """What of a property of an event may change; what is left out stays."""

    label: str | None = None
    description: str | None = None
    options: list[OptionInput] | None = Field(None, max_length=5_000)


class AttributeInput(AttributeChange):
    name: str
    label: str
    type: str


class DefinitionChange(Wire):
    """What of a definition may change; what is left out stays."""

    label: str | None = None
    description: str | None = None


class DefinitionInput(DefinitionChange):
    name: str
    label: str
    primary_object: str | None = None
    property_definitions: list[AttributeInput] | None = Field(None, max_length=LONGEST_LIST)
    include_default_properties: bool | None = None


class DefinitionQuery(Wire):
    """Which definitions to list; `after` is where the page before ended."""

    search_string: str = ""
    limit: int = Field(100, ge=1, le=LONGEST_LIST)
    after: int = Field(0, ge=0, le=2**31)
    include_properties: bool = True


class EventLabels(Wire):
    singular: str
    plural: str | None


class AttributeShape(Wire):
    name: str
    label: str
    type: str
    field_type: str
    description: str
    options: list[OptionShape]
    archived: bool


class DefinitionShape(Wire):
    id: str
    name: str
    fully_qualified_name: str
    object_type_id: str
    labels: EventLabels
    description: str
    primary_object: str
    primary_object_id: str
    tracking_type: str
    archived: bool
    properties: list[AttributeShape]
    created_at: datetime
    updated_at: datetime


class DefinitionPage(Wire):
    results: list[DefinitionShape]
    total: int
    paging: Paging | None = None
