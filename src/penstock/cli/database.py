"""`penstock database`, `penstock verify` and `penstock version`."""

from typing import TYPE_CHECKING

import typer

from penstock.cli.frame import Data, Json, language, run, say, settings_of, tell
from penstock.cli.output import as_json
from penstock.kernel.texts import Text

if TYPE_CHECKING:
    from penstock.bootstrap.installation import Installation

group = typer.Typer(name="database", help="The database itself.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the commands that stand alone."""
    app.command()(verify)
    app.command("version")(show_version)


@group.command()
def migrate(data: Data = None) -> None:
    """Bring the tables up to date; serve does this by itself."""
    import asyncio

    from penstock.bootstrap.preparing import prepare
    from penstock.bootstrap.servers import server_of
    from penstock.kernel.clock import DatabaseClock

    server = server_of(settings_of(data), tell)
    try:
        applied = asyncio.run(prepare(server.start(), DatabaseClock()))
    finally:
        server.stop()
    for name in applied:
        say(Text("Applied {name}", name=name))
    if not applied:
        say(Text("The database is up to date."))


def verify(data: Data = None, json: Json = False) -> None:
    """Check what must always hold of workflows, and exit with 1 if something does not."""
    from penstock.engine.verify import verify as look

    found: list[dict[str, str]] = []

    async def work(at: "Installation") -> None:
        async with at.database.unit() as conn:
            async for code, text in look(conn, at.schemas, at.clock):
                found.append({"code": code, "message": text.render(language())})
                if not json:
                    say(text)

    run(data, work)
    if json:
        as_json(found)
    if found:
        raise typer.Exit(1)
    if not json:
        say(Text("All is well."))


def show_version() -> None:
    """Print the version."""
    from importlib.metadata import version

    typer.echo(version("penstock"))
