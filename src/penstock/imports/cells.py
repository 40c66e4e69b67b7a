"""From a cell's text to the value that its property takes: labels, dates, numbers, owners."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from penstock.imports.dates import date_text, moment_text
from penstock.imports.model import Options
from penstock.imports.numbers import number_text
from penstock.kernel.texts import Text
from penstock.records.model import Property
from penstock.records.schema import TypeSchema
from penstock.records.values import BadValue

Convert = Callable[[str], Any]
"""From the text of a cell, never empty, to what the property type parses. Raises BadValue."""

Owners = Sequence[tuple[str, str]]
"""Owners as (e-mail or name, id)."""

_YES_NO: Final = {
    "true": "1 y yes j ja sant".split(),
    "false": "0 n no nej falskt".split(),
}

_REMEMBERED: Final = 4_096
"""Cells of one column whose reading is kept: days and amounts come again and again."""


def converter(type: TypeSchema, prop: Property, options: Options, owners: Owners) -> Convert | None:
    """How cells of this property are read; None: as they stand."""
    zone = ZoneInfo(options.time_zone)
    match prop.type:
        case "date":
            return lru_cache(_REMEMBERED)(lambda text: date_text(text, options.date_format))
        case "datetime":
            return lru_cache(_REMEMBERED)(lambda text: moment_text(text, options.date_format, zone))
        case "number":
            return lru_cache(_REMEMBERED)(lambda text: number_text(text, options.decimal_mark))
        case "bool":
            words = [(word, value) for value, words in _YES_NO.items() for word in words]
            return _finder(_options(prop), words)
        case "enumeration":
            find = _choice(type, prop, owners)
            return _several(find) if prop.multiple else find
    return None


def _choice(type: TypeSchema, prop: Property, owners: Owners) -> Convert:
    if prop.referenced_object_type == "OWNER":
        return _owner(owners)
    if type.staging and prop.name == type.staging.pipeline:
        return _finder([(pipeline.id, pipeline.label) for pipeline in type.pipelines.values()], ())
    return _finder(_options(prop), ())


def _options(prop: Property) -> list[tuple[str, str]]:
    return [(option.value, option.label) for option in prop.options]


def _owner(owners: Owners) -> Convert:
    known = {id for _, id in owners}
    find = _finder([(id, id) for id in known], owners)

    def find_owner(text: str) -> str:
        id: str = find(text)
        if id not in known:
            raise BadValue(
                Text('there is no owner with the address, name or id "{value}"', value=text),
                "OWNER_UNKNOWN",
            )
        return id

    return find_owner


def _finder(options: Iterable[tuple[str, str]], further: Iterable[tuple[str, str]]) -> Convert:
    """Finds a value by itself, by its label or by a further name of it, without regard to case.

    What is not found comes back as it is, for the property type to judge.
    """
    values: dict[str, str] = {}
    names: dict[str, set[str]] = {}
    for value, label in options:
        values |= {value: value, value.casefold(): value}
        names.setdefault(label.casefold(), set()).add(value)
    for name, value in further:
        names.setdefault(name.casefold(), set()).add(value)

    def find(text: str) -> str:
        folded = text.casefold()
        found = values.get(text) or values.get(folded)
        if found is not None:
            return found
        named = names.get(folded, {text})
        if len(named) > 1:
            raise BadValue(
                Text('"{value}" may be one of several; give its id instead', value=text),
                "AMBIGUOUS_OPTION",
            )
        return next(iter(named))

    return find


def _several(find: Convert) -> Convert:
    return lambda text: [find(part.strip()) for part in text.split(";") if part.strip()]


def place_stage(type: TypeSchema, values: dict[str, Any]) -> None:
    """Put the id of a stage where its label stands, looking into the row's pipeline first.

    Raises BadValue for a label that stages of several pipelines have.
    """
    staging = type.staging
    said = values.get(staging.stage) if staging else None
    if staging is None or not said or said in type.stages:
        return
    given = type.pipelines.get(values.get(staging.pipeline, ""))
    places = [
        (pipeline.id, stage.id)
        for pipeline in ([given] if given else type.pipelines.values())
        for stage in pipeline.stages
        if said.casefold() in {stage.label.casefold(), stage.id.casefold()}
    ]
    if len(places) > 1:
        raise BadValue(
            Text(
                'several pipelines have a stage "{value}"; map a column to the pipeline', value=said
            ),
            "AMBIGUOUS_STAGE",
        )
    if places:
        values.setdefault(staging.pipeline, places[0][0])
        values[staging.stage] = places[0][1]
