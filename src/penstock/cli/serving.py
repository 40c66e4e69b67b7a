"""`penstock serve`, `penstock worker` and `penstock sign-in`."""

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from penstock.cli.frame import Data, debugging, run, say, settings_of, tell
from penstock.kernel.texts import Text

if TYPE_CHECKING:
    from penstock.bootstrap.installation import Installation
    from penstock.bootstrap.supervisor import Crew, Ready


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(serve)
    app.command()(worker)
    app.command("sign-in")(sign_in)


def serve(
    data: Data = None,
    host: Annotated[
        str, typer.Option(help="Where to listen; 127.0.0.1 is this machine alone.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where to listen; 0 takes a free port.")
    ] = 8000,
    web_processes: Annotated[
        int, typer.Option(min=1, max=256, help="How many answer requests.")
    ] = 1,
    workers: Annotated[int, typer.Option(min=0, max=256, help="How many run workflows.")] = 1,
    open_browser: Annotated[
        bool, typer.Option("--open", help="Open the pages in a browser, signed in.")
    ] = False,
) -> None:
    """Run Penstock: web pages, API, workers, and the embedded database unless
    PENSTOCK_DATABASE_URL names another. SIGTERM and Ctrl-C stop it.
    """
    from penstock.bootstrap.listening import address, listen
    from penstock.bootstrap.preparing import invite
    from penstock.bootstrap.supervisor import Crew
    from penstock.kernel.clock import DatabaseClock

    listener = listen(host, port)
    where = address(listener)

    async def ready(url: str) -> None:
        link = _link(where, await invite(url, DatabaseClock()))
        say(Text("Penstock is ready at {address}", address=where))
        say(Text("Sign in here, once and within an hour: {link}", link=link))
        if open_browser:
            import webbrowser

            await asyncio.to_thread(webbrowser.open, link)

    with listener:
        _supervise(data, Crew(web_processes, workers, listener, debug=debugging.on), ready)


def worker(
    data: Data = None,
    workers: Annotated[int, typer.Option(min=1, max=256, help="How many to run.")] = 1,
) -> None:
    """Run more workers on the same database, on this machine or another."""
    from penstock.bootstrap.supervisor import Crew

    async def ready(url: str) -> None:
        say(Text("Penstock is at work, with {count} workers", count=workers))

    _supervise(data, Crew(0, workers, debug=debugging.on), ready)


def sign_in(
    data: Data = None,
    address: Annotated[
        str, typer.Option(help="Where the browser finds Penstock.")
    ] = "http://127.0.0.1:8000",
) -> None:
    """Print a link that signs a browser in, once and within an hour."""
    from penstock.accounts import sign_ins

    async def work(at: "Installation") -> str:
        async with at.database.unit() as conn:
            return await sign_ins.invite(conn, await at.clock.now(conn))

    typer.echo(_link(address, run(data, work)))


def _link(address: str, token: str) -> str:
    return f"{address.rstrip('/')}/sign-in?token={token}"


def _supervise(data: Path | None, crew: "Crew", ready: "Ready") -> None:
    from penstock.bootstrap.servers import server_of
    from penstock.bootstrap.supervisor import supervise
    from penstock.kernel import log

    log.configure("supervisor", debug=debugging.on)
    if data is not None:
        # The key of secrets lies there, and children read their settings from the environment.
        os.environ["PENSTOCK_DATA_FOLDER"] = str(data)
    asyncio.run(supervise(server_of(settings_of(data), tell), crew, ready))
