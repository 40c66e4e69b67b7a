"""From a cell's text to the value that its property takes: labels, dates, numbers, owners."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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

_YES_NO: Final = {
    "1": "true", "y": "true", "yes": "true", "ja": "true", "j": "true", "sant": "true",
    "0": "false", "n": "false", "no": "false", "nej": "false", "falskt": "false",
}  # fmt: skip

_REMEMBERED: Final = 4_096
"""Cells of one column whose reading is kept: days and amounts come again and again."""


@dataclass(frozen=True)
class Names:
    """Ids by the ways in which people write them down, without regard to case; None: ambiguous."""

    ids: Mapping[str, str | None]

    def find(self, text: str) -> str:
        """The id, or the text itself for the property type to judge. Raises BadValue."""
        if text in self.ids.values():
            return text
        found = self.ids.get(text.casefold(), text)
        if found is None:
            raise BadValue(
                Text('"{value}" may be one of several; give its id instead', value=text),
                "AMBIGUOUS_OPTION",
            )
        return found


def names_of(pairs: list[tuple[str, str]]) -> Names:
    """From (name, id) pairs; a name that two ids have is ambiguous."""
    ids: dict[str, str | None] = {}
    for name, id in pairs:
        key = name.casefold()
        if key:
            ids[key] = id if ids.get(key, id) == id else None
    return Names(ids)


def converter(type: TypeSchema, prop: Property, options: Options, owners: Names) -> Convert | None:
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
            return _chosen(prop, names_of([*_YES_NO.items(), *_labels(prop)]))
        case "enumeration":
            return _chosen(prop, _choices(type, prop, owners))
    return None


def _choices(type: TypeSchema, prop: Property, owners: Names) -> Names:
    if prop.referenced_object_type == "OWNER":
        return owners
    if type.staging and prop.name == type.staging.pipeline:
        pipelines = type.pipelines.values()
        return names_of([(pipeline.label, pipeline.id) for pipeline in pipelines])
    return names_of(_labels(prop))


def _labels(prop: Property) -> list[tuple[str, str]]:
    """Values and labels; a value that is also another option's label is the value."""
    values = {option.value.casefold(): option.value for option in prop.options}
    labels = [
        (option.label, option.value)
        for option in prop.options
        if option.label.casefold() not in values
    ]
    return [*((value, value) for value in values.values()), *labels]


def _chosen(prop: Property, names: Names) -> Convert:
    if not prop.multiple:
        return names.find
    return lambda text: [names.find(part.strip()) for part in text.split(";") if part.strip()]


def place_stage(type: TypeSchema, values: dict[str, Any]) -> None:
    """Put the id of a stage where its label stands, looking into the row's pipeline first.

    Raises BadValue for a label that stages of several pipelines have.
    """
    staging = type.staging
    said = values.get(staging.stage) if staging else None
    if staging is None or not said or said in type.stages:
        return
    pipelines = type.pipelines
    given = values.get(staging.pipeline)
    places = [
        (pipeline.id, stage.id)
        for pipeline in ([pipelines[given]] if given in pipelines else pipelines.values())
        for stage in pipeline.stages
        if stage.label.casefold() == said.casefold() or stage.id.casefold() == said.casefold()
    ]
    if len(places) > 1:
        raise BadValue(
            Text('several pipelines have a stage "{value}"; map a column to the pipeline', value=said),
            "AMBIGUOUS_STAGE",
        )
    if places:
        values.setdefault(staging.pipeline, places[0][0])
        values[staging.stage] = places[0][1]
