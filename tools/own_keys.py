"""The keys of a workflow document that only Penstock has, for the page about a flow's parts."""

from collections.abc import Iterator
from typing import Final, get_args

from penstock.actions.associated import Association
from penstock.workflows.document import CREATED_FIELDS
from penstock.workflows.failing import ErrorPolicy
from penstock.workflows.planning import KINDS
from tools import flow_parts as wire

_OF_FLOWS: Final = {
    "timeZone": "The zone that the workflow lives in, or the property that holds each record's.",
    "holidayCalendars": "Countries, or parts of them, on whose public holidays nothing is done.",
    "missedFirings": "What becomes of firings of its schedule that nobody was there to see.",
    "turnOffAt": "The moment at which it turns itself off.",
}


def rows() -> Iterator[list[str]]:
    """Key, where it stands, and what it says. Every field of a flow that is ours has its row."""
    for name in CREATED_FIELDS:
        if name not in wire.FIELDS:
            yield _row(name, "a flow", _OF_FLOWS[name], "See [time](../time.md).")
    yield _row(
        "publishPlan",
        "the body of a PUT, or of a restored revision; not kept in the flow",
        "What becomes of those who stand at steps of the revision before:",
        '`{"steps": {"3": {"choice": "move", "step": "5"}}}`. The choices are',
        f"{_words(*KINDS)}: they follow the new revision, as they do without a choice; keep the",
        "time at which they were to go on; stay on the old revision to their end; move to another",
        "step; leave.",
    )
    yield _row(
        "errorConnection",
        "every action",
        "A connection, as `connection` is: the exit of those for whom the step failed.",
    )
    for name, field in ErrorPolicy.model_fields.items():
        choices = get_args(field.annotation)
        said = f"{field.description}: {_words(*choices)}" if choices else str(field.description)
        yield _row(f"errorPolicy.{name}", "every action", f"{said}. Without it, `{field.default}`.")
    select = Association.model_fields["select"]
    yield _row(
        "association.select",
        "`fields` of an action",
        f"Which associated records are meant, {_words(*get_args(select.annotation))}: all of them,",
        f"or the one that was associated latest. Without it, `{select.default}`.",
    )
    yield _row(
        "actionId",
        "a branch of `event_filter_branches` of `0-29`",
        "The id of an earlier step: the event is about what that step did (its mail, its task).",
    )
    yield _row(
        "eventAnchor.yearly",
        "an anchor of the type `CONTACT_PROPERTY_ANCHOR`",
        "Whether the date comes every year.",
    )


def _row(key: str, where: str, *said: str) -> list[str]:
    return [f"`{key}`", where, " ".join(said)]


def _words(*words: str) -> str:
    return ", ".join(f"`{word}`" for word in words)
