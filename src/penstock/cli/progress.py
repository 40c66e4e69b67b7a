"""Progress bars on stderr; where that is no terminal, nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


def _progress(*extra: str) -> "Progress":
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        *(TextColumn(column) for column in extra),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )


@contextmanager
def bars() -> Iterator[Callable[[str, int, int], None]]:
    """A bar for each thing that is told of: its name, how much of it is done, and of how much."""
    with _progress() as progress:
        tasks: dict[str, TaskID] = {}

        def tell(name: str, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = progress.add_task(name)
            progress.update(tasks[name], completed=done, total=total)

        yield tell


@contextmanager
def bar(name: str) -> Iterator[Callable[[int, int, str], None]]:
    """One bar, told how much is done, of how much, and a few words beside it."""
    with _progress("{task.fields[words]}") as progress:
        task = progress.add_task(name, words="")

        def tell(done: int, total: int, words: str) -> None:
            progress.update(task, completed=done, total=total, words=words)

        yield tell
