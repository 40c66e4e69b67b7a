"""`penstock history` and `penstock outbox`: what workflows did, and what left."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from penstock.cli.frame import Data, Json, language, run
from penstock.cli.output import listing
from penstock.engine.kinds import KINDS, Kind
from penstock.kernel.texts import Text

if TYPE_CHECKING:
    from penstock.bootstrap.installation import Installation
    from penstock.delivery.outbox import Mail

Workflow = Annotated[int | None, typer.Option(metavar="ID", help="Of this workflow.")]
Record = Annotated[int | None, typer.Option(metavar="ID", help="Of this record.")]
Kinds = Annotated[
    list[str] | None, typer.Option(metavar="KIND", help="What happened: finished, failed, …")
]
Steps = Annotated[list[str] | None, typer.Option(metavar="ID", help="At this step.")]
Since = Annotated[datetime | None, typer.Option(help="From this moment on, UTC.")]
Until = Annotated[datetime | None, typer.Option(help="Up to this moment, UTC.")]
Limit = Annotated[int, typer.Option(min=1, max=100_000, help="At most so many.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(history)
    app.command()(outbox)


def history(
    workflow: Workflow = None,
    record: Record = None,
    kind: Kinds = None,
    step: Steps = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = 100,
    data: Data = None,
    json: Json = False,
) -> None:
    """Show what a workflow did, newest first, or what was done with a record, oldest first."""
    from penstock.api.history_wire import actions_of, entry
    from penstock.engine import history as told
    from penstock.workflows import store

    if workflow is None and record is None:
        raise typer.BadParameter("give --workflow, --record or both")
    kinds = [_kind(word) for word in kind or ()]
    search = told.Search(kinds or None, step or None, _utc(since), _utc(until))

    async def work(at: "Installation") -> list[dict[str, Any]]:
        async with at.database.reading() as conn:
            if workflow is not None:
                await store.read_one(conn, workflow)
            if record is not None:
                entries = await told.of_record(
                    conn, record, search, workflow_id=workflow, limit=limit
                )
            else:
                assert workflow is not None
                entries = await told.of_workflow(conn, workflow, search, limit=limit)
            actions = await actions_of(conn, entries)
        return [entry(each, actions, language()) for each in entries]

    columns = {
        "at": Text("Time"),
        "recordId": Text("Record"),
        "workflow": Text("Workflow"),
        "step": Text("Step"),
        "action": Text("Action"),
        "message": Text("What happened"),
    }
    listing(run(data, work), columns, Text("Nothing has happened yet."), json=json)


def _kind(word: str) -> Kind:
    if word in KINDS:
        return word
    raise typer.BadParameter(f'"{word}" is not one of {", ".join(KINDS)}')


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.replace(tzinfo=UTC)


def outbox(
    workflow: Workflow = None,
    record: Record = None,
    limit: Limit = 50,
    data: Data = None,
    json: Json = False,
) -> None:
    """List the mail that was captured because no mail server is set, newest first."""
    from penstock.delivery import outbox as kept

    async def work(at: "Installation") -> "list[Mail]":
        async with at.database.reading() as conn:
            search = kept.Search(workflow_id=workflow, record_id=record)
            return await kept.page(conn, search, limit=limit)

    columns = {
        "id": Text("Id"),
        "sentAt": Text("Time"),
        "recipient": Text("To"),
        "subject": Text("Subject"),
        "workflowId": Text("Workflow"),
        "recordId": Text("Record"),
    }
    shapes = [_shape(mail) for mail in run(data, work)]
    listing(shapes, columns, Text("No mail has been captured."), json=json)


def _shape(mail: "Mail") -> dict[str, Any]:
    from penstock.records.values import instant_text

    return {
        "id": str(mail.id),
        "sentAt": instant_text(mail.sent_at),
        "sender": mail.sender,
        "recipient": mail.recipient,
        "subject": mail.subject,
        "messageId": mail.message_id,
        "workflowId": str(mail.workflow_id),
        "recordId": str(mail.record_id),
        "enrollmentId": str(mail.enrollment_id),
    }
