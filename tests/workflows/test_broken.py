"""Whatever is put in place of a part of a flow, it is refused or its problems are named."""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

import pytest

from penstock.records.schema import Schema
from penstock.workflows.broken import refuse_broken
from penstock.workflows.document import SHAPES, Document
from penstock.workflows.errors import DocumentInvalid
from penstock.workflows.planning import Plan, compare, plan_problems
from penstock.workflows.timing import past_problems, timing
from penstock.workflows.validate import look, mails, mentioned
from tests.conftest import NOW, House
from tests.contracts.test_actions import EXAMPLES
from tests.story import all_of, delay, equals, to, when

FLOWS: Final = sorted((Path(__file__).parents[1] / "golden" / "flows").glob("*.create.json"))

ANYTHING: Final[tuple[Any, ...]] = (
    None, True, -1, 10**30, 1.5, "", "x", "²", [], [5], [None], [[]], {}, {"type": "x"},
)  # fmt: skip


def ours() -> dict[str, Any]:
    """A flow with every shape of action, and with the keys that only Penstock has."""
    shapes = ("LIST_BRANCH", "STATIC_BRANCH", "AB_TEST_BRANCH", "WEBHOOK")
    chosen = {type_id: EXAMPLES[type_id] for type_id in (*shapes, "0-1", "0-29")}
    actions: list[dict[str, Any]] = []
    for index, (type_id, settings) in enumerate(chosen.items(), 1):
        action: dict[str, Any] = {
            "actionId": str(index),
            "connection": to(str(index + 1)),
            "errorConnection": to(str(len(chosen)), jump=True),
            "errorPolicy": {"retries": 2, "minutes": 10, "then": "FAIL"},
        }
        if type_id in shapes:
            action |= {"type": type_id, "defaultBranch": to(str(index + 1)), **deepcopy(settings)}
        else:
            action |= {"type": "SINGLE_CONNECTION", "actionTypeId": type_id, "fields": settings}
        actions.append(action)
    for index, action in enumerate(actions):
        for branch in action.get("testBranches", ()):
            branch["connection"] = to(str(index + 2))
    for name in ("connection", "defaultBranch", "errorConnection"):
        actions[-1].pop(name, None)
    return {
        "type": "CONTACT_FLOW", "flowType": "WORKFLOW", "objectTypeId": "0-1", "isEnabled": False,
        "startActionId": "1", "actions": actions, "suppressionListIds": [1],
        "enrollmentCriteria": when(all_of(equals("city", "Oslo"))),
        "timeZone": {"type": "STATIC_TIME_ZONE", "timeZoneId": "Europe/Oslo"},
        "holidayCalendars": [{"country": "GB", "subdivision": "ENG"}],
        "missedFirings": "SKIP", "turnOffAt": "2026-03-01T10:00:00Z",
        "unEnrollmentSetting": {"type": "SELECTIVE", "flowIds": ["7"]},
        "eventAnchor": {"type": "STATIC_DATE_ANCHOR", "dayOfMonth": 1, "month": "MAY"},
        "blockedDates": [{"dayOfMonth": 1, "month": "MAY", "year": 2026}],
    }  # fmt: skip


def whole(name: str) -> dict[str, Any]:
    if name == "ours":
        return ours()
    (path,) = (path for path in FLOWS if path.name.startswith(name))
    body: dict[str, Any] = json.loads(path.read_text("utf-8"))
    # Types of people's own are not in every house.
    return {**body, "objectTypeId": "0-2"} if body["objectTypeId"].startswith("2-") else body


def places(part: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    inner: Iterator[tuple[Any, Any]] = iter(())
    if isinstance(part, dict):
        inner = iter(part.items())
    elif isinstance(part, list):
        inner = iter(enumerate(part))
    for key, value in inner:
        yield (*path, key)
        yield from places(value, (*path, key))


def with_instead(body: dict[str, Any], path: tuple[str | int, ...], other: Any) -> dict[str, Any]:
    changed: Any = deepcopy(body)
    at = changed
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = other
    return changed  # type: ignore[no-any-return]


def read(body: dict[str, Any], schema: Schema) -> None:
    """All that is done with a document when it is saved and reviewed, but for the database."""
    refuse_broken(body, schema, creating=True)
    document = Document.from_request(body)
    mentioned(document)
    mails(document)
    checked = look(document, schema, {}, {})
    assert all(problem.where.startswith("$") for problem in checked.problems if problem.where)
    timing(document.raw)
    past_problems(document.raw, NOW)
    compare(document, document)


def crash(body: dict[str, Any], schema: Schema) -> str | None:
    """What happens but a refusal with its reasons."""
    try:
        read(body, schema)
    except DocumentInvalid as refused:
        return None if refused.problems else "refused without a reason"
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        return repr(error)
    return None


@pytest.mark.parametrize("name", ["ours", *(path.name.partition(".")[0] for path in FLOWS)])
async def test_whatever_stands_in_a_flow_it_is_refused_or_named(house: House, name: str) -> None:
    schema = await house.schema()
    body = whole(name)
    read(body, schema)
    failed: dict[str, str] = {}
    for index, path in enumerate(places(body)):
        for other in (ANYTHING[index % len(ANYTHING)], ANYTHING[(index + 5) % len(ANYTHING)]):
            failure = crash(with_instead(body, path, other), schema)
            if failure is not None:
                failed[f"{path} = {other!r}"] = failure
    assert failed == {}


@pytest.mark.parametrize(
    ("path", "other", "place", "said"),
    [
        (("actions", 0, "type"), None, "actions[0].type", "type is required"),
        (
            ("actions", 0, "type"),
            "LOOP",
            "actions[0].type",
            f'"LOOP" is no type of action; there are: {", ".join(sorted(SHAPES))}',
        ),
        (("startActionId",), None, "startActionId", "startActionId is required"),
        (
            ("actions", 0, "connection", "edgeType"),
            "FLY",
            "actions[0].connection.edgeType",
            'there is no "FLY" here; there are: STANDARD, GOTO',
        ),
        (
            ("actions", 2, "testBranches", 0),
            {**to("4"), "edgeType": "FLY"},
            "actions[2].testBranches[0].edgeType",
            'there is no "FLY" here; there are: STANDARD, GOTO',
        ),
        (("actions", 0, "connection"), 2, "actions[0].connection", "a connection is an object"),
        (
            ("actions", 0, "listBranches", 0, "connection"),
            2,
            "actions[0].listBranches[0].connection",
            "a connection is an object",
        ),
    ],
)
async def test_a_graph_that_is_broken_says_where_and_what_is_possible(
    house: House, path: tuple[int | str, ...], other: Any, place: str, said: str
) -> None:
    body = with_instead(ours(), path, other)
    with pytest.raises(DocumentInvalid) as refused:
        refuse_broken(body, await house.schema(), creating=True)
    (problem,) = refused.value.problems
    assert (problem.where, str(problem.text)) == (f"$.{place}", said)


def test_whatever_stands_in_a_publish_plan_its_problems_are_named() -> None:
    document = Document.from_request(ours())
    plan = {"steps": {"1": {"choice": "move", "step": "2"}, "2": {"choice": "keep"}}}
    assert plan_problems(plan, document, document) == []
    for path in places(plan):
        for other in ANYTHING:
            wrong = with_instead(plan, path, other)
            if not plan_problems(wrong, document, document):
                Plan.read(wrong).choices(document, document)


POLICIES: list[tuple[Any, str]] = [
    ("often", "$.actions[0].errorPolicy"),
    ({"retries": "often"}, "$.actions[0].errorPolicy.retries"),
    ({"retries": -1}, "$.actions[0].errorPolicy.retries"),
    ({"minutes": 0}, "$.actions[0].errorPolicy.minutes"),
    ({"minutes": 10**9}, "$.actions[0].errorPolicy.minutes"),
    ({"then": "STOP"}, "$.actions[0].errorPolicy.then"),
]


@pytest.mark.parametrize(("policy", "where"), POLICIES)
async def test_what_is_wrong_with_a_policy_for_errors_is_named(
    house: House, policy: Any, where: str
) -> None:
    body = {**ours(), "eventAnchor": None, "suppressionListIds": []}
    body["actions"] = [{**delay("1", 5), "errorPolicy": policy}]
    checked = look(Document.from_request(body), await house.schema(), {}, {})
    assert [problem.where for problem in checked.problems if "Policy" in problem.where] == [where]
