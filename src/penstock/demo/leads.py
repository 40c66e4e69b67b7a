"""New leads are welcomed: a workflow that branches, over contacts."""

from typing import Any

from penstock.demo.drawing import all_of, asks, call, static, step, to, workflow

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


def welcome(mail_id: int) -> dict[str, Any]:
    """Americans by a call at once, others by a mail after a while.

    Customers have met the goal, so that they do not get in, whoever sends them here. Who wants no
    mail gets none.
    """
    return workflow(
        "Welcome new leads",
        "0-1",
        all_of(
            asks("lifecyclestage", "ENUMERATION", "IS_ANY_OF", values=["lead"]),
            asks("email", "ALL_PROPERTY", "IS_KNOWN"),
        ),
        step("1", "0-5", {"property_name": "hs_lead_status", "value": static("NEW")}, "2"),
        {
            "type": "LIST_BRANCH",
            "actionId": "2",
            "listBranches": [
                {
                    "branchName": "United States",
                    "filterBranch": all_of(
                        asks("country", "MULTISTRING", "IS_EQUAL_TO", values=["United States"])
                    ),
                    "connection": to("3"),
                }
            ],
            "defaultBranchName": "Elsewhere",
            "defaultBranch": to("5"),
        },
        step(
            "3",
            "0-3",
            call(
                "Call {{ contact.firstname }} {{ contact.lastname }}",
                "New lead at {{ contact.company }}.",
            ),
            "4",
        ),
        step("4", "0-1", {"delta": "2", "time_unit": "MINUTES"}, "6"),
        step("5", "0-1", {"delta": "1", "time_unit": "MINUTES"}, "6", jump=True),
        step("6", "0-4", {"content_id": str(mail_id)}, "7"),
        step("7", "0-5", {"property_name": "hs_lead_status", "value": static("OPEN")}),
        goalFilterBranch=all_of(
            asks("lifecyclestage", "ENUMERATION", "IS_ANY_OF", values=["customer"])
        ),
    )
