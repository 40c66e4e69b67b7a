"""The commands together, and what becomes of their errors."""

import sys
from typing import Annotated

import typer

from penstock.cli import (
    apps,
    database,
    demo,
    drawing,
    enrolling,
    explaining,
    history,
    importing,
    keys,
    schema,
    secrets,
    serving,
    workflows,
)
from penstock.cli.frame import debugging, fail

app = typer.Typer(
    name="penstock",
    help="Workflow automation for customer records, on your own machine.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode="markdown",
)
for module in (serving, importing, demo, history, explaining, database):
    module.add_to(app)
for module in (drawing, enrolling):
    module.add_to(workflows.group)
for group in (
    keys.group,
    apps.group,
    secrets.group,
    schema.group,
    workflows.group,
    database.group,
):
    app.add_typer(group)


@app.callback()
def _every_command(
    debug: Annotated[
        bool, typer.Option("--debug", help="Log more, and show where an error happened.")
    ] = False,
) -> None:
    debugging.on = debug


def main() -> None:
    """Run the command that the command line names, and exit with its code."""
    try:
        app()
    except Exception as error:  # noqa: BLE001 - every error has a paragraph
        sys.exit(fail(error))
