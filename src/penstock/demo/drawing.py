"""Draws workflows: the parts of a flow's document, with what is always the same filled in."""

from typing import Any


def workflow(
    name: str, object_type: str, trigger: dict[str, Any], *actions: dict[str, Any], **rest: Any
) -> dict[str, Any]:
    """A flow that is off; it begins with the first action."""
    return {
        "name": name,
        "type": "CONTACT_FLOW" if object_type == "0-1" else "PLATFORM_FLOW",
        "flowType": "WORKFLOW",
        "objectTypeId": object_type,
        "isEnabled": False,
        "startActionId": actions[0]["actionId"],
        "enrollmentCriteria": {
            "type": "LIST_BASED",
            "shouldReEnroll": False,
            "unEnrollObjectsNotMeetingCriteria": False,
            "reEnrollmentTriggersFilterBranches": [],
            "listFilterBranch": trigger,
        },
        "actions": list(actions),
        **rest,
    }


def all_of(*filters: dict[str, Any]) -> dict[str, Any]:
    """A filter that asks for all of these."""
    inner = {
        "filterBranchType": "AND",
        "filterBranchOperator": "AND",
        "filters": list(filters),
        "filterBranches": [],
    }
    return {
        "filterBranchType": "OR",
        "filterBranchOperator": "OR",
        "filters": [],
        "filterBranches": [inner],
    }


def asks(name: str, operation: str, operator: str, **values: Any) -> dict[str, Any]:
    """A filter on one property."""
    return {
        "filterType": "PROPERTY",
        "property": name,
        "operation": {
            "operationType": operation,
            "operator": operator,
            "includeObjectsWithNoValueSet": False,
            **values,
        },
    }


def static(value: str) -> dict[str, str]:
    return {"type": "STATIC_VALUE", "staticValue": value}


def to(id: str, *, jump: bool = False) -> dict[str, str]:
    """A connection to a step; a jump leads to one that has its place elsewhere."""
    return {"edgeType": "GOTO" if jump else "STANDARD", "nextActionId": id}


def step(
    id: str,
    type_id: str,
    fields: dict[str, Any],
    following: str | None = None,
    *,
    jump: bool = False,
    **rest: Any,
) -> dict[str, Any]:
    """An action with one way out."""
    drawn = {
        "type": "SINGLE_CONNECTION",
        "actionId": id,
        "actionTypeId": type_id,
        "actionTypeVersion": 0,
        "fields": fields,
        **rest,
    }
    return drawn if following is None else {**drawn, "connection": to(following, jump=jump)}


def across(association_type: int) -> dict[str, Any]:
    """That an action is about associated records."""
    return {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": association_type}


def call(subject: str, body: str) -> dict[str, Any]:
    """The settings of a task: to call tomorrow, for the record's owner."""
    return {
        "task_type": "CALL",
        "subject": subject,
        "body": f"<p>{body}</p>",
        "priority": "HIGH",
        "owner_assignment": {
            "type": "CUSTOM",
            "value": {"type": "OBJECT_PROPERTY", "propertyName": "hubspot_owner_id"},
        },
        "due_time": {
            "delta": 1,
            "timeUnit": "DAYS",
            "timeOfDay": {"hour": 9, "minute": 0},
            "daysOfWeek": [],
        },
    }
