"""A plain page at `/`: what there is, what the workflows do, and the mail that went out."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from fastapi import Response

from penstock.api.call import ThisCall
from penstock.api.overview_words import ALWAYS, COUNTS, STATES, WORDS
from penstock.api.pages import page
from penstock.api.routing import Router
from penstock.delivery import outbox
from penstock.engine import history
from penstock.engine.history import TROUBLES, Counts, Entry, Search
from penstock.kernel.texts import Text
from penstock.records.counting import count_by_type
from penstock.records.naming import names
from penstock.workflows import store
from penstock.workflows.labels import labels
from penstock.workflows.store import Workflow

router = Router("overview", "Overview")

_WORKFLOWS = 25
_ENTRIES = 10
_OF_A_KIND = 4
_MAILS = 15


@dataclass(frozen=True)
class _Shown:
    """One workflow on the page."""

    workflow: Workflow
    object: Text
    state: Text
    counts: Counts
    standing: float
    steps: Mapping[str, Text]
    entries: list[Entry]
    troubles: list[Entry]

    @property
    def numbers(self) -> list[tuple[Text, int]]:
        whole = self.counts.whole
        return [
            (said, whole.get(kind, 0))
            for kind, said in COUNTS.items()
            if whole.get(kind) or kind in ALWAYS
        ]

    def number(self, step: str, *kinds: str) -> int:
        """How often the step did one of these; how many are there now, for "here"."""
        of_step = self.counts.steps.get(step, {})
        return sum(of_step.get(kind, 0) for kind in kinds)

    def done(self, step: str) -> int:
        """How often it was done; what only went out is, where nobody waits for its outcome."""
        minds = self.workflow.document.steps[step].minds_errors
        return self.number(step, "succeeded", *(() if minds else ("queued",)))

    def has(self, *kinds: str) -> bool:
        return any(self.number(step, *kinds) for step in self.steps)


@router.get("/", page=True)
async def show(call: ThisCall) -> Response:
    """The overview, as a page for people."""
    call.require("automation")
    shown = await _workflows(call)
    told = {e.record_id for each in shown for e in (*each.entries, *each.troubles)}

    def say(text: Text) -> str:
        return text.render(call.language)

    def count_of(number: int) -> str:
        return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}" if call.language == "sv" else ",")

    context: dict[str, Any] = {
        "now": call.now,
        "records": await _records(call),
        "workflows": shown,
        "names": await names(call.conn, call.schema, told),
        "mails": await outbox.page(call.conn, outbox.Search(), limit=_MAILS),
        "language": call.language,
        "words": {name: say(text) for name, text in WORDS.items()},
        "say": say,
        "count_of": count_of,
        "version": version("penstock"),
    }
    return page("overview.html", **context)


@router.get("/overview.css", page=True, key=False)
async def style(call: ThisCall) -> Response:
    """How the overview looks."""
    css = files("penstock.api").joinpath("page/overview.css").read_text("utf-8")
    return Response(css, media_type="text/css", headers={"cache-control": "max-age=60"})


async def _workflows(call: ThisCall) -> list[_Shown]:
    found = await store.page(call.conn, limit=_WORKFLOWS)
    ids = [workflow.id for workflow in found]
    counts = await history.counts(call.conn, ids)
    standing = await history.progress(call.conn, ids)
    shown = []
    for workflow in found:
        type = call.schema.types[workflow.document.object_type]
        shown.append(
            _Shown(
                workflow,
                Text(type.plural_label),
                STATES[workflow.state],
                counts[workflow.id],
                standing[workflow.id],
                labels(workflow.document),
                await history.of_workflow(call.conn, workflow.id, limit=_ENTRIES),
                await _troubles(call, workflow.id),
            )
        )
    return shown


async def _troubles(call: ThisCall, workflow_id: int) -> list[Entry]:
    """The latest of each kind of trouble, so that many of one do not hide the others."""
    found = [
        entry
        for kind in sorted(TROUBLES)
        for entry in await history.of_workflow(
            call.conn, workflow_id, Search(kinds=[kind]), limit=_OF_A_KIND
        )
    ]
    return sorted(found, key=lambda entry: entry.at, reverse=True)


async def _records(call: ThisCall) -> list[tuple[Text, int]]:
    counts = await count_by_type(call.conn)
    types = [call.schema.types[id] for id in sorted(counts) if id in call.schema.types]
    return [(Text(type.plural_label), counts[type.id]) for type in types]
