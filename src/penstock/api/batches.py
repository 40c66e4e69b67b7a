"""Batches: one envelope for what was done, and one entry for each input that came to nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from penstock.api import errors
from penstock.api.answers import Answer
from penstock.api.call import Call
from penstock.kernel.errors import Conflict, Invalid, NotFound, PenstockError, Problem
from penstock.records.values import instant_text


class BatchInvalid(Invalid):
    """{count} of {total} inputs are not valid, so none was carried out"""


class BatchClashes(Conflict):
    """{count} of {total} inputs clash with what exists, so none was carried out"""


@dataclass
class Batch:
    """The outcome of a batch in the making."""

    call: Call
    results: list[Any] = field(default_factory=list)
    failures: list[tuple[int, PenstockError, dict[str, list[str]]]] = field(default_factory=list)

    def fail(
        self, index: int, error: PenstockError, trace_id: str | None = None, **context: str
    ) -> None:
        """Note that an input came to nothing; `context` says which one it was."""
        told = {name: [value] for name, value in context.items()}
        if trace_id is not None:
            told["objectWriteTraceId"] = [trace_id]
        self.failures.append((index, error, told))

    def refuse_untraced(self, total: int) -> None:
        """Raise what is wrong with inputs that carry no trace id.

        HubSpot answers for single inputs when each has its objectWriteTraceId, and for ids that do
        not exist; other failures are the whole batch's.
        """
        wrong = [
            (index, error)
            for index, error, told in self.failures
            if "objectWriteTraceId" not in told and not isinstance(error, NotFound)
        ]
        if len(wrong) == 1 and total == 1:
            raise wrong[0][1]
        if wrong:
            kind = BatchClashes if isinstance(wrong[0][1], Conflict) else BatchInvalid
            raise kind(
                count=len(wrong),
                total=total,
                problems=[problem for place, error in wrong for problem in _placed(place, error)],
            )

    def answer(self, status: int = 200) -> Answer:
        """The envelope: `status`, or 207 when inputs came to nothing."""
        now = instant_text(self.call.now)
        content: dict[str, Any] = {
            "status": "COMPLETE",
            "results": self.results,
            "startedAt": now,
            "completedAt": now,
        }
        if not self.failures:
            return Answer(content, status)
        content["numErrors"] = len(self.failures)
        content["errors"] = [
            errors.entry(error, self.call.language, context=told)
            for _, error, told in self.failures
        ]
        return Answer(content, 207)


def _placed(index: int, error: PenstockError) -> Sequence[Problem]:
    """The problems of an input, with their place in the request."""
    place = f"inputs[{index}]"
    if not error.problems:
        return [replace(error.problem(), where=place)]
    return [
        replace(problem, where=f"{place}.{problem.where}" if problem.where else place)
        for problem in error.problems
    ]
