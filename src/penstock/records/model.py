"""The nouns of records: object types, properties, pipelines, association types."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

Category = Literal["HUBSPOT_DEFINED", "USER_DEFINED", "INTEGRATOR_DEFINED"]
Column = Literal["id", "created_at", "updated_at"]


@dataclass(frozen=True)
class Option:
    """One choice of an enumeration; `value` is stored, `label` is shown."""

    value: str
    label: str
    display_order: int = 0
    hidden: bool = False
    description: str = ""


@dataclass(frozen=True)
class Property:
    """A field of an object type, under HubSpot's names.

    `type` is a key of the property-type catalogue. `column` names the column of `records` that
    holds the value; such a property is not in the JSON and cannot be written. `unique` values
    identify a record (an e-mail, a domain): at most one record of the type has each.
    """

    name: str
    label: str
    type: str = "string"
    field_type: str = "text"
    group: str = ""
    description: str = ""
    options: tuple[Option, ...] = ()
    unique: bool = False
    read_only: bool = False
    hidden: bool = False
    calculated: bool = False
    form_field: bool = False
    display_order: int = -1
    column: Column | None = None
    external_options: bool = False
    referenced_object_type: str | None = None
    format: Literal["email", "domain"] | None = None
    hubspot_defined: bool = True
    show_currency: bool = False

    @property
    def multiple(self) -> bool:
        """Several options at once: stored as an array, `;`-separated on the wire."""
        return self.type == "enumeration" and self.field_type == "checkbox"

    @cached_property
    def option_values(self) -> frozenset[str]:
        return frozenset(option.value for option in self.options)


@dataclass(frozen=True)
class Group:
    """A heading under which properties are shown."""

    name: str
    label: str
    display_order: int = -1


@dataclass(frozen=True)
class Stage:
    """A step of a pipeline; `metadata` is a map of strings (probability, isClosed, ticketState)."""

    id: str
    label: str
    display_order: int
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Pipeline:
    """An ordered way through stages that records of a type take."""

    id: str
    label: str
    display_order: int
    stages: tuple[Stage, ...]


@dataclass(frozen=True)
class Staging:
    """Which properties hold a record's pipeline and stage, and what follows from entering a stage.

    `closed` is set to whether the stage is closed, `won` to whether it is closed with success,
    `probability` to its probability, `entered` to the moment, `closed_at` to the moment if the
    stage is closed and the property was not given in the same write.
    """

    pipeline: str
    stage: str
    closed: str | None = None
    won: str | None = None
    probability: str | None = None
    entered: str | None = None
    closed_at: str | None = None


@dataclass(frozen=True)
class AssociationType:
    """One direction of an edge between two object types; `inverse` is the id of the other one.

    `single` means a record has at most one edge of this type (a primary company). `to` is an
    object type id. `label` is None for the plain, unlabelled edge.
    """

    id: int
    to: str
    inverse: int
    name: str
    inverse_name: str
    label: str | None = None
    inverse_label: str | None = None
    single: bool = False
    inverse_single: bool = False


@dataclass(frozen=True)
class ObjectType:
    """A kind of record. One constant of this class in a file of `object_types/` adds a type.

    `name` is singular and `plural` is the word in URLs. `associations` are declared on one side
    only; the inverse direction follows. `search` lists what a search's `query` looks at, `shown`
    what is returned when no properties are asked for.

    `stamps` maps a property to those that take the moment of its change:
    {"hubspot_owner_id": ("hubspot_owner_assigneddate",)}. A key with `=value` stamps only when the
    new value is that one: {"lifecyclestage=lead": ("hs_lifecyclestage_lead_date",)}. The key "*"
    means the creation of the record; what was given then is kept: {"*": ("createdate",)}.
    """

    id: str
    name: str
    plural: str
    label: str
    plural_label: str
    primary: str
    secondary: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    properties: tuple[Property, ...] = ()
    pipelines: tuple[Pipeline, ...] = ()
    staging: Staging | None = None
    associations: tuple[AssociationType, ...] = ()
    stamps: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class EventType:
    """Something that can happen to a record. One constant of this class in a file of `event_types/`
    adds one; users add their own.

    `name` is what senders call it. `object_type` is the type of the records it happens to, None for
    all types.
    """

    id: str
    name: str
    label: str
    object_type: str | None = "0-1"
    description: str = ""
    properties: tuple[Property, ...] = ()
