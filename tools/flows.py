"""The page of docs/reference that says what becomes of each part of a v4 flow."""

import ast
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from inspect import cleandoc
from pathlib import Path
from types import ModuleType
from typing import Any, Final, get_args

from pydantic import BaseModel

import penstock
from penstock import actions, engine, triggers, workflows
from penstock.actions.authorizing import Authorization
from penstock.actions.base import ACTIONS
from penstock.actions.durations import Unit
from penstock.actions.sources import Source
from penstock.filters.nodes import BRANCHES, KINDS, OPERATIONS, REFINEMENTS, TIME_POINTS
from penstock.triggers.base import TRIGGERS
from penstock.triggers.schedule import SCHEDULES
from penstock.workflows import validate
from penstock.workflows.anchors import ANCHORS
from penstock.workflows.data_sources import DataSource
from penstock.workflows.document import CREATED_FIELDS, FIXED_FIELDS
from penstock.workflows.document import SHAPES as SHAPES_READ
from tools import flow_parts as wire
from tools import own_keys

Known = Mapping[str, str]
"""The words that the code knows, each with what it is for."""

Table = Callable[[list[str], list[list[str]]], Iterator[str]]

YES: Final = "acted on"
KEPT: Final = "kept"
NO: Final = "kept; a workflow that has it cannot be turned on"
FAILS: Final = "kept; the step fails and says so"

_LATER: Final = frozenset(vars(validate).get("_LATER", ()))
"""Fields that keep a workflow from being turned on, if there are any."""

_KEPT: Final = re.compile(r"\bKept\b|kept as it came")
_STORED: Final = frozenset({"workflows/document.py", "workflows/broken.py", "workflows/store.py"})
"""Modules that keep fields without acting on them."""


def lines(table: Table) -> Iterator[str]:
    """The page: what HubSpot has first, then what there is here besides."""
    yield from (
        "What a flow says in these fields is kept as it came, and read back the same; any other",
        "field of the flow itself, such as a misspelt one, is left out. A workflow that has a part",
        "which is not acted on says so among its problems and warnings, each with its path.",
        "",
        "## Fields of a flow",
        "",
    )
    yield from table(["field", "said by", "here"], list(_fields()))
    yield from (
        "## Keys of our own",
        "",
        "HubSpot has none of these. Goals, suppression lists and leaving other workflows are for",
        "records of every type here. Settings of actions that are ours stand in",
        "[actions](actions.md).",
        "",
    )
    yield from table(["key", "in", "meaning"], list(own_keys.rows()))
    for title, words, known in _sections():
        yield from (f"## {title}", "")
        rows = [[f"`{word}`", *_state(word, known, words)] for word in words]
        further = [word for word in known if word not in words]
        rows += [[f"`{word}`", "of our own", known[word]] for word in further]
        yield from table(["part", "here", "meaning"], rows)


def _state(word: str, known: Known, words: Iterable[str]) -> tuple[str, str]:
    if word in known:
        # An entry whose help says so stands for what there is not.
        return KEPT if _KEPT.search(known[word]) else YES, known[word]
    if words in (wire.SHAPES, wire.ACTIONS):
        return FAILS, words.get(word, "") if isinstance(words, Mapping) else ""
    return NO, ""


def _sections() -> Iterator[tuple[str, Iterable[str], Known]]:
    own = {id: _help(entry) for id, entry in ACTIONS.items()}
    shapes = {word: own[word] for word in SHAPES_READ if word in own}
    single = "An action that has an `actionTypeId`, below."
    yield "Actions, by `type`", wire.SHAPES, {"SINGLE_CONNECTION": single, **shapes}
    jump = {"0-2": "It is no action here either: a connection of the type GOTO."}
    typed = {id: text for id, text in own.items() if id not in SHAPES_READ}
    yield "Actions, by `actionTypeId`", wire.ACTIONS, jump | typed
    yield "Values, by `type`", wire.VALUES, _types(Source)
    units = dict.fromkeys(get_args(Unit), "")
    yield "Units of time", wire.TIME_UNITS, units
    yield "Authorization of webhooks, by `type`", wire.AUTHORIZATION, _members(Authorization)
    yield "Enrollment, by `type`", wire.ENROLLMENT, _helps(TRIGGERS)
    schedules = _unless_later("enrollmentSchedule", SCHEDULES)
    yield "Schedules, by `type`", wire.SCHEDULES, schedules
    yield "Event anchors, by `type`", wire.ANCHORS, _unless_later("eventAnchor", ANCHORS)
    yield "Data sources, by `type`", wire.DATA_SOURCES, _types(DataSource)
    yield "Branches of filters", wire.BRANCHES, _helps(BRANCHES.kinds)
    yield "Filters, by `filterType`", wire.FILTERS, _helps(KINDS.kinds)
    yield "Operations of property filters", wire.OPERATIONS, _helps(OPERATIONS.kinds)
    yield "Time points, by `timeType`", wire.TIME_POINTS, _helps(TIME_POINTS.kinds)
    yield "Refinements, by `type`", wire.REFINEMENTS, _helps(REFINEMENTS.kinds)


def _fields() -> Iterator[list[str]]:
    read = _read_fields()
    for name in (*wire.FIELDS, *(name for name in CREATED_FIELDS if name not in wire.FIELDS)):
        own = "" if name in wire.FIELDS else " (of our own)"
        if name == "isEnabled":
            yield [f"`{name}`", "create, put", "turns the workflow on and off"]
        elif name == "revisionId":
            yield [f"`{name}`", "put", "an optimistic lock: a stale one is refused"]
        elif name not in CREATED_FIELDS:
            yield [f"`{name}`", "the server", ""]
        else:
            by = "create" if name in FIXED_FIELDS else "create, put"
            state = NO if name in _LATER else YES if name in read else KEPT
            yield [f"`{name}`{own}", by, state]


@cache
def _read_fields() -> frozenset[str]:
    """Fields that the code says somewhere else than where documents are stored."""
    said: set[str] = set()
    root = Path(str(penstock.__file__)).parent
    for package in (actions, engine, triggers, workflows):
        for module in _modules(package):
            path = Path(str(module.__file__))
            if str(path.relative_to(root)) not in _STORED:
                said |= _said(path) | _aliases(module)
    properties = {"name", "objectTypeId", "startActionId", "actions", "suppressionListIds", "type"}
    return frozenset(said | properties)


def _said(path: Path) -> set[str]:
    """The strings of a module, and the keys that JSON paths in it begin with."""
    strings = {
        node.value
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return strings | {text[2:] for text in strings if text.startswith("$.")}


def _aliases(module: ModuleType) -> set[str]:
    """The keys that the models of a module read."""
    models = [kind for kind in vars(module).values() if isinstance(kind, type)]
    return {
        field.alias
        for model in models
        if issubclass(model, BaseModel)
        for field in model.model_fields.values()
        if field.alias
    }


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield import_module(info.name)


def _types(base: type[BaseModel]) -> Known:
    """The words of `type` of a class's subclasses, with their help."""
    found: dict[str, str] = {}
    for kind in base.__subclasses__():
        field = kind.model_fields.get("type")
        for word in get_args(field.annotation) if field else ():
            found[str(word)] = _help(kind)
        found |= _types(kind)
    return found


def _members(union: Any) -> Known:
    """The words of `type` of the classes of a union, with their help."""
    kinds = get_args(get_args(union)[0])
    words = {kind: get_args(kind.model_fields["type"].annotation) for kind in kinds}
    return {str(word): _help(kind) for kind in kinds for word in words[kind]}


def _helps(entries: Mapping[str, Any]) -> Known:
    return {id: _help(entry) for id, entry in entries.items()}


def _unless_later(field: str, entries: Mapping[str, Any]) -> Known:
    """Nothing, where the field as a whole is not acted on yet."""
    return {} if field in _LATER else _helps(entries)


def _help(entry: type) -> str:
    return cleandoc(entry.__doc__ or "").partition("\n\n")[0].replace("\n", " ")
