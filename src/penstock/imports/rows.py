"""From lines to rows of cells, with every departure from CSV caught, reported and survived.

The csv module reads the cells. A quotation mark that is never closed would swallow all that
follows; it is caught by what comes after the next mark, by the longest possible cell, or by the end
of the file. Then its line alone is rejected and reading resumes at the next one. The lines that had
been swallowed are first read one by one, so that no byte is looked at more than twice.
"""

import csv
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from penstock.imports.lines import LONGEST_LINE, Line
from penstock.imports.model import Delimiter, Position, RowProblem
from penstock.kernel.texts import Text

LONGEST_ROW: Final = LONGEST_LINE
"""Characters of one row, over all its lines."""


class Row(NamedTuple):
    """One row. With a problem, `cells` are not to be used."""

    line: int
    cells: list[str]
    damaged: bool
    problem: RowProblem | None
    after: Position


class _More(Exception):
    """The lines at hand end within a row."""


class _NeverClosed(Exception):
    """A quotation mark is open where the row has to end."""


class Rows:
    """Reads rows from lines. `width` is the number of cells that each must have; None: any."""

    def __init__(
        self, delimiter: Delimiter, width: int | None, wary_until: int | None = None
    ) -> None:
        self._width = width
        self._wary_until = wary_until
        self._lines: Sequence[Line] = ()
        self._first = 0
        self._at = 0
        self._size = 0
        self._final = False
        self._reader = csv.reader(
            iter(self._next_line, None), delimiter=delimiter, skipinitialspace=True, strict=True
        )

    def feed(self, lines: Sequence[Line], *, final: bool = False) -> Iterator[Row]:
        """The rows that are complete with these lines; blank ones are passed over."""
        self._lines = [*self._lines[self._first :], *lines]
        self._first = 0
        self._final = final
        while self._first < len(self._lines):
            row = self._row()
            if row is None:
                return
            if row.problem or any(row.cells):
                yield row

    def _next_line(self) -> str:
        """The next line of the row that is being read. Raises _More or _NeverClosed."""
        if self._at == len(self._lines):
            raise _NeverClosed if self._final else _More
        line = self._lines[self._at]
        self._size += len(line.text)
        alone = self._wary_until is not None and self._lines[self._first].start < self._wary_until
        if self._at > self._first and (alone or line.overlong or self._size > LONGEST_ROW):
            raise _NeverClosed
        self._at += 1
        return line.text

    def _row(self) -> Row | None:
        line = self._lines[self._first]
        self._at, self._size = self._first, 0
        if line.overlong:
            return self._rejected(
                Text("the line is longer than {limit} bytes", limit=LONGEST_LINE), "LINE_TOO_LONG"
            )
        try:
            cells = next(self._reader)
        except _More:
            return None
        except (_NeverClosed, csv.Error):
            return self._misquoted()
        return self._checked(cells)

    def _checked(self, cells: list[str]) -> Row:
        line = self._lines[self._first]
        blank = not any(cells)
        if self._width is not None and len(cells) != self._width and not blank:
            return self._rejected(self._ragged(len(cells)), "WRONG_NUMBER_OF_CELLS", self._at)
        if self._wary_until is not None and not blank:
            if any('"' in cell for cell in cells):
                text = Text(
                    "it follows a row with broken quotation marks and has such marks itself"
                )
                return self._rejected(text, "QUOTES_BROKEN", self._at)
            if line.start >= self._wary_until:
                self._wary_until = None
        damaged = line.damaged or any(
            further.damaged for further in self._lines[self._first + 1 : self._at]
        )
        return Row(line.number, cells, damaged, None, self._advance(self._at))

    def _ragged(self, found: int) -> Text:
        lines = self._at - self._first
        if lines > 1:
            return Text(
                "it has {found} cells where there are {wanted} columns; quotation marks make it "
                "reach over {lines} lines",
                found=found,
                wanted=self._width,
                lines=lines,
            )
        return Text(
            "it has {found} cells where there are {wanted} columns", found=found, wanted=self._width
        )

    def _misquoted(self) -> Row:
        # Where the attempt ended, a row may well begin; the lines between are suspect.
        end = self._lines[self._at - 1].start if self._at - self._first > 1 else 0
        self._wary_until = max(end, self._wary_until or 0, self._lines[self._first].end)
        if (
            self._at - self._first == 1
            and len(self._lines[self._first].text) > csv.field_size_limit()
        ):
            limit = csv.field_size_limit()
            return self._rejected(
                Text("a cell is longer than {limit} characters", limit=limit), "CELL_TOO_LONG"
            )
        text = Text(
            "its quotation marks are broken: one is not closed, or is followed by something else "
            "than the end of the cell; a mark within a cell is written twice"
        )
        return self._rejected(text, "QUOTES_BROKEN")

    def _rejected(self, text: Text, code: str, after: int | None = None) -> Row:
        line = self._lines[self._first]
        problem = RowProblem(line.number, text, code, value=line.text.rstrip("\r\n"))
        return Row(line.number, [], False, problem, self._advance(after or self._first + 1))

    def _advance(self, after: int) -> Position:
        last = self._lines[after - 1]
        self._first = after
        return Position(last.end, last.number + 1, self._wary_until)
