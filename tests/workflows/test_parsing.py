"""What is wrong with the settings of a step reads to people, with its place."""

from typing import Any

import pytest

from penstock.actions.base import ACTIONS
from penstock.kernel.errors import Problem
from penstock.workflows.parsing import parsed

WHERE = "$.actions[0].fields"


def problem_of(type_id: str, settings: dict[str, Any]) -> Problem:
    problems: list[Problem] = []
    assert parsed(ACTIONS[type_id], settings, WHERE, problems) is None
    (problem,) = problems
    return problem


@pytest.mark.parametrize(
    ("type_id", "settings", "place", "english", "swedish"),
    [
        ("0-4", {}, "content_id", "content_id is required", "content_id är obligatoriskt"),
        ("0-4", {"content_id": 1.5}, "content_id", "a text is expected", "en text förväntas"),
        ("0-1", {"delta": "soon"}, "delta", "a whole number is expected", "ett heltal förväntas"),
        (
            "0-3",
            {"subject": "Call", "priority": "URGENT"},
            "priority",
            "it must be one of: NONE, LOW, MEDIUM, HIGH",
            "det måste vara något av: NONE, LOW, MEDIUM, HIGH",
        ),
        (
            "0-15",
            {"flow_id": "abc"},
            "flow_id",
            '"abc" is not an id: it is a number',
            '"abc" är inget id: det är ett tal',
        ),
        (
            "WEBHOOK",
            {"method": "GET", "webhookUrl": "https://example.com", "queryParams": "x"},
            "queryParams",
            "a list is expected",
            "en lista förväntas",
        ),
        (
            "WEBHOOK",
            {
                "method": "GET",
                "webhookUrl": "https://example.com",
                "authSettings": {"type": "MAGIC"},
            },
            "authSettings.type",
            'there is no "MAGIC" here; there are: AUTH_KEY, SIGNATURE',
            '"MAGIC" finns inte här; det finns: AUTH_KEY, SIGNATURE',
        ),
    ],
)
def test_a_setting_that_is_wrong_says_what_is_expected(
    type_id: str, settings: dict[str, Any], place: str, english: str, swedish: str
) -> None:
    problem = problem_of(type_id, settings)
    assert problem.where == f"{WHERE}.{place}"
    assert problem.text.render("en") == english
    assert problem.text.render("sv") == swedish
