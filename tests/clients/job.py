"""The job that every client does: a workflow that waits, branches and acts on two contacts."""

from typing import Any

from tests.story import all_of, any_of, branch, delay, set_property, step, to, when

PLAN: dict[str, Any] = {
    "name": "plan",
    "label": "Plan",
    "type": "enumeration",
    "fieldType": "select",
    "groupName": "contactinformation",
    "options": [
        {"label": "Basic", "value": "basic", "hidden": False, "displayOrder": 0},
        {"label": "Pro", "value": "pro", "hidden": False, "displayOrder": 1},
    ],
}

PASSED = ["enrolled", "waiting", "succeeded", "succeeded", "succeeded", "finished"]
"""What is told of a contact: it waits, goes down a branch, and is acted on."""


def flow(list_id: str) -> dict[str, Any]:
    """A flow for contacts on the pro plan, which does more for those in a list."""
    chosen = {"filterType": "IN_LIST", "operator": "IN_LIST", "listId": list_id}
    return {
        "name": "Welcome to pro",
        "type": "CONTACT_FLOW",
        "flowType": "WORKFLOW",
        "objectTypeId": "0-1",
        "isEnabled": False,
        "startActionId": "1",
        "enrollmentCriteria": when(all_of(any_of("plan", "pro"))),
        "actions": [
            delay("1", 1, "SECONDS", connection=to("2")),
            branch("2", ("Chosen", all_of(chosen), "3"), default="4"),
            step("3", "0-3", {"subject": "Call {{ contact.firstname }}"}),
            set_property("4", "hs_lead_status", "OPEN"),
        ],
    }
