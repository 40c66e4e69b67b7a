"""Results as tables for people, or as JSON for programs."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import typer

from penstock.cli.frame import language
from penstock.kernel.texts import Text

_WIDE: Final = 240
"""Columns where the output is no terminal, so that nothing is cut off."""

_CONTROLS: Final = {code: "�" for code in (*range(32), *range(127, 160)) if code not in (9, 10)}
"""What is in records comes from strangers, and must not steer the terminal."""


def as_json(value: Any) -> None:
    """Print JSON."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def as_table(
    heading: Sequence[Text], rows: Iterable[Sequence[Any]], *, title: Text | None = None
) -> None:
    """Print a table; numbers stand at the right."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text as Plain

    named = None if title is None else Plain(title.render(language()))
    table = Table(box=SIMPLE_HEAD, title=named, title_justify="left", pad_edge=False)
    cells = [list(row) for row in rows]
    for index, text in enumerate(heading):
        numbers = bool(cells) and all(isinstance(row[index], int) for row in cells)
        table.add_column(
            Plain(text.render(language())), justify="right" if numbers else "left", overflow="fold"
        )
    for row in cells:
        table.add_row(*(Plain(_shown(cell)) for cell in row))
    Console(width=None if sys.stdout.isatty() else _WIDE).print(table)


def as_pairs(pairs: Mapping[str, Any]) -> None:
    """Print names and values, one under the other."""
    width = max(len(name) for name in pairs)
    for name, value in pairs.items():
        typer.echo(f"{name.ljust(width)}  {_shown(value)}")


def _shown(cell: Any) -> str:
    if isinstance(cell, Text):
        return cell.render(language()).translate(_CONTROLS)
    return "" if cell is None else str(cell).translate(_CONTROLS)
