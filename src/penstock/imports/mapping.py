"""A mapping checked and put to work: what a row says of a record, and what is wrong with it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

from penstock.imports.cells import Convert, Owners, converter, place_stage
from penstock.imports.lines import UNREADABLE
from penstock.imports.model import ID, Column, Link, Options, RowProblem
from penstock.imports.rows import Row
from penstock.kernel.texts import Text
from penstock.records.schema import TypeSchema
from penstock.records.values import BadValue

LARGEST_ID: Final = 2**63 - 1

_MOST_NAMES: Final = 100
"""Records that one cell may name."""


@dataclass
class Candidate:
    """A row as a record to be: raw values, the record's id if a column holds it, and the names of
    records to associate with, by the index of their column."""

    line: int
    cells: list[str]
    values: dict[str, Any] = field(default_factory=dict)
    id: int | None = None
    links: dict[int, list[str]] = field(default_factory=dict)
    problems: list[RowProblem] = field(default_factory=list)

    @property
    def rejected(self) -> bool:
        return any(problem.rejected for problem in self.problems)

    @property
    def told(self) -> list[RowProblem]:
        """The problems as they are reported: of a rejected row nothing was imported."""
        if not self.rejected:
            return self.problems
        return [replace(problem, rejected=True) for problem in self.problems]


class Columns:
    """Reads rows as candidates."""

    def __init__(
        self, type: TypeSchema, columns: tuple[Column, ...], options: Options, owners: Owners
    ) -> None:
        self.type = type
        self.names = [column.name for column in columns]
        self.index_of = {
            column.property: index for index, column in enumerate(columns) if column.property
        }
        self.links: dict[int, Link] = {
            index: column.link for index, column in enumerate(columns) if column.link
        }
        self._clear = options.clear_empty
        self._id = self.index_of.get(ID)
        self._values: list[tuple[int, str, Convert | None]] = [
            (index, name, converter(type, type.properties[name], options, owners))
            for name, index in self.index_of.items()
            if name != ID
        ]

    def read(self, row: Row) -> Candidate:
        candidate = Candidate(row.line, row.cells)
        if row.problem is not None:
            candidate.problems.append(row.problem)
            return candidate
        if row.damaged:
            candidate.problems.extend(self._unreadable(row))
            if candidate.problems:
                return candidate
        self._read_values(row, candidate)
        if self._id is not None and row.cells[self._id].strip():
            self._read_id(row, self._id, candidate)
        if not candidate.problems and candidate.id is None and not any(candidate.values.values()):
            text = Text("none of the columns that are imported has a value in it")
            candidate.problems.append(RowProblem(row.line, text, "NOTHING_TO_IMPORT"))
        for index in self.links:
            self._read_names(row, index, candidate)
        return candidate

    def _unreadable(self, row: Row) -> Iterator[RowProblem]:
        for index in sorted({*self.index_of.values(), *self.links}):
            cell = row.cells[index]
            if UNREADABLE in cell:
                text = Text("it contains bytes that are no text in the encoding of the file")
                yield RowProblem(row.line, text, "UNDECODABLE", index, cell)
            elif "\0" in cell:
                text = Text("it contains a zero byte")
                yield RowProblem(row.line, text, "ZERO_BYTE", index, cell)

    def _read_values(self, row: Row, candidate: Candidate) -> None:
        values, cells = candidate.values, row.cells
        for index, name, convert in self._values:
            text = cells[index].strip()
            if not text:
                if self._clear:
                    values[name] = None
                continue
            try:
                values[name] = text if convert is None else convert(text)
            except BadValue as bad:
                problem = RowProblem(row.line, bad.text, bad.code, index, text)
                candidate.problems.append(problem)
        if self.type.staging is not None:
            try:
                place_stage(self.type, values)
            except BadValue as bad:
                stage = self.index_of.get(self.type.staging.stage)
                candidate.problems.append(RowProblem(row.line, bad.text, bad.code, stage))

    def _read_names(self, row: Row, index: int, candidate: Candidate) -> None:
        parts = (part.strip() for part in row.cells[index].split(";"))
        names = list(dict.fromkeys(part for part in parts if part))
        if len(names) > _MOST_NAMES:
            reason = Text(
                "it names {count} records; at most {limit} are possible",
                count=len(names),
                limit=_MOST_NAMES,
            )
            cell = row.cells[index]
            candidate.problems.append(RowProblem(row.line, reason, "TOO_MANY_NAMES", index, cell))
        else:
            candidate.links[index] = names

    def _read_id(self, row: Row, index: int, candidate: Candidate) -> None:
        text = row.cells[index].strip()
        candidate.id = id_of(text)
        if candidate.id is None:
            reason = Text('"{value}" is not the id of a record', value=text)
            candidate.problems.append(RowProblem(row.line, reason, "INVALID_ID", index, text))


def id_of(text: str) -> int | None:
    """The id that a text is, if it can be one."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_ID))):
        return None
    id = int(text)
    return id if id <= LARGEST_ID else None
