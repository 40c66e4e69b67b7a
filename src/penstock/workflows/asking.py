"""What a workflow asks about records all the time, by the role that the answer plays."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from penstock.triggers.base import Trigger
from penstock.workflows.document import Document
from penstock.workflows.timing import timing

ENROLL: Final = "enroll"
"""Who comes to match enrols."""

AGAIN: Final = "again"
"""With a number behind it: who comes to match enrols again, if `enroll` is true at that time.

So do events with a role of this kind.
"""

GOAL: Final = "goal"
"""Who matches has reached what the workflow is for: ends it, and does not enrol."""

SUPPRESS: Final = "suppress"
"""Who matches does not enrol, and leaves."""

SUPPRESSION_LISTS: Final = "suppression_lists"
"""The same, of members of lists."""

SCHEDULED: Final = "scheduled"
"""Who matches enrols when the schedule fires."""

MOMENT: Final = "moment"
"""Who comes to match as time passes enrols, if `scheduled` is true at that time."""

STAY: Final = "stay"
"""Who ceases to match leaves."""

EXITS: Final = (GOAL, SUPPRESS, SUPPRESSION_LISTS)
"""Roles that keep records out; the first that is true is the reason."""


class Asked(NamedTuple):
    """A filter document with its role, and the JSON path that it stands at."""

    role: str
    where: str
    document: Mapping[str, Any]


def asked(document: Document, trigger: Trigger | None) -> Iterator[Asked]:
    """Everything that the workflow asks."""
    where = "$.enrollmentCriteria"
    criteria = {} if trigger is None else trigger.criteria()
    times = timing(document.raw)
    schedule = times.schedule
    for role, (setting, wanted) in criteria.items():
        if schedule is None:
            yield Asked(role, f"{where}.{setting}", wanted)
        elif role == ENROLL:
            yield Asked(SCHEDULED, f"{where}.{setting}", wanted)
    moment = (
        None if schedule is None else schedule.criterion(times.zone.key if times.zone else None)
    )
    if moment is not None:
        yield Asked(MOMENT, "$.enrollmentSchedule", moment)
    settings = document.raw.get("enrollmentCriteria") or {}
    if ENROLL in criteria and settings.get("unEnrollObjectsNotMeetingCriteria"):
        setting, wanted = criteria[ENROLL]
        yield Asked(STAY, f"{where}.{setting}", wanted)
    for role, setting in ((GOAL, "goalFilterBranch"), (SUPPRESS, "suppressionFilterBranch")):
        if document.raw.get(setting):
            yield Asked(role, f"$.{setting}", document.raw[setting])
    if document.suppression is not None:
        yield Asked(SUPPRESSION_LISTS, "$.suppressionListIds", document.suppression)


def in_setting(where: str | None) -> str | None:
    """The JSON path in the workflow of a place in a filter that was made of a plain setting."""
    return where and re.sub(r"(suppressionListIds)\.filters(\[\d+\])\.listId$", r"\1\2", where)
