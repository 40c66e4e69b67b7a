"""Data sources of a workflow: other records that its steps may speak of, each by a name."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.schema import Schema, TypeSchema
from penstock.records.values import BadValue, parse
from penstock.workflows.parsing import misfit

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


class _Wire(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, frozen=True, extra="allow"
    )


def _word(raw: Any) -> Any:
    return raw.strip("_").upper() if isinstance(raw, str) else raw


class SortBy(_Wire):
    """Which of several records is meant: the first in this order."""

    property: str
    order: Literal["ASC", "DESC"] = "ASC"
    missing: Annotated[Literal["FIRST", "LAST"] | None, BeforeValidator(_word)] = None
    """Where records stand that have no value: at the end unless said otherwise."""


class DataSource(_Wire):
    """Finds one record for each enrolled one, or none."""

    name: str

    def fetches(self, schema: Schema, own: TypeSchema) -> TypeSchema | None:
        """The type of the records that it finds for records of the type `own`."""
        raise NotImplementedError(type(self).__name__)

    def problems(self, schema: Schema, own: TypeSchema, where: str) -> Iterator[Problem]:
        """What keeps it from finding anything."""
        yield from ()


class _Sorted(DataSource):
    sort_by: SortBy | None = None

    def _sort_problems(self, fetched: TypeSchema | None, where: str) -> Iterator[Problem]:
        if fetched is not None and self.sort_by is not None:
            yield from _unknown(fetched, self.sort_by.property, f"{where}.sortBy.property")


class Associated(_Sorted):
    """An associated record; of several the first in the order, or the oldest."""

    type: Literal["ASSOCIATION"]
    object_type_id: str | None = None
    association_category: str = "HUBSPOT_DEFINED"
    association_type_id: int

    def fetches(self, schema: Schema, own: TypeSchema) -> TypeSchema | None:
        edge = schema.edges.get(self.association_type_id)
        return None if edge is None or edge.from_type != own.id else schema.types[edge.to_type]

    def problems(self, schema: Schema, own: TypeSchema, where: str) -> Iterator[Problem]:
        yield from _edge_problems(self, schema, own, where)
        yield from self._sort_problems(self.fetches(schema, own), where)


class AssociatedLast(DataSource):
    """The record that was associated last."""

    type: Literal["ASSOCIATION_TIMESTAMP"]
    object_type_id: str | None = None
    association_category: str = "HUBSPOT_DEFINED"
    association_type_id: int

    def fetches(self, schema: Schema, own: TypeSchema) -> TypeSchema | None:
        edge = schema.edges.get(self.association_type_id)
        return None if edge is None or edge.from_type != own.id else schema.types[edge.to_type]

    def problems(self, schema: Schema, own: TypeSchema, where: str) -> Iterator[Problem]:
        yield from _edge_problems(self, schema, own, where)


class _Having(_Sorted):
    """A record by the value of a property: of the workflow's own type, unless one is given."""

    property_name: str
    object_type_id: str | None = None

    def fetches(self, schema: Schema, own: TypeSchema) -> TypeSchema | None:
        return own if self.object_type_id is None else schema.types.get(self.object_type_id)

    def problems(self, schema: Schema, own: TypeSchema, where: str) -> Iterator[Problem]:
        fetched = self.fetches(schema, own)
        if fetched is None:
            text = Text('there is no object type "{name}"', name=self.object_type_id)
            yield Problem(text, f"{where}.objectTypeId", "OBJECT_TYPE_UNKNOWN")
            return
        yield from _unknown(fetched, self.property_name, f"{where}.propertyName", stored=True)
        yield from self._sort_problems(fetched, where)


class HavingValue(_Having):
    """A record that has a certain value."""

    type: Literal["STATIC_PROPERTY_FILTER"]
    static_value: Any

    def problems(self, schema: Schema, own: TypeSchema, where: str) -> Iterator[Problem]:
        before = list(super().problems(schema, own, where))
        yield from before
        fetched = self.fetches(schema, own)
        if before or fetched is None:
            return
        try:
            parse(fetched.properties[self.property_name], self.static_value)
        except BadValue as bad:
            yield Problem(bad.text, f"{where}.staticValue", bad.code)


class HavingSame(_Having):
    """A record that has the value which the enrolled one has in a property of its own."""

    type: Literal["ENROLLED_RECORD_PROPERTY_FILTER"]
    record_field_name: str

    def problems(self, schema: Schema, own: TypeSchema, where: str) -> Iterator[Problem]:
        yield from super().problems(schema, own, where)
        yield from _unknown(own, self.record_field_name, f"{where}.recordFieldName")


class Elsewhere(DataSource):
    """Kept, but there is nothing here that it could ask."""

    type: Literal["DATASET_FIELD_PROPERTY_FILTER", "ENROLLED_ARGUMENT_PROPERTY_FILTER"]

    def fetches(self, schema: Schema, own: TypeSchema) -> TypeSchema | None:
        return None

    def problems(self, schema: Schema, own: TypeSchema, where: str) -> Iterator[Problem]:
        text = Text('a data source of the type "{type}" finds nothing here', type=self.type)
        yield Problem(text, f"{where}.type", "DATA_SOURCE_UNSUPPORTED")


_ANY: TypeAdapter[DataSource] = TypeAdapter(
    Annotated[
        Associated | AssociatedLast | HavingValue | HavingSame | Elsewhere,
        Field(discriminator="type"),
    ]
)

Fetched = Mapping[str, TypeSchema | None]
"""The types of what data sources find, by their names; None: they find nothing."""


def read(raw: Sequence[Any]) -> Mapping[str, DataSource]:
    """Data sources by name; those that cannot be understood are left out."""
    found: dict[str, DataSource] = {}
    for each in raw:
        try:
            source = _ANY.validate_python(each)
        except ValidationError:
            continue
        found.setdefault(source.name, source)
    return found


def look(raw: Sequence[Any], schema: Schema, own: TypeSchema, problems: list[Problem]) -> Fetched:
    """What the data sources of a document find; adds what is wrong with them, with JSON paths."""
    found: dict[str, TypeSchema | None] = {}
    for index, each in enumerate(raw):
        where = f"$.dataSources[{index}]"
        try:
            source = _ANY.validate_python(each)
        except ValidationError as error:
            problems += _misread(error, where)
            if isinstance(each, Mapping) and isinstance(each.get("name"), str):
                found.setdefault(each["name"], None)
            continue
        if not _NAME.fullmatch(source.name):
            text = Text('"{name}" cannot be a name in a token', name=source.name)
            problems.append(Problem(text, f"{where}.name", "INVALID_NAME"))
        if source.name in found:
            text = Text('there are two data sources called "{name}"', name=source.name)
            problems.append(Problem(text, f"{where}.name", "DUPLICATE_NAME"))
        problems += source.problems(schema, own, where)
        found.setdefault(source.name, source.fetches(schema, own))
    return found


def _misread(error: ValidationError, where: str) -> Iterator[Problem]:
    for detail in error.errors():
        # The first part of a place is the type, which chose the class.
        path = "".join(f".{part}" for part in detail["loc"][1:]) or ".type"
        yield misfit(detail, f"{where}{path}")


def _edge_problems(
    source: Associated | AssociatedLast, schema: Schema, own: TypeSchema, where: str
) -> Iterator[Problem]:
    fetched = source.fetches(schema, own)
    if fetched is None:
        text = Text(
            "no association type {id} leads from {type}",
            id=source.association_type_id,
            type=own.plural_label,
        )
        yield Problem(text, f"{where}.associationTypeId", "ASSOCIATION_TYPE_UNKNOWN")
    elif source.object_type_id not in (None, fetched.id):
        text = Text(
            "association type {id} leads to {type}",
            id=source.association_type_id,
            type=fetched.plural_label,
        )
        yield Problem(text, f"{where}.objectTypeId", "WRONG_OBJECT_TYPE")


def _unknown(type: TypeSchema, name: str, where: str, *, stored: bool = False) -> Iterator[Problem]:
    known = type.properties.get(name)
    if known is None:
        text = Text('there is no property "{name}" of {type}', name=name, type=type.plural_label)
        yield Problem(text, where, "PROPERTY_DOESNT_EXIST")
    elif stored and known.column is not None:
        text = Text('records cannot be found by "{name}"', name=name)
        yield Problem(text, where, "PROPERTY_UNSUPPORTED")
