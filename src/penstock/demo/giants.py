"""The largest companies get attention: a workflow over companies that acts on their contacts."""

from typing import Any

from penstock.demo.drawing import across, all_of, asks, call, static, step, to, workflow

NOBODY_KNOWN = "Hottechi"
"""A large company where we know nobody: its mail has no recipient, and that step fails."""

MAIL = {
    "subject": "{{ company.name }} and us",
    "preview_text": "Somebody who knows your machines",
    "html": (
        "<h1>Dear {{ contact.firstname }},</h1>"
        "<p>{{ company.name }} is among our largest customers. From now on you have "
        "somebody here who knows your machines by heart, and answers within the hour.</p>"
    ),
    "from_name": "Penstock demo",
    "from_address": "service@penstock.example",
}

_CONTACTS = 280
LEAST_REVENUE = 4_500_000_000
"""Who earns as much in a year is large."""


def attend(mail_id: int, welcome_id: int) -> dict[str, Any]:
    """Marks the contacts of a large company, writes to them, and has them welcomed.

    Where the mail reaches nobody, the step's exit for errors leads to a task. Who has been welcomed
    before, or is a customer, is refused there, with the reason.
    """
    return workflow(
        "Look after our largest companies",
        "0-2",
        all_of(asks("annualrevenue", "NUMBER", "IS_GREATER_THAN_OR_EQUAL_TO", value=LEAST_REVENUE)),
        step(
            "1",
            "0-5",
            {
                "property_name": "company_size",
                "value": static("Large"),
                "association": across(_CONTACTS),
            },
            "2",
        ),
        step("2", "0-1", {"delta": "1", "time_unit": "MINUTES"}, "3"),
        step("3", "0-4", {"content_id": str(mail_id)}, "4", errorConnection=to("5")),
        step("4", "0-15", {"flow_id": str(welcome_id), "association": across(_CONTACTS)}),
        step(
            "5",
            "0-3",
            call("Find somebody to talk to at {{ company.name }}", "Nobody there is known."),
        ),
    )
