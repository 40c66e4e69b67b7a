"""Checks a workflow document: what cannot be stored is refused, what is unfinished is listed."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from penstock.actions.base import ACTIONS, Place
from penstock.filters.compile import Criterion, check, mentions
from penstock.filters.errors import FilterInvalid
from penstock.filters.mentions import Mention, Names, missing
from penstock.filters.occurrences import check_occurrence
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.schema import Schema
from penstock.triggers.base import TRIGGERS, Trigger
from penstock.workflows.asking import asked, in_setting
from penstock.workflows.document import SHAPES, Document
from penstock.workflows.errors import DocumentInvalid

CONTACT = "0-1"

Model = TypeVar("Model", bound=BaseModel)

_ARRAYS = ("actions", "timeWindows", "blockedDates", "dataSources", "suppressionListIds")
_OBJECTS = (
    "customProperties", "enrollmentCriteria", "enrollmentSchedule", "suppressionFilterBranch",
    "eventAnchor", "goalFilterBranch", "unEnrollmentSetting",
)  # fmt: skip


def refuse_broken(body: Mapping[str, Any], schema: Schema, *, creating: bool) -> None:
    """Raise DocumentInvalid, with every reason and its JSON path, for what cannot be stored."""
    problems = list(_shape_problems(body, schema, creating=creating))
    if not problems:
        problems = list(_graph_problems(body))
    if problems:
        raise DocumentInvalid(problems=problems)


def _shape_problems(
    body: Mapping[str, Any], schema: Schema, *, creating: bool
) -> Iterator[Problem]:
    required = (
        ("type", "flowType", "objectTypeId", "isEnabled") if creating else ("type", "isEnabled")
    )
    missing = [name for name in required if body.get(name) is None]
    if missing:
        names = ", ".join(missing)
        text = Text("Some required fields were not set: [{names}]", names=names)
        yield Problem(text, "$", "REQUIRED_FIELD_MISSING")
    for name in (*_ARRAYS, *_OBJECTS):
        value = body.get(name)
        kind: type = list if name in _ARRAYS else dict
        if value is not None and not isinstance(value, kind):
            word = Text("a list") if kind is list else Text("an object")
            yield Problem(Text("{kind} is expected here", kind=word), f"$.{name}", "WRONG_TYPE")
    if body.get("type") not in (None, "CONTACT_FLOW", "PLATFORM_FLOW"):
        text = Text("the type is CONTACT_FLOW or PLATFORM_FLOW")
        yield Problem(text, "$.type", "UNKNOWN_TYPE")
    if not creating:
        return
    object_type = body.get("objectTypeId")
    if object_type is not None and object_type not in schema.types:
        text = Text('there is no object type "{name}"', name=object_type)
        yield Problem(text, "$.objectTypeId", "OBJECT_TYPE_UNKNOWN")
    expected = "CONTACT_FLOW" if object_type == CONTACT else "PLATFORM_FLOW"
    if object_type in schema.types and body.get("type") not in (None, expected):
        text = Text(
            'Expected an object type {relation} "0-1" but got "{given}" for a {type}',
            relation=Text("other than") if object_type == CONTACT else Text("equal to"),
            given=object_type,
            type=body.get("type"),
        )
        yield Problem(text, "$.objectTypeId", "WRONG_OBJECT_TYPE")


def _graph_problems(body: Mapping[str, Any]) -> Iterator[Problem]:
    actions = body.get("actions") or []
    for index, action in enumerate(actions):
        where = f"$.actions[{index}]"
        if not isinstance(action, Mapping):
            yield Problem(Text("an action is an object"), where, "WRONG_TYPE")
        elif action.get("type") not in SHAPES:
            text = Text('"{type}" is no type of action', type=action.get("type"))
            yield Problem(text, f"{where}.type", "UNKNOWN_TYPE")
        elif not isinstance(action.get("actionId"), str) or not action["actionId"]:
            text = Text("every action has an id, as text")
            yield Problem(text, f"{where}.actionId", "ID_MISSING")
        elif action.get("defaultBranch") == {}:
            text = Text("leave defaultBranch out where it leads nowhere")
            yield Problem(text, f"{where}.defaultBranch", "EMPTY_CONNECTION")
        elif any(not isinstance(branch, Mapping) for branch in _branches(action)):
            yield Problem(Text("a branch is an object"), where, "WRONG_TYPE")
    if all(isinstance(a, Mapping) and a.get("type") in SHAPES for a in actions):
        yield from _edge_problems(Document.from_request({**body, "actions": actions}))


def _branches(action: Mapping[str, Any]) -> list[Any]:
    names = ("listBranches", "staticBranches", "testBranches")
    lists = [action.get(name) for name in names]
    return [branch for branches in lists if isinstance(branches, list) for branch in branches]


def _edge_problems(document: Document) -> Iterator[Problem]:
    ids = Counter(str(action.get("actionId")) for action in document.raw["actions"])
    for id, count in ids.items():
        if count > 1:
            text = Text("{count} actions have the id {id}", count=count, id=id)
            yield Problem(text, "$.actions", "DUPLICATE_ACTION_ID")
    if document.steps and document.start not in document.steps:
        text = Text('there is no action "{id}" to start with', id=document.start)
        yield Problem(text, "$.startActionId", "ACTION_DOESNT_EXIST")
        return
    for step in document.steps.values():
        for exit in step.exits:
            if exit.to is not None and exit.to not in document.steps:
                text = Text('there is no action "{id}"', id=exit.to)
                yield Problem(text, f"{exit.where}.nextActionId", "ACTION_DOESNT_EXIST")
    reachable = set(document.order)
    for step in document.steps.values():
        if step.id not in reachable:
            text = Text('action "{id}" cannot be reached from the start', id=step.id)
            yield Problem(text, step.where, "ACTION_UNREACHABLE")


def mentioned(document: Document) -> list[Mention]:
    """What a document names beside the schema, in its filters and in the settings of its steps."""
    found = mentions(document.filters)
    for id in document.order:
        entry = ACTIONS.get(document.steps[id].type_id)
        action = None if entry is None else parsed(entry, document.steps[id].settings, "", [])
        found += () if action is None else action.mentions("")
    trigger = _trigger(document, [])
    if trigger is not None:
        found += [Mention("list", id, where) for _, where, id in trigger.memberships()]
    return found


@dataclass(frozen=True)
class Checked:
    """A document that was looked at closely: what is unfinished, and the criteria it asks about."""

    problems: tuple[Problem, ...]
    criteria: Mapping[str, Criterion]
    """By role."""


def look(document: Document, schema: Schema, emails: frozenset[str], names: Names) -> Checked:
    """Everything that keeps the workflow from being turned on, with JSON paths.

    `emails` are the published ones; `names` those of what its filters mention, as far as it exists.
    """
    problems: list[Problem] = []
    criteria: dict[str, Criterion] = {}
    trigger = _trigger(document, problems)
    if trigger is not None:
        problems += trigger.problems("$.enrollmentCriteria")
    for role, where, wanted in asked(document, trigger):
        try:
            criteria[role] = check(wanted, schema, document.object_type, where=where, names=names)
        except FilterInvalid as invalid:
            problems += [replace(each, where=in_setting(each.where)) for each in invalid.problems]
    if trigger is not None:
        problems += _event_problems(document, trigger, schema, names)
    problems += _unsupported(document)
    type = schema.types[document.object_type]
    for id in document.order:
        problems += _step_problems(document, id, Place(schema, type, "", emails, names))
    return Checked(tuple(problems), criteria)


def _trigger(document: Document, problems: list[Problem]) -> Trigger | None:
    raw = document.raw.get("enrollmentCriteria")
    if raw is None:
        return None
    entry = TRIGGERS.get(str(raw.get("type")))
    where = "$.enrollmentCriteria"
    if entry is None:
        text = Text('"{type}" is no enrollment type that this version knows', type=raw.get("type"))
        problems.append(Problem(text, f"{where}.type", "UNKNOWN_TYPE"))
        return None
    read = parsed(entry, raw, where, problems)
    return read if isinstance(read, Trigger) else None


def _event_problems(
    document: Document, trigger: Trigger, schema: Schema, names: Names
) -> Iterator[Problem]:
    where, type = "$.enrollmentCriteria", document.object_type
    for setting, wanted in trigger.occurrences().values():
        try:
            check_occurrence(wanted, schema, type, where=f"{where}.{setting}")
        except FilterInvalid as invalid:
            yield from invalid.problems
    condition = trigger.condition()
    if condition is not None:
        try:
            check(condition[1], schema, type, where=f"{where}.{condition[0]}", names=names)
        except FilterInvalid as invalid:
            yield from invalid.problems
    lists = [Mention("list", id, f"{where}.{path}") for _, path, id in trigger.memberships()]
    yield from missing(lists, names)


_LATER = ("enrollmentSchedule", "eventAnchor", "unEnrollmentSetting", "timeWindows", "blockedDates")


def _unsupported(document: Document) -> Iterator[Problem]:
    """Settings that are kept but not acted on: a workflow that has one must not pretend to run."""
    for name in _LATER:
        if document.raw.get(name):
            text = Text("the setting {name} is kept, but this version cannot act on it", name=name)
            yield Problem(text, f"$.{name}", "SETTING_UNSUPPORTED")


def _step_problems(document: Document, id: str, around: Place) -> list[Problem]:
    step = document.steps[id]
    entry = ACTIONS.get(step.type_id)
    if entry is None:
        text = Text('the action "{type}" is not supported by this version', type=step.type_id)
        return [Problem(text, step.where, "ACTION_UNSUPPORTED")]
    inside = "" if step.type_id in SHAPES else ".fields"
    where = f"{step.where}{inside}"
    problems: list[Problem] = []
    action = parsed(entry, step.settings, where, problems)
    if action is not None:
        problems += action.problems(replace(around, where=where))
        problems += missing(action.mentions(where), around.names)
    return problems


def parsed(
    entry: type[Model], raw: Mapping[str, Any], where: str, problems: list[Problem]
) -> Model | None:
    """The settings as their class, or None with a problem per field that is wrong."""
    try:
        return entry.model_validate(raw)
    except ValidationError as error:
        for detail in error.errors():
            path = "".join(
                f"[{part}]" if isinstance(part, int) else f".{part}" for part in detail["loc"]
            )
            problems.append(
                Problem(
                    Text("{reason}", reason=detail["msg"]), f"{where}{path}", detail["type"].upper()
                )
            )
        return None
