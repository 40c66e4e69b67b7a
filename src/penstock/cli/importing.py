"""`penstock import`: a CSV file becomes records."""

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from penstock.cli.frame import Data, Json, actor, language, run, say, tell
from penstock.cli.output import as_json
from penstock.kernel.texts import Text

if TYPE_CHECKING:
    from penstock.bootstrap.installation import Installation
    from penstock.imports.model import Import

REJECTED: Final = 3
"""The exit code when rows were rejected and the others are in."""

_LOOK_EVERY: Final = 0.5
"""Seconds between two looks at an import that another process runs."""


class Order(StrEnum):
    """The order in which the file writes a date."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


class Delimiter(StrEnum):
    """What stands between two cells."""

    COMMA = "comma"
    SEMICOLON = "semicolon"
    TAB = "tab"
    PIPE = "pipe"


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command("import")(import_file)


def import_file(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="A CSV file.")
    ] = None,
    object_type: Annotated[
        str | None, typer.Option("--object", metavar="TYPE", help="contacts, companies, deals, …")
    ] = None,
    maps: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="COLUMN=PROPERTY",
            help="What a column is, where its name does not tell; nothing after = leaves it out.",
        ),
    ] = None,
    associate: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN=TYPE[.PROPERTY]",
            help="Associate with the record of this type that a column names.",
        ),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(metavar="PROPERTY", help="The unique property that tells records apart."),
    ] = None,
    date_format: Annotated[Order | None, typer.Option(help="The order in dates.")] = None,
    delimiter: Annotated[Delimiter | None, typer.Option(help="What separates cells.")] = None,
    encoding: Annotated[str | None, typer.Option(help="utf-8, windows-1252, …")] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False,
            help="Where to write what was wrong with rows, as CSV; else beside the file.",
        ),
    ] = None,
    resume: Annotated[
        int | None, typer.Option(metavar="ID", help="Go on with an import that was interrupted.")
    ] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Import a CSV file. What is not said is found out from the file; rows that cannot be imported
    are reported with line, column and reason. Ctrl-C leaves an import that --resume goes on with.

    Exit codes: 0 all rows are in, 1 the import failed, 2 wrong usage, 3 some rows were rejected.
    """
    if (file is None) == (resume is None):
        raise typer.BadParameter("give either FILE or --resume")
    if file is not None and object_type is None:
        raise typer.BadParameter("say with --object what the rows are")

    async def work(at: "Installation") -> "tuple[Import, Path | None]":
        from penstock.cli import intake

        id = resume
        if file is not None:
            assert object_type is not None
            wish = intake.Wanted(
                object_type,
                maps or [],
                associate or [],
                key,
                None if date_format is None else date_format.value,
                None if delimiter is None else delimiter.value,
                encoding,
            )
            id = (await intake.begin(at, file, wish, actor())).id
        assert id is not None
        try:
            ended = await _watch(at, id)
        except asyncio.CancelledError:
            tell(
                Text(
                    "The import {id} is interrupted; what it has imported stays. It goes on with "
                    "penstock import --resume {id}, or by itself where penstock serve runs.",
                    id=id,
                )
            )
            raise
        return ended, await intake.write_report(at, ended, file, report)

    ended, path = run(data, work)
    _show(ended, path, json=json)
    if ended.state != "finished":
        raise typer.Exit(1)
    if ended.counts.rejected:
        raise typer.Exit(REJECTED)


async def _watch(at: "Installation", id: int) -> "Import":
    """Run the import to its end, or look on while another process does."""
    from penstock.cli.progress import bar
    from penstock.imports import running, store
    from penstock.imports.errors import ImportBusy, ImportEnded

    with bar(Text("Importing").render(language())) as draw:

        def show(now: "Import") -> None:
            words = f"{now.counts.rows_read:,}"
            draw(now.position.offset, now.bytes_total, words)

        while True:
            try:
                return await running.run(at.database, at.schemas, at.clock, id, on_progress=show)
            except (ImportBusy, ImportEnded):
                async with at.database.reading() as conn:
                    now = await store.get(conn, id)
                show(now)
                if now.ended:
                    return now
                await asyncio.sleep(_LOOK_EVERY)


def _show(ended: "Import", report: Path | None, *, json: bool) -> None:
    counts = ended.counts
    if json:
        shape: dict[str, Any] = {
            "id": str(ended.id),
            "state": ended.state.value,
            "objectTypeId": ended.object_type,
            "rows": counts.rows_read,
            "created": counts.created,
            "updated": counts.updated,
            "unchanged": counts.unchanged,
            "rejected": counts.rejected,
            "warnings": counts.warnings,
            "report": None if report is None else str(report),
            "failure": None if ended.failure is None else str(ended.failure),
        }
        as_json(shape)
        return
    say(
        Text(
            "{rows} rows: {created} created, {updated} updated, {unchanged} unchanged, "
            "{rejected} rejected; {warnings} warnings",
            rows=counts.rows_read,
            created=counts.created,
            updated=counts.updated,
            unchanged=counts.unchanged,
            rejected=counts.rejected,
            warnings=counts.warnings,
        )
    )
    if report is not None:
        say(Text("What was wrong is in {path}", path=report))
    if ended.failure is not None:
        tell(Text("The import failed: {reason}", reason=ended.failure))
    elif ended.state == "cancelled":
        tell(Text("The import was cancelled."))
