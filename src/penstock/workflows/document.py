"""A workflow document: the v4 flow as it is stored, and the graph of steps that it draws.

HubSpot's wire shapes of actions end here: to everybody else an action has a type id, settings, and
exits that lead to steps.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from penstock.workflows.failing import ErrorPolicy

CREATED_FIELDS = (
    "name", "description", "type", "flowType", "objectTypeId", "uuid", "startActionId", "actions",
    "enrollmentCriteria", "enrollmentSchedule", "timeWindows", "blockedDates", "customProperties",
    "dataSources", "suppressionListIds", "canEnrollFromSalesforce", "suppressionFilterBranch",
    "eventAnchor", "goalFilterBranch", "unEnrollmentSetting", "timeZone", "holidayCalendars",
    "missedFirings", "turnOffAt",
)  # fmt: skip
"""What a document keeps of a request; the rest (id, revision, times) belongs to the server."""

FIXED_FIELDS = ("type", "flowType", "objectTypeId", "dataSources", "uuid")
"""Given when a workflow is created; a later PUT cannot change them."""


@dataclass(frozen=True)
class Exit:
    """One way out of a step: its key, the label that people see, and the step it leads to."""

    key: str
    label: str
    to: str | None
    jump: bool = False
    """A GOTO edge: leads to a step that has its place elsewhere."""

    where: str = ""
    """JSON path of the connection."""


ERROR = "error"
"""The exit of those for whom a step failed, where it has one: our key errorConnection."""


@dataclass(frozen=True)
class Leaves:
    """The workflows that a record leaves when it enrols; None stands for all others."""

    workflows: frozenset[int] | None

    def concerns(self, workflow_id: int) -> bool:
        return self.workflows is None or workflow_id in self.workflows


@dataclass(frozen=True)
class Step:
    """A node of the drawn graph."""

    id: str
    type_id: str
    settings: Mapping[str, Any]
    exits: tuple[Exit, ...]
    where: str
    """JSON path of the action."""

    error_policy: Any = None
    """As the document has it."""

    @cached_property
    def on_error(self) -> ErrorPolicy:
        return ErrorPolicy.read(self.error_policy)

    def next(self, key: str) -> str | None:
        return next((exit.to for exit in self.exits if exit.key == key), None)

    @property
    def minds_errors(self) -> bool:
        """Whether it matters to the way on that it failed."""
        return self.fallback == ERROR or self.on_error.fatal or self.on_error.retries > 0

    @property
    def fallback(self) -> str:
        """The exit of those for whom it failed: that for errors, else the last one."""
        keys = [exit.key for exit in self.exits]
        return ERROR if ERROR in keys else keys[-1] if keys else ""


@dataclass(frozen=True)
class Document:
    """A stored workflow definition; `raw` is the wire shape, with defaults filled in."""

    raw: Mapping[str, Any]

    @property
    def filters(self) -> list[Mapping[str, Any]]:
        """Every filter document in it."""
        documents = [*_filters(self.raw)]
        return documents if self.suppression is None else [*documents, self.suppression]

    @property
    def suppression(self) -> Mapping[str, Any] | None:
        """Who is in one of the suppression lists, as a filter."""
        lists = self.raw.get("suppressionListIds")
        if not lists:
            return None
        members = [{"filterType": "IN_LIST", "operator": "IN_LIST", "listId": id} for id in lists]
        return {"filterBranchType": "OR", "filters": members}

    @property
    def leaves(self) -> Leaves | None:
        """Which other workflows a record leaves that enrols in this one."""
        setting = self.raw.get("unEnrollmentSetting") or {}
        if setting.get("type") == "ALL":
            return Leaves(None)
        if setting.get("type") != "SELECTIVE":
            return None
        flows = left_flows(setting)
        return Leaves(frozenset(int(id) for id in flows if id.isascii() and id.isdecimal()))

    @classmethod
    def from_request(cls, body: Mapping[str, Any], before: "Document | None" = None) -> "Document":
        """What to keep of a create or put body; on put the fixed fields stay as they were."""
        kept = {name: body[name] for name in CREATED_FIELDS if body.get(name) is not None}
        if before is not None:
            for name in FIXED_FIELDS:
                kept.pop(name, None)
                if name in before.raw:
                    kept[name] = before.raw[name]
        return cls({**_defaults(kept), **kept})

    @property
    def name(self) -> str:
        return str(self.raw.get("name") or "")

    @property
    def object_type(self) -> str:
        return str(self.raw["objectTypeId"])

    @property
    def start(self) -> str | None:
        start = self.raw.get("startActionId")
        return None if start is None else str(start)

    @cached_property
    def steps(self) -> Mapping[str, Step]:
        """By id, in the order drawn; of two with one id the first counts (validation says so)."""
        steps: dict[str, Step] = {}
        for index, action in enumerate(self.raw["actions"]):
            step = _step(action, f"$.actions[{index}]")
            steps.setdefault(step.id, step)
        return steps

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Reachable step ids: each after those that lead to it, but for jumps back."""
        done: list[str] = []
        seen: set[str] = set()
        # Depth first without recursion: drawn graphs may be a thousand steps deep.
        stack: list[tuple[str, Iterator[str]]] = []
        if self.start in self.steps:
            seen.add(str(self.start))
            stack.append((str(self.start), self._after(str(self.start))))
        while stack:
            step, rest = stack[-1]
            onward = next((id for id in rest if id not in seen), None)
            if onward is None:
                done.append(step)
                stack.pop()
            else:
                seen.add(onward)
                stack.append((onward, self._after(onward)))
        return tuple(reversed(done))

    def _after(self, id: str) -> Iterator[str]:
        return iter([e.to for e in self.steps[id].exits if e.to is not None and e.to in self.steps])

    def before(self, id: str) -> frozenset[str]:
        """Ids of the steps that an enrollment may have passed when it comes to a step."""
        found: set[str] = set()
        waiting = [id]
        while waiting:
            for step in self._leading_to.get(waiting.pop(), ()):
                if step not in found:
                    found.add(step)
                    waiting.append(step)
        return frozenset(found)

    @cached_property
    def _leading_to(self) -> Mapping[str, Sequence[str]]:
        leading: dict[str, list[str]] = {}
        for id in self.order:
            for step in self._after(id):
                leading.setdefault(step, []).append(id)
        return leading

    @property
    def last_step_id(self) -> int:
        """The highest numeric step id, 0 without one."""
        return max((int(id) for id in self.steps if id.isdigit()), default=0)


def left_flows(setting: Mapping[str, Any]) -> list[str]:
    """The ids in a setting of which other workflows are left, as they were given."""
    given = setting.get("flowIds")
    return [str(id) for id in given] if isinstance(given, list) else []


def _defaults(kept: Mapping[str, Any]) -> dict[str, Any]:
    defaults: dict[str, Any] = {
        "actions": [],
        "timeWindows": [],
        "blockedDates": [],
        "customProperties": {},
        "dataSources": [],
    }
    if kept.get("type") == "CONTACT_FLOW":
        defaults |= {"suppressionListIds": [], "canEnrollFromSalesforce": False}
    return defaults


def _step(action: Mapping[str, Any], where: str) -> Step:
    shape = str(action.get("type", ""))
    read = _SHAPES.get(shape, _unknown)
    type_id, settings, exits = read(action, where)
    if isinstance(action.get("errorConnection"), Mapping):
        exits.append(_exit(ERROR, "", action["errorConnection"], f"{where}.errorConnection"))
    policy = action.get("errorPolicy")
    return Step(str(action.get("actionId")), type_id, settings, tuple(exits), where, policy)


_Shape = tuple[str, Mapping[str, Any], list[Exit]]


def _exit(key: str, label: str, connection: Any, where: str) -> Exit:
    if not isinstance(connection, Mapping):
        return Exit(key, label, None, where=where)
    to = connection.get("nextActionId")
    jump = connection.get("edgeType") == "GOTO"
    return Exit(key, label, None if to is None else str(to), jump, where)


def _single(action: Mapping[str, Any], where: str) -> _Shape:
    exits = [_exit("", "", action.get("connection"), f"{where}.connection")]
    return str(action.get("actionTypeId")), action.get("fields") or {}, exits


def _list_branch(action: Mapping[str, Any], where: str) -> _Shape:
    exits = [
        _exit(
            str(index),
            branch.get("branchName") or str(index + 1),
            branch.get("connection"),
            f"{where}.listBranches[{index}].connection",
        )
        for index, branch in enumerate(action.get("listBranches") or [])
    ]
    return "LIST_BRANCH", _without(action), [*exits, _default(action, where)]


def _static_branch(action: Mapping[str, Any], where: str) -> _Shape:
    exits = [
        _exit(
            str(index),
            str(branch.get("branchValue")),
            branch.get("connection"),
            f"{where}.staticBranches[{index}].connection",
        )
        for index, branch in enumerate(action.get("staticBranches") or [])
    ]
    return "STATIC_BRANCH", _without(action), [*exits, _default(action, where)]


def connection_of(branch: Mapping[str, Any], where: str) -> tuple[Any, str]:
    """The way out of a branch, and its place. Seen in two forms: within the branch, and bare."""
    if "connection" in branch:
        return branch["connection"], f"{where}.connection"
    return branch, where


def _test_branch(action: Mapping[str, Any], where: str) -> _Shape:
    exits = [
        _exit(
            str(index),
            f"{branch.get('percentage', '')}",
            *connection_of(branch, f"{where}.testBranches[{index}]"),
        )
        for index, branch in enumerate(action.get("testBranches") or [])
    ]
    return "AB_TEST_BRANCH", _without(action), exits


def _own(type_id: str) -> Callable[[Mapping[str, Any], str], _Shape]:
    def read(action: Mapping[str, Any], where: str) -> _Shape:
        exits = [_exit("", "", action.get("connection"), f"{where}.connection")]
        return type_id, _without(action), exits

    return read


def _unknown(action: Mapping[str, Any], where: str) -> _Shape:
    return str(action.get("actionTypeId") or action.get("type")), _without(action), []


def _default(action: Mapping[str, Any], where: str) -> Exit:
    label = action.get("defaultBranchName") or ""
    return _exit("default", label, action.get("defaultBranch"), f"{where}.defaultBranch")


def _without(action: Mapping[str, Any]) -> dict[str, Any]:
    drawing = (
        "actionId", "type", "connection", "defaultBranch", "errorConnection", "errorPolicy",
    )  # fmt: skip
    return {name: value for name, value in action.items() if name not in drawing}


_SHAPES: Mapping[str, Callable[[Mapping[str, Any], str], _Shape]] = {
    "SINGLE_CONNECTION": _single,
    "LIST_BRANCH": _list_branch,
    "STATIC_BRANCH": _static_branch,
    "AB_TEST_BRANCH": _test_branch,
    "WEBHOOK": _own("WEBHOOK"),
    "CUSTOM_CODE": _own("CUSTOM_CODE"),
}
SHAPES = frozenset(_SHAPES)


def _filters(raw: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(raw, Mapping):
        if "filterBranchType" in raw:
            yield raw
        else:
            for value in raw.values():
                yield from _filters(value)
    elif isinstance(raw, (list, tuple)):
        for value in raw:
            yield from _filters(value)
