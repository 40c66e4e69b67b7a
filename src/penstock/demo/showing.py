"""What the demo shows: a mail, and the workflow that sends it."""

from typing import Any

MAIL = {
    "subject": "Welcome, {{ contact.firstname }}",
    "preview_text": "What the GTX series can do for {{ contact.company }}",
    "html": (
        "<h1>Good to meet you, {{ contact.firstname }}!</h1>"
        "<p>We heard that {{ contact.company }} is looking at new machines. "
        "Most of our customers begin with a <strong>GTX Basic</strong> and grow from there.</p>"
        "<p>Your own contact with us will call you within a day.</p>"
    ),
    "from_name": "Penstock demo",
    "from_address": "hello@penstock.example",
}


def workflow(mail_id: int) -> dict[str, Any]:
    """New leads are welcomed: Americans by a call at once, others by a mail after a while."""
    return {
        "name": "Welcome new leads",
        "type": "CONTACT_FLOW",
        "flowType": "WORKFLOW",
        "objectTypeId": "0-1",
        "isEnabled": False,
        "startActionId": "1",
        "enrollmentCriteria": {
            "type": "LIST_BASED",
            "shouldReEnroll": False,
            "unEnrollObjectsNotMeetingCriteria": False,
            "reEnrollmentTriggersFilterBranches": [],
            "listFilterBranch": _all(
                _filter("lifecyclestage", "ENUMERATION", "IS_ANY_OF", values=["lead"]),
                _filter("email", "ALL_PROPERTY", "IS_KNOWN"),
            ),
        },
        "actions": [
            _step("1", "0-5", {"property_name": "hs_lead_status", "value": _static("NEW")}, "2"),
            {
                "type": "LIST_BRANCH",
                "actionId": "2",
                "listBranches": [
                    {
                        "branchName": "United States",
                        "filterBranch": _all(
                            _filter(
                                "country", "MULTISTRING", "IS_EQUAL_TO", values=["United States"]
                            )
                        ),
                        "connection": _to("3"),
                    }
                ],
                "defaultBranchName": "Elsewhere",
                "defaultBranch": _to("5"),
            },
            _step(
                "3",
                "0-3",
                {
                    "task_type": "CALL",
                    "subject": "Call {{ contact.firstname }} {{ contact.lastname }}",
                    "body": "<p>New lead at {{ contact.company }}.</p>",
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
                },
                "4",
            ),
            _step("4", "0-1", {"delta": "2", "time_unit": "MINUTES"}, "6"),
            _step("5", "0-1", {"delta": "1", "time_unit": "MINUTES"}, "6", jump=True),
            _step("6", "0-4", {"content_id": str(mail_id)}, "7"),
            _step("7", "0-5", {"property_name": "hs_lead_status", "value": _static("OPEN")}, None),
        ],
    }


def _all(*filters: dict[str, Any]) -> dict[str, Any]:
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


def _filter(name: str, operation: str, operator: str, **values: Any) -> dict[str, Any]:
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


def _static(value: str) -> dict[str, str]:
    return {"type": "STATIC_VALUE", "staticValue": value}


def _to(id: str, *, jump: bool = False) -> dict[str, str]:
    return {"edgeType": "GOTO" if jump else "STANDARD", "nextActionId": id}


def _step(
    id: str, type_id: str, fields: dict[str, Any], following: str | None, *, jump: bool = False
) -> dict[str, Any]:
    step = {
        "type": "SINGLE_CONNECTION",
        "actionId": id,
        "actionTypeId": type_id,
        "actionTypeVersion": 0,
        "fields": fields,
    }
    return step if following is None else {**step, "connection": _to(following, jump=jump)}
