"""What the overview page says."""

from typing import Final

from penstock.kernel.texts import Text

WORDS: Final[dict[str, Text]] = {
    "refreshes": Text("refreshes by itself"),
    "sign_out": Text("Sign out"),
    "records": Text("Records"),
    "no_records": Text("There are no records yet. penstock import or penstock demo brings some."),
    "no_workflows": Text("There are no workflows yet."),
    "workflow": Text("Workflow {id}"),
    "steps": Text("Steps"),
    "step": Text("Step"),
    "here": Text("There now"),
    "done": Text("Done"),
    "skipped": Text("Skipped"),
    "failed": Text("Failed"),
    "sent": Text("Sent"),
    "unsent": Text("Not sent"),
    "troubles": Text("What did not go as it should"),
    "history": Text("Latest history"),
    "time": Text("Time"),
    "record": Text("Record"),
    "what": Text("What happened"),
    "nothing": Text("Nothing has happened yet."),
    "outbox": Text("Outbox"),
    "captured": Text("Mail is captured here because no mail server is set."),
    "to": Text("To"),
    "subject": Text("Subject"),
    "no_mail": Text("No mail has been captured."),
}

STATES: Final[dict[str, Text]] = {
    "off": Text("off"),
    "starting": Text("starting"),
    "on": Text("on"),
    "paused": Text("paused"),
}

COUNTS: Final[dict[str, Text]] = {
    "enrolled": Text("enrolled"),
    "active": Text("active"),
    "finished": Text("finished"),
    "goal_met": Text("met the goal"),
    "unenrolled": Text("unenrolled"),
    "failed": Text("failed"),
    "refused": Text("refused"),
}
"""A workflow's numbers, in the order in which they are shown."""

ALWAYS: Final = ("enrolled", "active", "finished")
"""Numbers that are shown also where they are zero."""
