"""Results as tables for people, or as JSON for programs."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import getitem
from typing import Any, Final

import typer

from penstock.cli.frame import language, say
from penstock.kernel.texts import Text

_WIDE: Final = 240
"""Columns where the output is no terminal, so that nothing is cut off."""

_CONTROLS: Final = {code: "�" for code in (*range(32), *range(127, 160)) if code not in (9, 10)}
"""What is in records comes from strangers, and must not steer the terminal."""


def as_json(value: Any) -> None:
    """Print JSON."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def listing(
    shapes: Sequence[Mapping[str, Any]], columns: Mapping[str, Text], empty: Text, *, json: bool
) -> None:
    """Print the shapes as JSON, or as a table of what the columns name; "a.b" is b within a."""
    if json:
        as_json(shapes)
        return
    rows = [[reduce(getitem, name.split("."), shape) for name in columns] for shape in shapes]
    as_table([*columns.values()], rows, empty)


def as_table(heading: Sequence[Text], rows: Iterable[Sequence[Any]], empty: Text) -> None:
    """Print a table, or `empty` when it has no rows; numbers stand at the right."""
    cells = [list(row) for row in rows]
    if not cells:
        say(empty)
        return
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text as Plain

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for index, text in enumerate(heading):
        numbers = all(type(row[index]) is int for row in cells)
        table.add_column(
            Plain(text.render(language())), justify="right" if numbers else "left", overflow="fold"
        )
    for row in cells:
        table.add_row(*(Plain(_shown(cell)) for cell in row))
    Console(width=None if sys.stdout.isatty() else _WIDE).print(table)


def plain(words: str) -> str:
    """Words that may stem from records, so that they cannot steer the terminal."""
    return words.translate(_CONTROLS)


def _shown(cell: Any) -> str:
    if isinstance(cell, bool):
        cell = Text("yes") if cell else Text("no")
    if isinstance(cell, Text):
        cell = cell.render(language())
    return "" if cell is None else plain(str(cell))
