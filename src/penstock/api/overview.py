"""A plain page at `/`: what there is, what the workflows do, and the mail that went out."""

from importlib.resources import files
from typing import Any

from fastapi import Response

from penstock.api.call import ThisCall
from penstock.api.history_wire import sentence
from penstock.api.pages import page
from penstock.api.routing import Router
from penstock.delivery import outbox
from penstock.engine import history
from penstock.records.counting import count_by_type
from penstock.records.naming import names
from penstock.workflows import store
from penstock.workflows.labels import labels

router = Router("overview", "Overview")

_SHOWN = 25


@router.get("/", page=True)
async def show(call: ThisCall) -> Response:
    """The overview, as a page for people."""
    call.require("automation")
    workflows = await store.page(call.conn, limit=_SHOWN)
    ids = [workflow.id for workflow in workflows]
    histories = {id: await history.of_workflow(call.conn, id, limit=_SHOWN) for id in ids}
    told = {entry.record_id for entries in histories.values() for entry in entries}
    context: dict[str, Any] = {
        "now": call.now,
        "time_zone": call.schema.time_zone,
        "records": await _records(call),
        "workflows": workflows,
        "counts": await history.counts(call.conn, ids),
        "standing": await history.progress(call.conn, ids),
        "histories": histories,
        "names": await names(call.conn, call.schema, told),
        "steps": {workflow.id: labels(workflow.document) for workflow in workflows},
        "mails": await outbox.page(call.conn, outbox.Search(), limit=_SHOWN),
        "sentence": sentence,
        "language": call.language,
    }
    return page("overview.html", **context)


@router.get("/overview.css", page=True, key=False)
async def style(call: ThisCall) -> Response:
    """How the overview looks."""
    css = files("penstock.api").joinpath("page/overview.css").read_text("utf-8")
    return Response(css, media_type="text/css", headers={"cache-control": "max-age=3600"})


async def _records(call: ThisCall) -> list[tuple[Any, int]]:
    counts = await count_by_type(call.conn)
    types = [call.schema.types[id] for id in sorted(counts) if id in call.schema.types]
    return [(type, counts[type.id]) for type in types]
