"""Why a record is in a workflow or not, as our own operation and the command line have it."""

from typing import Any

from penstock.api.filters_wire import explanation_shape
from penstock.api.history_wire import passage
from penstock.engine.conditions import Condition
from penstock.engine.explaining import Explanation
from penstock.engine.history import reason
from penstock.engine.resting import Rest
from penstock.records.values import instant_text


def enrollment_explanation(told: Explanation, language: str) -> dict[str, Any]:
    return {
        "code": told.code,
        "message": told.text.render(language),
        "byHand": _reason(told.refusal, language),
        "lastRefusal": _reason(told.last_refusal, language),
        "conditions": [_condition(each, language) for each in told.conditions],
        "enrollments": [passage(each) for each in told.passages],
        "waiting": None if told.rest is None else _rest(told.rest, language),
    }


def _reason(code: str | None, language: str) -> dict[str, str] | None:
    return None if code is None else {"code": code, "message": reason(code).render(language)}


def _condition(each: Condition, language: str) -> dict[str, Any]:
    return {
        "role": each.role,
        "where": each.where,
        "label": each.label.render(language),
        "matching": each.matching,
        "since": None if each.since is None else instant_text(each.since),
        "explanation": explanation_shape(each.told, language),
    }


def _rest(told: Rest, language: str) -> dict[str, Any]:
    return {
        "enrollmentId": str(told.enrollment_id),
        "step": told.step or None,
        "action": None if told.action is None else told.action.render(language),
        "enteredAt": instant_text(told.entered_at),
        "until": None if told.until is None else instant_text(told.until),
        "reasons": [each.render(language) for each in told.reasons],
    }
