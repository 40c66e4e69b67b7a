"""The beginning of a file: its delimiter, the names of its columns, and where its rows begin."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, get_args

from penstock.imports.errors import FileEmpty, HeaderBroken, HeaderTooLong, TooManyColumns
from penstock.imports.lines import Line, Lines
from penstock.imports.model import Delimiter, Position
from penstock.imports.rows import Row, Rows
from penstock.imports.samples import CHUNK, Sample

MOST_COLUMNS: Final = 1_000

_DELIMITERS: Final[tuple[Delimiter, ...]] = get_args(Delimiter)
_ROWS_COMPARED: Final = 200
_LONGEST_NAME: Final = 200

# The line by which some spreadsheets tell each other the delimiter.
_TOLD: Final = re.compile(r'"?sep=([,;\t|])"?\s*')


@dataclass(frozen=True)
class Opening:
    """What the beginning of a file tells; `rows` are those of the sample that are sound."""

    delimiter: Delimiter
    names: tuple[str, ...]
    start: Position
    rows: tuple[Row, ...]


def opening_of(
    sample: Sample, encoding: str, mark: int, delimiter: Delimiter | None, *, has_header: bool
) -> Opening:
    """Read the beginning of a file whose first `mark` bytes tell its encoding.

    Raises FileEmpty, HeaderBroken, HeaderTooLong or TooManyColumns.
    """
    lines = Lines(encoding, mark, 1).feed(sample.head[mark:], final=sample.whole)
    told = _TOLD.fullmatch(lines[0].text) if lines else None
    if told:
        lines = lines[1:]
        delimiter = delimiter or next(d for d in _DELIMITERS if d == told[1])
    chosen = delimiter or _likeliest(lines)
    rows = list(Rows(chosen, None).feed(lines, final=sample.whole))
    first = _first(rows, sample, chosen)
    width = len(first.cells)
    names = tuple(
        _name(cell) if has_header else f"Column {number}"
        for number, cell in enumerate(first.cells, 1)
    )
    if has_header and not any(names):
        raise HeaderBroken
    start = first.after if has_header else Position(lines[0].start, lines[0].number)
    body = [line for line in lines if line.start >= start.offset]
    found = list(Rows(chosen, width).feed(body, final=sample.whole))
    if sample.whole and not found:
        raise FileEmpty
    for piece in sample.pieces:
        # The first line is most likely cut off.
        found += Rows(chosen, width).feed(Lines(encoding, 0, 1).feed(piece)[1:])
    return Opening(chosen, names, start, tuple(row for row in found if not row.problem))


def _first(rows: Sequence[Row], sample: Sample, delimiter: Delimiter) -> Row:
    if not rows and sample.whole:
        raise FileEmpty
    if not rows and sample.head.count(delimiter.encode()) > MOST_COLUMNS:
        raise TooManyColumns(limit=MOST_COLUMNS)
    if not rows:
        raise HeaderTooLong(limit=CHUNK)
    first = rows[0]
    if first.problem is not None:
        raise HeaderBroken if first.problem.code != "LINE_TOO_LONG" else HeaderTooLong(limit=CHUNK)
    if len(first.cells) > MOST_COLUMNS:
        raise TooManyColumns(limit=MOST_COLUMNS)
    return first


def _name(cell: str) -> str:
    shown = "".join(character if character.isprintable() else " " for character in cell)
    return " ".join(shown.split())[:_LONGEST_NAME]


def _likeliest(lines: Sequence[Line]) -> Delimiter:
    """The delimiter that gives most rows the width of the first one, and the widest first one."""
    return max(_DELIMITERS, key=lambda delimiter: _fit(lines, delimiter))


def _fit(lines: Sequence[Line], delimiter: Delimiter) -> tuple[float, int]:
    texts = [line.text for line in lines[:_ROWS_COMPARED]]
    try:
        rows = [row for row in csv.reader(texts, delimiter=delimiter, skipinitialspace=True) if row]
    except csv.Error:
        return 0.0, 0
    width = len(rows[0]) if rows else 0
    if width < 2:
        return 0.0, 0
    return round(sum(len(row) == width for row in rows) / len(rows), 1), width
