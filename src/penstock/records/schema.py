"""The schema of records in memory: loaded as a whole, kept until its version changes."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.records.errors import ObjectTypeUnknown
from penstock.records.model import EventType, Group, Option, Pipeline, Property, Stage, Staging
from penstock.records.values import TYPES

_queries = load("penstock.records", "schema.sql")


@dataclass(frozen=True)
class Edge:
    """One direction of an association type, as stored.

    `single`: a second edge from a record replaces the first. `most`: how many a record may have.
    """

    id: int
    category: Literal["HUBSPOT_DEFINED", "USER_DEFINED", "INTEGRATOR_DEFINED"]
    from_type: str
    to_type: str
    name: str
    label: str | None
    inverse: int
    single: bool
    most: int | None = None


@dataclass(frozen=True)
class TypeSchema:
    """An object type with all that belongs to it. Properties are the live ones, by name."""

    id: str
    name: str
    plural: str
    label: str
    plural_label: str
    description: str
    primary: str
    secondary: tuple[str, ...]
    required: tuple[str, ...]
    search: tuple[str, ...]
    shown: tuple[str, ...]
    aliases: tuple[str, ...]
    staging: Staging | None
    stamps: Mapping[str, tuple[str, ...]]
    custom: bool
    properties: Mapping[str, Property] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    pipelines: Mapping[str, Pipeline] = field(default_factory=dict)

    @cached_property
    def unique(self) -> tuple[str, ...]:
        """The names of the properties whose values identify a record."""
        return tuple(name for name, prop in self.properties.items() if prop.unique)

    @cached_property
    def parsers(self) -> Mapping[str, Any]:
        """The parse function of each property's type, looked up once."""
        return {name: TYPES[prop.type].parse for name, prop in self.properties.items()}

    @cached_property
    def formats(self) -> Mapping[str, Any]:
        """The format function of each stored property's type."""
        return {
            name: ";".join if prop.multiple else TYPES[prop.type].format
            for name, prop in self.properties.items()
            if prop.column is None
        }

    @cached_property
    def stamped(self) -> tuple[str, ...]:
        """The properties whose change brings others along."""
        return tuple(dict.fromkeys(key.partition("=")[0] for key in self.stamps))

    @cached_property
    def columns(self) -> Mapping[str, str]:
        """Properties that are columns of the record, with the column's name."""
        return {
            name: prop.column for name, prop in self.properties.items() if prop.column is not None
        }

    @cached_property
    def stages(self) -> Mapping[str, tuple[tuple[str, Stage], ...]]:
        """By stage id, the (pipeline id, stage) pairs: several pipelines may have a stage id."""
        found: dict[str, tuple[tuple[str, Stage], ...]] = {}
        for pipeline in self.pipelines.values():
            for stage in pipeline.stages:
                found[stage.id] = (*found.get(stage.id, ()), (pipeline.id, stage))
        return found


@dataclass(frozen=True)
class Schema:
    """Everything that says what records look like, at one version."""

    version: int
    portal_id: int
    time_zone: str
    types: Mapping[str, TypeSchema]
    edges: Mapping[int, Edge]
    owner_ids: frozenset[str]
    events: Mapping[str, EventType] = field(default_factory=dict)

    @cached_property
    def _words(self) -> Mapping[str, TypeSchema]:
        words: dict[str, TypeSchema] = {}
        for type in self.types.values():
            full = f"p{self.portal_id}_{type.name}"
            for word in (type.id, type.name, type.plural, full, *type.aliases):
                words.setdefault(word.lower(), type)
        return words

    def type(self, word: str) -> TypeSchema:
        """The type meant by an id, a name, a plural, an alias or `p{portal}_{name}`.

        Raises ObjectTypeUnknown.
        """
        found = self._words.get(word.lower())
        if found is None:
            raise ObjectTypeUnknown(name=word)
        return found

    @cached_property
    def _between(self) -> Mapping[tuple[str, str], tuple[Edge, ...]]:
        found: dict[tuple[str, str], tuple[Edge, ...]] = {}
        for edge in self.edges.values():
            key = (edge.from_type, edge.to_type)
            found[key] = (*found.get(key, ()), edge)
        return {
            key: tuple(sorted(edges, key=lambda edge: (edge.label is not None, edge.id)))
            for key, edges in found.items()
        }

    @cached_property
    def limited(self) -> frozenset[int]:
        """The association types that have a limit, or whose other direction has one."""
        return frozenset(
            id for edge in self.edges.values() if edge.most for id in (edge.id, edge.inverse)
        )

    def edges_between(self, from_type: str, to_type: str) -> tuple[Edge, ...]:
        """The association types from one object type to another, the plain one first."""
        return self._between.get((from_type, to_type), ())

    def plain_edge(self, from_type: str, to_type: str) -> Edge | None:
        """The unlabelled association type between two object types, if there is one."""
        edges = self.edges_between(from_type, to_type)
        return edges[0] if edges and edges[0].label is None else None


class Schemas:
    """One process's copy of the schema, refreshed when the database says that it has changed."""

    def __init__(self) -> None:
        self._schema: Schema | None = None
        self._loading = asyncio.Lock()

    async def current(self, conn: Connection, version: int | None = None) -> Schema:
        """The schema as the transaction sees it; `version` spares the look at the database."""
        if version is None:
            version = await _queries.value(conn, "version")
        if self._schema is None or self._schema.version != version:
            async with self._loading:
                if self._schema is None or self._schema.version != version:
                    self._schema = await load_schema(conn)
        return self._schema


async def load_schema(conn: Connection) -> Schema:
    """Read the whole schema in one statement, so that it is one consistent version."""
    row = await _queries.one(conn, "load")
    assert row is not None
    kinds = ("properties", "groups", "pipelines")
    grouped: dict[str, dict[str, dict[str, Any]]] = {kind: {} for kind in kinds}
    for item in row.properties:
        grouped["properties"].setdefault(item["object_type"], {})[item["name"]] = property_of(item)
    for item in row.groups:
        group = Group(item["name"], item["label"], item["display_order"])
        grouped["groups"].setdefault(item["object_type"], {})[group.name] = group
    for item in row.pipelines:
        grouped["pipelines"].setdefault(item["object_type"], {})[item["id"]] = _pipeline(item)
    types = {
        item["id"]: type_of(
            item, **{kind: of_type.get(item["id"], {}) for kind, of_type in grouped.items()}
        )
        for item in row.types
    }
    return Schema(
        version=row.version,
        portal_id=row.portal_id,
        time_zone=row.time_zone,
        types=types,
        edges={item["id"]: Edge(**item) for item in row.edges},
        owner_ids=frozenset(row.owners),
        events={item["id"]: event_type_of(item) for item in row.events},
    )


def type_of(row: Mapping[str, Any], **parts: Any) -> TypeSchema:
    """An object type from its row as JSON; `parts` are its properties, groups and pipelines."""
    return TypeSchema(
        id=row["id"],
        name=row["name"],
        plural=row["plural"],
        label=row["label"],
        plural_label=row["plural_label"],
        description=row["description"],
        primary=row["primary_property"],
        secondary=tuple(row["secondary_properties"]),
        required=tuple(row["required_properties"]),
        search=tuple(row["search_properties"]),
        shown=tuple(row["shown_properties"]),
        aliases=tuple(row["aliases"]),
        staging=Staging(**row["staging"]) if row["staging"] else None,
        stamps={name: tuple(targets) for name, targets in row["stamps"].items()},
        custom=row["custom"],
        **parts,
    )


def event_type_of(row: Mapping[str, Any]) -> EventType:
    """A kind of event from its row as JSON."""
    return EventType(
        row["id"],
        row["name"],
        row["label"],
        row["object_type"],
        row["description"],
        tuple(
            Property(**{**prop, "options": tuple(Option(**option) for option in prop["options"])})
            for prop in row["properties"]
        ),
    )


def property_of(row: Mapping[str, Any]) -> Property:
    """A property from its row as JSON."""
    return Property(
        name=row["name"],
        label=row["label"],
        type=row["type"],
        field_type=row["field_type"],
        group=row["group_name"],
        description=row["description"],
        options=tuple(
            Option(
                value=option["value"],
                label=option["label"],
                display_order=option.get("display_order", 0),
                hidden=option.get("hidden", False),
                description=option.get("description", ""),
            )
            for option in row["options"]
        ),
        unique=row["has_unique_value"],
        read_only=row["read_only"],
        hidden=row["hidden"],
        calculated=row["calculated"],
        form_field=row["form_field"],
        display_order=row["display_order"],
        column=row["column"],
        external_options=row["external_options"],
        referenced_object_type=row["referenced_object_type"],
        format=row["format"],
        hubspot_defined=row["hubspot_defined"],
        show_currency=row["show_currency"],
    )


def _pipeline(row: dict[str, Any]) -> Pipeline:
    return Pipeline(
        id=row["id"],
        label=row["label"],
        display_order=row["display_order"],
        stages=tuple(
            Stage(stage["id"], stage["label"], stage["display_order"], stage["metadata"])
            for stage in row["stages"]
        ),
    )
