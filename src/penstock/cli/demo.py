"""`penstock demo`: a company to look at."""

from typing import TYPE_CHECKING

import typer

from penstock.cli.frame import Data, run, say
from penstock.kernel.texts import Text

if TYPE_CHECKING:
    from penstock.bootstrap.installation import Installation


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(demo)


def demo(data: Data = None) -> None:
    """Load the demo company and turn its workflows on; a database with records stays as it is."""
    from penstock.cli.progress import bars
    from penstock.demo.loading import load

    async def work(at: "Installation") -> bool:
        with bars() as progress:
            return await load(at.database, at.schemas, at.clock, progress)

    if run(data, work):
        say(Text("The demo company is there. penstock serve shows it."))
    else:
        say(Text("There are records already, so nothing was loaded."))
