"""`penstock history` and `penstock outbox`: what workflows did, and what left."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from penstock.cli.frame import Data, Json, language, run
from penstock.cli.output import listing
from penstock.kernel.texts import Text

if TYPE_CHECKING:
    from penstock.bootstrap.installation import Installation
    from penstock.delivery.outbox import Mail
    from penstock.engine.history import Entry

Workflow = Annotated[int | None, typer.Option(metavar="ID", help="Of this workflow.")]
Record = Annotated[int | None, typer.Option(metavar="ID", help="Of this record.")]
Limit = Annotated[int, typer.Option(min=1, max=100_000, help="At most so many.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(history)
    app.command()(outbox)


def history(
    workflow: Workflow = None,
    record: Record = None,
    limit: Limit = 100,
    data: Data = None,
    json: Json = False,
) -> None:
    """Show what a workflow did, newest first, or what was done with a record, oldest first."""
    from penstock.engine import history as told
    from penstock.records.values import instant_text
    from penstock.workflows import store

    if (workflow is None) == (record is None):
        raise typer.BadParameter("give either --workflow or --record")

    async def work(at: "Installation") -> "list[Entry]":
        async with at.database.reading() as conn:
            if workflow is None:
                assert record is not None
                return await told.of_record(conn, record, limit=limit)
            await store.read_one(conn, workflow)
            return await told.of_workflow(conn, workflow, limit=limit)

    shapes = [
        {
            "at": instant_text(entry.at),
            "recordId": str(entry.record_id),
            "workflowId": str(entry.workflow_id),
            "workflow": entry.workflow,
            "enrollmentId": str(entry.enrollment_id) if entry.enrollment_id else None,
            "step": entry.step or None,
            "kind": entry.kind,
            "message": entry.text().render(language()),
        }
        for entry in run(data, work)
    ]
    columns = {
        "at": Text("Time"),
        "recordId": Text("Record"),
        "workflow": Text("Workflow"),
        "step": Text("Step"),
        "message": Text("What happened"),
    }
    listing(shapes, columns, Text("Nothing has happened yet."), json=json)


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
