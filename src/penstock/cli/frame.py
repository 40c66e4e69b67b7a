"""What every command has: its options, its use of the installation, its errors and its language."""

import getpass
import os
import signal
import sys
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeVar

import typer

from penstock.kernel.texts import Text, preferred

if TYPE_CHECKING:
    from penstock.bootstrap.installation import Installation
    from penstock.kernel.settings import Settings

# Nothing is imported that takes long to load: each command does that when it is run.

Result = TypeVar("Result")

Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        envvar="PENSTOCK_DATA_FOLDER",
        file_okay=False,
        metavar="FOLDER",
        help="Where the embedded database keeps its data.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]

_MOST_PROBLEMS: Final = 20


@dataclass
class _Debugging:
    on: bool = False


debugging = _Debugging()
"""Whether the user wants to see where errors happen."""


def run(data: Path | None, work: "Callable[[Installation], Awaitable[Result]]") -> Result:
    """Do work with the installation. An interrupt is a CancelledError there."""
    import uvloop

    from penstock.bootstrap.installation import opened

    async def within() -> Result:
        async with opened(settings_of(data), tell) as installation:
            return await work(installation)

    # As Ctrl-C does: what was begun is put away, and the embedded server stops. A shell starts what
    # is to run in the background deaf to Ctrl-C, and so it stays; but not to this.
    deaf = signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    signal.signal(
        signal.SIGTERM,
        signal.default_int_handler if deaf else lambda *_: signal.raise_signal(signal.SIGINT),
    )
    _log_quietly()
    return uvloop.run(within())


def settings_of(data: Path | None) -> "Settings":
    """The settings of the environment; `--data` comes before PENSTOCK_DATA_FOLDER."""
    from pydantic import ValidationError

    from penstock.kernel.errors import Invalid, Problem
    from penstock.kernel.misfits import in_words
    from penstock.kernel.settings import Settings

    try:
        settings = Settings()
    except ValidationError as error:
        problems = [Problem(in_words(item), _variable(item["loc"])) for item in error.errors()]
        text = Text("The environment has settings that are not valid")
        raise Invalid(text, problems=problems) from None
    return settings if data is None else settings.model_copy(update={"data_folder": data})


def actor() -> str:
    """How the user of the command line is named in history and audit."""
    return f"cli:{getpass.getuser()}"


def language() -> str:
    """The language of the user's environment, if it is one of ours."""
    names = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return preferred(next((name for name in names if name), "").replace("_", "-").partition(".")[0])


def say(text: Text) -> None:
    """Print a result."""
    typer.echo(text.render(language()))


def tell(text: Text) -> None:
    """Print how things are going: on stderr, so that the output is the result alone."""
    typer.echo(text.render(language()), err=True)


def fail(error: Exception) -> int:
    """Say what went wrong, in one paragraph on stderr; returns the exit code."""
    from penstock.kernel.db import TRANSIENT
    from penstock.kernel.errors import PenstockError

    if debugging.on:
        traceback.print_exception(error, file=sys.stderr)
    if isinstance(error, OSError) and error.filename:
        tell(Text("{path}: {reason}", path=error.filename, reason=error.strerror))
        return 1
    if isinstance(error, TRANSIENT):
        tell(Text("The connection to the database is lost: {reason}. Try again", reason=error))
        return 1
    if not isinstance(error, PenstockError):
        tell(
            Text(
                "Something unexpected went wrong: {reason}. penstock --debug COMMAND shows where",
                reason=f"{type(error).__name__}: {error}",
            )
        )
        return 1
    tell(error.text)
    for problem in error.problems[:_MOST_PROBLEMS]:
        where = f"{problem.where}: " if problem.where else ""
        typer.echo(f"  {where}{problem.text.render(language())}", err=True)
    return 1


def _variable(path: tuple[int | str, ...]) -> str:
    return f"PENSTOCK_{path[0]}".upper() if path else "PENSTOCK_"


def _log_quietly() -> None:
    import logging

    from penstock.kernel import log

    log.configure("command", debug=debugging.on)
    if not debugging.on:
        logging.getLogger().setLevel(logging.WARNING)
