"""`penstock workflows enroll` and `unenroll`: records are put in and taken out by hand."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from penstock.cli.frame import Data, Json, actor, language, run, say
from penstock.cli.output import as_json, as_table
from penstock.kernel.texts import Text

if TYPE_CHECKING:
    from penstock.bootstrap.installation import Installation

Id = Annotated[int, typer.Argument(metavar="ID", help="The workflow's id.")]
Records = Annotated[list[int], typer.Argument(metavar="RECORD...", help="Ids of records.")]


def add_to(group: typer.Typer) -> None:
    """Add these commands."""
    group.command()(enroll)
    group.command()(unenroll)


def enroll(id: Id, records: Records, data: Data = None, json: Json = False) -> None:
    """Enrol records by hand, whatever the trigger says. Exits with 1 if a record is refused."""
    refused = _ask("enroll", id, records, data)
    count = len(set(records) - refused.keys())
    _tell(Text("To be enrolled: {count}", count=count), count, refused, json=json)


def unenroll(id: Id, records: Records, data: Data = None, json: Json = False) -> None:
    """End the passages of records through a workflow. Exits with 1 if a record is not in it."""
    refused = _ask("unenroll", id, records, data)
    count = len(set(records) - refused.keys())
    _tell(Text("To be unenrolled: {count}", count=count), count, refused, json=json)


def _ask(
    what: Literal["enroll", "unenroll"], id: int, records: Sequence[int], data: Path | None
) -> dict[int, str]:
    from penstock.accounts import audit
    from penstock.engine import requests
    from penstock.records.changes import Source, Write
    from penstock.workflows import store

    async def work(at: "Installation") -> dict[int, str]:
        async with at.database.unit() as conn:
            now = await at.clock.now(conn)
            workflow = await store.read_one(conn, id)
            write = Write(Source("CRM_UI", actor()), now)
            if what == "enroll":
                schema = await at.schemas.current(conn)
                refused = await requests.enroll(conn, schema, workflow, records, actor(), write)
            else:
                refused = await requests.unenroll(conn, workflow, records, actor(), write)
            details = {"records": len(set(records)), "refused": len(refused)}
            await audit.record(conn, actor(), f"workflows_{what}", f"flows/{id}", details, now)
        return refused

    return run(data, work)


def _tell(done: Text, count: int, refused: dict[int, str], *, json: bool) -> None:
    from penstock.engine.history import reason

    if json:
        shapes = [
            {"recordId": str(id), "code": code, "message": reason(code).render(language())}
            for id, code in refused.items()
        ]
        as_json({"accepted": count, "refused": shapes})
    else:
        say(done)
    if refused:
        if not json:
            rows = [[str(id), reason(code)] for id, code in refused.items()]
            as_table([Text("Refused"), Text("Reason")], rows, Text(""))
        raise typer.Exit(1)
