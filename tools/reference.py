"""Writes docs/reference/ and the settings in README.md anew from the catalogues: `make gen`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from inspect import cleandoc
from pathlib import Path

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from penstock.actions.base import ACTIONS, Action
from penstock.filters.nodes import BRANCHES, KINDS, OPERATIONS, TIME_POINTS, Family
from penstock.filters.operators import Operation
from penstock.kernel.settings import Settings
from penstock.records.model import Property
from penstock.records.seed import EVENT_TYPES, OBJECT_TYPES
from penstock.records.values import TYPES
from penstock.triggers.base import TRIGGERS, Trigger
from penstock.triggers.schedule import SCHEDULES
from tools import flows

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "reference"
README = ROOT / "README.md"
BEGIN, END = "<!-- settings: written by make gen -->", "<!-- end of settings -->"

Lines = Iterator[str]


def files() -> dict[Path, str]:
    """Every generated file as it ought to be."""
    pages = {FOLDER / f"{name}.md": _page(title, body) for name, (title, body) in _PAGES.items()}
    return {**pages, README: _with_settings(README.read_text("utf-8"))}


def stale(wanted: Mapping[Path, str]) -> list[Path]:
    """Generated files that are not as they ought to be, missing and surplus ones too."""
    surplus = set(FOLDER.glob("*")) - wanted.keys()
    return sorted(surplus | {path for path, text in wanted.items() if _read(path) != text})


def write() -> None:
    wanted = files()
    FOLDER.mkdir(exist_ok=True)
    for path in stale(wanted):
        print(path.relative_to(ROOT))
        if path in wanted:
            path.write_text(wanted[path], "utf-8")
        else:
            path.unlink()


def _read(path: Path) -> str | None:
    return path.read_text("utf-8") if path.exists() else None


def _page(title: str, body: Callable[[], Lines]) -> str:
    text = "\n".join((f"# {title}", "", "Written by `make gen` from the catalogue.", "", *body()))
    return text.rstrip("\n") + "\n"


def _with_settings(readme: str) -> str:
    before, _, rest = readme.partition(BEGIN)
    after = rest.partition(END)[2]
    return "\n".join((f"{before}{BEGIN}", *_settings(), f"{END}{after}"))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Lines:
    if rows:
        for row in (head, ["---"] * len(head), *rows):
            cells = (" ".join(cell.replace("|", "\\|").split()) for cell in row)
            yield f"| {' | '.join(cells)} |"
        yield ""


def _code(*words: object) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _settings() -> Lines:
    rows = []
    for name, field in Settings.model_fields.items():
        variable = f"{Settings.model_config.get('env_prefix', '')}{name}".upper()
        rows.append([_code(variable), _default(field.default), field.description or ""])
    yield from _table(["variable", "default", "meaning"], rows)


def _default(value: object) -> str:
    if value is None or value in (PydanticUndefined, "", ()):
        return ""
    return _code(list(value) if isinstance(value, tuple) else value)


def _form(model: type[BaseModel]) -> Lines:
    """The settings that an entry declares itself."""
    rows = [
        [
            _code(field.alias or name),
            field.title or "",
            _code(_hints(field.json_schema_extra).get("widget", "text")),
            "required" if field.is_required() else _default(field.default),
            field.description or "",
        ]
        for name, field in model.model_fields.items()
        if field.title
    ]
    yield from _table(["setting", "label", "widget", "default", "meaning"], rows)


def _hints(extra: object) -> Mapping[str, object]:
    return extra if isinstance(extra, Mapping) else {}


def _help(entry: type) -> str:
    return cleandoc(entry.__doc__ or "")


def _actions() -> Lines:
    def place(action: type[Action]) -> tuple[str, str]:
        return action.category, action.label

    category = ""
    for action in sorted(ACTIONS.values(), key=place):
        if action.category != category:
            category = action.category
            yield from (f"## {category}", "")
        yield from (f"### {action.label}", "", _code(action.type_id), "", _help(action), "")
        yield from _form(action)


def _triggers() -> Lines:
    shared = sorted(Trigger.model_fields)
    for trigger in TRIGGERS.values():
        yield from (f"## {trigger.label}", "", _code(trigger.type_id), "", _help(trigger), "")
        yield from _form(trigger)
    yield f"Every trigger also has {_code(*(Trigger.model_fields[n].alias or n for n in shared))}."
    yield ""
    for schedule in SCHEDULES.values():
        yield from (f"## Schedule: {schedule.label}", "", _code(schedule.type_id), "")
        yield from (_help(schedule), "")
        yield from _form(schedule)


def _filters() -> Lines:
    yield from ("## Branches", "")
    yield from _family(BRANCHES)
    yield from ("## Kinds", "")
    yield from _family(KINDS)
    yield from ("## Operations", "", "What a filter of the kind `PROPERTY` asks of a value.", "")
    for id, operation in OPERATIONS.kinds.items():
        yield from (f"### {operation.label or id}", "", _code(id, *operation.aliases), "")
        yield from (_help(operation), "")
        if issubclass(operation, Operation):
            types = _code(*sorted(operation.types)) or "all"
            several = ", and of several options" if operation.several else ""
            yield from (f"Asked of the property types {types}{several}.", "")
            rows = [[_code(row.name), row.label] for row in operation.operators.values()]
            yield from _table(["operator", "says"], rows)
    yield from ("## Time points", "")
    yield from _family(TIME_POINTS)


def _family(family: Family) -> Lines:
    rows = [[_code(id), _help(kind)] for id, kind in family.kinds.items()]
    yield from _table([_code(family.key), "meaning"], rows)


def _object_types() -> Lines:
    for type in sorted(OBJECT_TYPES.values(), key=lambda type: type.plural_label):
        yield from (f"## {type.plural_label}", "", _code(type.id, type.plural), "")
        if type.required:
            yield from (f"Required: {_code(*type.required)}.", "")
        yield from _properties(type.properties)
        for pipeline in type.pipelines:
            stages = ", ".join(f"{stage.label} (`{stage.id}`)" for stage in pipeline.stages)
            yield from (f"Pipeline {pipeline.label} (`{pipeline.id}`): {stages}.", "")
        edges = [
            [str(edge.id), OBJECT_TYPES[edge.to].plural_label, edge.label or "", str(edge.inverse)]
            for edge in type.associations
        ]
        yield from _table(["association type", "to", "label", "inverse"], edges)


def _properties(properties: Sequence[Property]) -> Lines:
    rows = [
        [_code(prop.name), prop.label, _code(prop.type), ", ".join(_traits(prop))]
        for prop in properties
    ]
    yield from _table(["property", "label", "type", ""], rows)


def _traits(prop: Property) -> Iterator[str]:
    if prop.unique:
        yield "unique"
    if prop.read_only or prop.column:
        yield "read-only"
    if prop.multiple:
        yield "several options"


def _property_types() -> Lines:
    rows = [
        [_code(type.name), type.label, _code(*type.field_types), _code(type.storage)]
        for type in TYPES.values()
    ]
    yield from _table(["type", "label", "field types", "compared as"], rows)


def _event_types() -> Lines:
    for event in EVENT_TYPES.values():
        yield from (f"## {event.label}", "", _code(event.id, event.name), "")
        whose = OBJECT_TYPES[event.object_type].plural_label if event.object_type else "all records"
        yield from (f"Of {whose.lower()}.", "")
        yield from _properties(event.properties)


_PAGES: dict[str, tuple[str, Callable[[], Lines]]] = {
    "actions": ("Actions", _actions),
    "event-types": ("Event types", _event_types),
    "filters": ("Filters", _filters),
    "flows": ("The parts of a flow", lambda: flows.lines(_table)),
    "object-types": ("Object types", _object_types),
    "property-types": ("Property types", _property_types),
    "settings": ("Settings", _settings),
    "triggers": ("Triggers", _triggers),
}


if __name__ == "__main__":
    write()
