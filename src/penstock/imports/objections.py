"""What a mapping cannot do, all of it at once, before the first row is read."""

from collections.abc import Iterator, Sequence

from penstock.imports.model import ID, Column, Link, Operation, Options
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.errors import ObjectTypeUnknown
from penstock.records.schema import Schema, TypeSchema


def objections(
    schema: Schema, type: TypeSchema, columns: Sequence[Column], options: Options
) -> Iterator[Problem]:
    """One problem per wish that cannot be granted; `where` is the column's name, if it is one's."""
    used: dict[str, str] = {}
    for column in columns:
        if column.property:
            text = _unwritable(type, column.property)
            if column.property in used:
                text = Text(
                    'the columns "{first}" and "{second}" are both mapped to {property}',
                    first=used[column.property],
                    second=column.name,
                    property=column.property,
                )
            used[column.property] = column.name
            if text is not None:
                yield Problem(text, column.name, "PROPERTY_UNUSABLE")
        text = _unlinkable(schema, type, column.link) if column.link else None
        if text is not None:
            yield Problem(text, column.name, "ASSOCIATION_UNUSABLE")
    yield from _about_key(type, set(used), options)
    creates = options.operation is Operation.CREATE
    if creates and ID in used:
        text = Text("new records get their ids here; a column cannot give them")
        yield Problem(text, ID, "ID_GIVEN")
    told_apart = options.key is not None or ID in used
    if creates or (options.operation is Operation.UPSERT and not told_apart):
        yield from _about_creation(type, set(used))


def _unwritable(type: TypeSchema, name: str) -> Text | None:
    prop = type.properties.get(name)
    if prop is None:
        return Text('Property "{name}" does not exist', name=name)
    if name != ID and (prop.read_only or prop.column is not None):
        return Text('"{name}" is a read-only property; its value cannot be set', name=name)
    return None


def _unlinkable(schema: Schema, type: TypeSchema, link: Link) -> Text | None:
    try:
        other = schema.type(link.to)
    except ObjectTypeUnknown as unknown:
        return unknown.text
    known = {edge.id for edge in schema.edges_between(type.id, other.id)}
    plain = schema.plain_edge(type.id, other.id)
    for id in link.type_ids:
        if id not in known:
            return Text(
                "association type {id} does not lead from {first} to {second}",
                id=id,
                first=type.plural,
                second=other.plural,
            )
    if not link.type_ids and plain is None:
        return Text(
            "{first} and {second} have no association type", first=type.plural, second=other.plural
        )
    if link.by not in {None, "id"} and (
        link.by not in other.properties or link.by in other.columns
    ):
        return Text('Property "{name}" does not exist', name=link.by)
    return None


def _about_key(type: TypeSchema, mapped: set[str], options: Options) -> Iterator[Problem]:
    key = options.key
    if key is not None and key not in type.unique:
        text = Text(
            '"{name}" does not tell records apart; these do: {unique}',
            name=key,
            unique=", ".join((ID, *type.unique)),
        )
        yield Problem(text, key, "KEY_NOT_UNIQUE")
    elif key is not None and key not in mapped:
        yield Problem(
            Text('no column is mapped to the key "{name}"', name=key), key, "KEY_UNMAPPED"
        )
    if options.operation is Operation.UPDATE and key is None and ID not in mapped:
        text = Text(
            "records can only be updated when a column tells which: {unique}",
            unique=", ".join((ID, *type.unique)),
        )
        yield Problem(text, "operation", "KEY_MISSING")


def _about_creation(type: TypeSchema, mapped: set[str]) -> Iterator[Problem]:
    """Every row is a new record, and needs what new records need."""
    staging = type.staging if type.pipelines else None
    # A record without a place in a pipeline is put at its beginning.
    placed = {staging.pipeline, staging.stage} if staging else set()
    for name in type.required:
        if name not in mapped | placed:
            text = Text('"{name}" is required and was not given', name=name)
            yield Problem(text, name, "REQUIRED_PROPERTY_MISSING")
