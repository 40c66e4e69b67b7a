"""Single events, judged as they happen: by their type, and by what is asked of their properties."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from psycopg.types.json import Jsonb

from penstock.filters import derived
from penstock.filters.branches.unified_events import UnifiedEvents
from penstock.filters.errors import FilterInvalid
from penstock.filters.judgement import all_of
from penstock.filters.model import read, written
from penstock.filters.sql import EVENTS, Slots, Statement, fill, rendered
from penstock.filters.subject import Scope
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.schema import Schema

_MATCHING: Final = """\
SELECT e.n
FROM jsonb_to_recordset(%(occurrences)s) AS e(n integer, at timestamptz, properties jsonb)
WHERE {verdict}"""


@dataclass(frozen=True)
class Occurrence:
    """A kind of event that counts, of records of one type.

    `about` is the property whose changes are meant, if it is changes; None there: all of them.
    """

    object_type: str
    event_type: str
    about: str | None
    document: dict[str, Any] = field(hash=False)

    @property
    def key(self) -> tuple[str, str]:
        """The changes that bring it: their kind, and what they are about."""
        if self.event_type == derived.RECORD_CREATED:
            return "created", self.object_type
        if self.event_type != derived.PROPERTY_CHANGED:
            return "event", f"{self.object_type} {self.event_type}"
        return "changed", f"{self.object_type}/{self.about or ''}"


def check_occurrence(
    document: Mapping[str, Any], schema: Schema, object_type: str, *, where: str = "$"
) -> Occurrence:
    """The kind of event that a branch of events asks for. Refinements are left aside.

    Raises FilterInvalid, with the JSON path of every problem, and ObjectTypeUnknown.
    """
    scope = Scope(schema, schema.type(object_type))
    root, problems = read(document, where)
    if isinstance(root, UnifiedEvents):
        problems += root.problems(scope)
    elif not problems:
        text = Text("a branch of events is expected: UNIFIED_EVENTS")
        problems.append(Problem(text, f"{where}.filterBranchType", "UNKNOWN_KIND"))
    if problems or not isinstance(root, UnifiedEvents):
        raise FilterInvalid(problems=problems, where=where)
    about = derived.named(root.parts) if root.event_type_id == derived.PROPERTY_CHANGED else None
    return Occurrence(scope.type.id, root.event_type_id, about, written(root))


def having(document: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
    """A branch of events that also asks that properties of the event have these values."""
    asked = [
        {
            "filterType": "PROPERTY",
            "property": name,
            "operation": {
                "operationType": "MULTISTRING",
                "operator": "IS_EQUAL_TO",
                "values": [value],
                "includeObjectsWithNoValueSet": False,
            },
        }
        for name, value in values.items()
    ]
    return {**document, "filters": [*(document.get("filters") or ()), *asked]}


def select_occurrences(
    wanted: Occurrence, schema: Schema, slots: Slots, happened: list[dict[str, Any]]
) -> Statement:
    """Those of the events that count, as rows (n integer).

    An event is given as `n`, its number here, `at`, an ISO instant, and `properties`.
    """
    type = schema.types.get(wanted.object_type)
    root, problems = read(wanted.document)
    verdict = "false"
    values: dict[str, Any] = {}
    if type is not None and isinstance(root, UnifiedEvents) and not problems:
        scope = Scope(schema, type)
        event = root.event(scope)
        if event is not None and not [*root.problems(scope)]:
            there = scope.events(event, EVENTS.alias("e"))
            parts = [part.judge(there) for part in root.parts]
            verdict = rendered(all_of(parts).verdict) if parts else "true"
            values = fill(scope.parameters.values, slots)
    return Statement(_MATCHING.format(verdict=verdict), {**values, "occurrences": Jsonb(happened)})
