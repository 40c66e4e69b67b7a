"""`penstock database`, and `penstock version`."""

import typer

from penstock.cli.frame import Data, say, settings_of, tell
from penstock.kernel.texts import Text

group = typer.Typer(name="database", help="The database itself.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the command that stands alone."""
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


def show_version() -> None:
    """Print the version."""
    from importlib.metadata import version

    typer.echo(version("penstock"))
