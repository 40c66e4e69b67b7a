"""What cannot be stored of a workflow: malformed JSON, a broken graph, the wrong type of flow."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from penstock.filters.model import deeper
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.schema import Schema
from penstock.triggers.base import TRIGGERS
from penstock.workflows.document import SHAPES, Document, connection_of
from penstock.workflows.errors import DocumentInvalid, ReplacementInvalid

CONTACT = "0-1"
LONGEST_NAME: Final = 500
DEEPEST: Final = 200
"""Levels of JSON: what is kept is read within answers, which are levels themselves."""


_ARRAYS = (
    "actions", "timeWindows", "blockedDates", "holidayCalendars", "dataSources",
    "suppressionListIds",
)  # fmt: skip
_OBJECTS = (
    "customProperties", "enrollmentCriteria", "enrollmentSchedule", "suppressionFilterBranch",
    "eventAnchor", "goalFilterBranch", "unEnrollmentSetting", "timeZone",
)  # fmt: skip
_WORDS = (
    "type",
    "flowType",
    "objectTypeId",
    "name",
    "description",
    "uuid",
    "startActionId",
    "missedFirings",
    "turnOffAt",
)
_KINDS: Final[Sequence[tuple[Sequence[str], type, Text]]] = (
    (_ARRAYS, list, Text("a list")),
    (_OBJECTS, dict, Text("an object")),
    (_WORDS, str, Text("a text")),
    (("isEnabled", "canEnrollFromSalesforce"), bool, Text("true or false")),
)
_CREATING: Final[Sequence[str]] = ("type", "flowType", "objectTypeId", "isEnabled")
_REPLACING: Final[Sequence[str]] = ("type", "revisionId", "isEnabled")
_FLOW_TYPES: Final = ("WORKFLOW", "ACTION_SET", "UNKNOWN")


def refuse_broken(body: Mapping[str, Any], schema: Schema, *, creating: bool) -> None:
    """Raise DocumentInvalid, with every reason and its JSON path, for what cannot be stored."""
    problems = list(_depth_problems(body))
    if not problems:
        problems = list(_shape_problems(body, schema, creating=creating))
    if not problems:
        problems = list(_graph_problems(body))
    if problems:
        kind = DocumentInvalid if creating else ReplacementInvalid
        raise kind(problems=problems)


def _depth_problems(body: Mapping[str, Any]) -> Iterator[Problem]:
    for name, value in body.items():
        if deeper(value, DEEPEST):
            text = Text("it is nested deeper than {limit} levels", limit=DEEPEST)
            yield Problem(text, f"$.{name}", "TOO_DEEP")


def _shape_problems(
    body: Mapping[str, Any], schema: Schema, *, creating: bool
) -> Iterator[Problem]:
    required = _CREATING if creating else _REPLACING
    missing = [name for name in required if body.get(name) is None]
    if missing:
        names = ", ".join(missing)
        text = Text("Some required fields were not set: [{names}]", names=names)
        yield Problem(text, "$", "REQUIRED_FIELD_MISSING")
    wrong = list(_kind_problems(body))
    yield from wrong
    if not wrong:
        yield from _word_problems(body, schema, creating=creating)


def _kind_problems(body: Mapping[str, Any]) -> Iterator[Problem]:
    for names, kind, word in _KINDS:
        for name in names:
            value = body.get(name)
            if value is not None and not isinstance(value, kind):
                text = Text("{kind} is expected here", kind=word)
                yield Problem(text, f"$.{name}", "WRONG_TYPE")


def _word_problems(body: Mapping[str, Any], schema: Schema, *, creating: bool) -> Iterator[Problem]:
    """Words that mean nothing here."""
    if body.get("type") not in (None, "CONTACT_FLOW", "PLATFORM_FLOW"):
        text = Text("the type is CONTACT_FLOW or PLATFORM_FLOW")
        yield Problem(text, "$.type", "UNKNOWN_TYPE")
    if creating and body.get("flowType") not in (None, *_FLOW_TYPES):
        text = Text("the flow type is one of {known}", known=", ".join(_FLOW_TYPES))
        yield Problem(text, "$.flowType", "UNKNOWN_TYPE")
    object_type = body.get("objectTypeId")
    if object_type is not None and object_type not in schema.types:
        text = Text('there is no object type "{name}"', name=object_type)
        yield Problem(text, "$.objectTypeId", "OBJECT_TYPE_UNKNOWN")
    other = "PLATFORM_FLOW" if object_type == CONTACT else "CONTACT_FLOW"
    if object_type in schema.types and body.get("type") == other:
        text = Text(
            'Expected an object type {relation} "0-1" but got "{given}" for a {type}',
            relation=Text("other than") if object_type == CONTACT else Text("equal to"),
            given=object_type,
            type=other,
        )
        yield Problem(text, "$.objectTypeId", "WRONG_OBJECT_TYPE")
    if len(body.get("name") or "") > LONGEST_NAME:
        text = Text("it is longer than {limit} characters", limit=LONGEST_NAME)
        yield Problem(text, "$.name", "TOO_LONG")
    enrolling = (body.get("enrollmentCriteria") or {}).get("type", "DATASET")
    if not isinstance(enrolling, str) or enrolling not in {*TRIGGERS, "DATASET"}:
        known = ", ".join(sorted(TRIGGERS))
        text = Text('"{type}" is no way to enroll; there are: {known}', type=enrolling, known=known)
        yield Problem(text, "$.enrollmentCriteria.type", "UNKNOWN_TYPE")
    if creating and body.get("uuid") is not None and not _is_uuid(body["uuid"]):
        yield Problem(Text("a UUID is expected here"), "$.uuid", "WRONG_TYPE")


def _is_uuid(word: str) -> bool:
    try:
        UUID(word)
    except ValueError:
        return False
    return True


def _graph_problems(body: Mapping[str, Any]) -> Iterator[Problem]:
    actions = body.get("actions") or []
    wrong = [
        problem
        for index, action in enumerate(actions)
        for problem in _action_problems(action, f"$.actions[{index}]")
    ]
    yield from wrong
    # Only what has the shape of a graph can be looked at as one.
    if not wrong:
        yield from _edge_problems(Document.from_request({**body, "actions": actions}))


def _action_problems(action: Any, where: str) -> Iterator[Problem]:
    if not isinstance(action, Mapping):
        yield Problem(Text("an action is an object"), where, "WRONG_TYPE")
        return
    yield from _type_problems(action.get("type"), f"{where}.type")
    if not isinstance(action.get("actionId"), str) or not action["actionId"]:
        text = Text("every action has an id, as text")
        yield Problem(text, f"{where}.actionId", "ID_MISSING")
    if action.get("defaultBranch") == {}:
        text = Text("leave defaultBranch out where it leads nowhere")
        yield Problem(text, f"{where}.defaultBranch", "EMPTY_CONNECTION")
    for name in _BRANCHES:
        if not isinstance(action.get(name) or [], list):
            text = Text("{kind} is expected here", kind=Text("a list"))
            yield Problem(text, f"{where}.{name}", "WRONG_TYPE")
    for edge, place in _connections(action, where):
        yield from _connection_problems(edge, place)
    for branch, place in _branches(action, where):
        if isinstance(branch, Mapping):
            yield from _connection_problems(*connection_of(branch, place))
        else:
            yield Problem(Text("a branch is an object"), place, "WRONG_TYPE")


def _type_problems(type: Any, where: str) -> Iterator[Problem]:
    if type is None:
        text = Text("{field} is required", field="type")
        yield Problem(text, where, "REQUIRED_FIELD_MISSING")
    elif not isinstance(type, str) or type not in SHAPES:
        text = Text(
            '"{type}" is no type of action; there are: {known}',
            type=type,
            known=", ".join(sorted(SHAPES)),
        )
        yield Problem(text, where, "UNKNOWN_TYPE")


def _connection_problems(edge: Any, where: str) -> Iterator[Problem]:
    if edge is None:
        return
    if not isinstance(edge, Mapping):
        yield Problem(Text("a connection is an object"), where, "WRONG_TYPE")
    elif edge.get("edgeType") not in (None, *_EDGES):
        text = Text(
            'there is no "{given}" here; there are: {known}',
            given=edge["edgeType"],
            known=", ".join(_EDGES),
        )
        yield Problem(text, f"{where}.edgeType", "UNKNOWN_TYPE")


_EDGES: Final = ("STANDARD", "GOTO")
_BRANCHES: Final = ("listBranches", "staticBranches", "testBranches")


def _branches(action: Mapping[str, Any], where: str) -> Iterator[tuple[Any, str]]:
    for name in _BRANCHES:
        branches = action.get(name)
        for index, branch in enumerate(branches if isinstance(branches, list) else ()):
            yield branch, f"{where}.{name}[{index}]"


def _connections(action: Mapping[str, Any], where: str) -> Iterator[tuple[Any, str]]:
    for name in ("connection", "defaultBranch", "errorConnection"):
        yield action.get(name), f"{where}.{name}"


def _edge_problems(document: Document) -> Iterator[Problem]:
    ids = Counter(str(action.get("actionId")) for action in document.raw["actions"])
    for id, count in ids.items():
        if count > 1:
            text = Text("{count} actions have the id {id}", count=count, id=id)
            yield Problem(text, "$.actions", "DUPLICATE_ACTION_ID")
    if document.steps and document.start is None:
        text = Text("{field} is required", field="startActionId")
        yield Problem(text, "$.startActionId", "REQUIRED_FIELD_MISSING")
        return
    if document.steps and document.start not in document.steps:
        text = Text('there is no action "{id}" to start with', id=document.start)
        yield Problem(text, "$.startActionId", "ACTION_DOESNT_EXIST")
        return
    for step in document.steps.values():
        for exit in step.exits:
            if exit.to is not None and exit.to not in document.steps:
                text = Text('there is no action "{id}"', id=exit.to)
                yield Problem(text, f"{exit.where}.nextActionId", "ACTION_DOESNT_EXIST")
    yield from _jump_problems(document)
    reachable = set(document.order)
    for step in document.steps.values():
        if step.id not in reachable:
            text = Text('action "{id}" cannot be reached from the start', id=step.id)
            yield Problem(text, step.where, "ACTION_UNREACHABLE")


def _jump_problems(document: Document) -> Iterator[Problem]:
    edges = Counter(exit.to for step in document.steps.values() for exit in step.exits)
    edges[document.start] += 1
    for step in document.steps.values():
        for exit in step.exits:
            if exit.key == "default" and exit.jump and edges[exit.to] == 1:
                text = Text(
                    "a jump leads to an action that has its place elsewhere, but nothing else leads"
                    ' to "{id}"',
                    id=exit.to,
                )
                yield Problem(text, exit.where, "GOTO_WITHOUT_PLACE")
