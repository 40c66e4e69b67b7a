"""Offers are followed up: a workflow over deals that waits for something to happen."""

from typing import Any

from penstock.demo.drawing import all_of, asks, call, static, step, to, workflow

_PROPERTY_CHANGED = "4-655002"


def follow_up() -> dict[str, Any]:
    """Waits until an offer's stage changes; if nothing happens, somebody is to call."""
    changed = {
        "filterBranchType": "UNIFIED_EVENTS",
        "filterBranchOperator": "AND",
        "eventTypeId": _PROPERTY_CHANGED,
        "operator": "HAS_COMPLETED",
        "filterBranches": [],
        "filters": [asks("hs_name", "MULTISTRING", "IS_EQUAL_TO", values=["dealstage"])],
    }
    next_step = {"property_name": "hs_next_step"}
    return workflow(
        "Follow up our offers",
        "0-3",
        all_of(
            asks("dealstage", "ENUMERATION", "IS_ANY_OF", values=["presentationscheduled"]),
            asks("dealname", "MULTISTRING", "STARTS_WITH", values=["GTX Pro"]),
        ),
        step("1", "0-29", {"event_filter_branches": [changed], "expiration_minutes": 5}, "2"),
        {
            "type": "STATIC_BRANCH",
            "actionId": "2",
            "inputValue": {
                "type": "FIELD_DATA",
                "actionId": "1",
                "dataKey": "hs_event_criteria_met",
            },
            "staticBranches": [{"branchValue": "true", "connection": to("3")}],
            "defaultBranchName": "Nothing has happened",
            "defaultBranch": to("4"),
        },
        step("3", "0-5", {**next_step, "value": static("Look at what has changed")}),
        step(
            "4",
            "0-3",
            call("Ask about {{ deal.dealname }}", "We have not heard from them for a while."),
            "5",
        ),
        step("5", "0-5", {**next_step, "value": static("Call them")}),
    )
