"""What was wrong with the rows of an import: kept, read page by page, and as a file."""

import csv
import io
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from penstock.imports.mapping import Columns
from penstock.imports.model import RowProblem
from penstock.imports.reasons import as_json, from_json, shortened
from penstock.kernel.db import Connection, Database, dumps
from penstock.kernel.queries import load
from penstock.kernel.texts import Text

_queries = load("penstock.imports")

_PAGE: Final = 1_000

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""Beginnings that spreadsheets run as formulas."""


@dataclass(frozen=True)
class Reported:
    """One problem of one row; `line` and `column_number` count from 1. Without `rejected` it is a
    warning: the row was imported."""

    id: int
    line: int
    rejected: bool
    column_number: int | None
    column_name: str | None
    property: str | None
    value: str | None
    code: str
    text: Text


async def keep(
    conn: Connection, import_id: int, columns: Columns, problems: Sequence[RowProblem]
) -> None:
    """Add problems to the report of an import."""
    if not problems:
        return
    properties = {index: name for name, index in columns.index_of.items()}
    places = [problem.column for problem in problems]
    await _queries.run(
        conn,
        "report",
        id=import_id,
        lines=[problem.line for problem in problems],
        rejected=[problem.rejected for problem in problems],
        column_numbers=[None if column is None else column + 1 for column in places],
        column_names=[None if column is None else columns.names[column] for column in places],
        properties=[None if column is None else properties.get(column) for column in places],
        values=[None if p.value is None else shortened(p.value) for p in problems],
        codes=[problem.code for problem in problems],
        reasons=[dumps(as_json(problem.text)).decode() for problem in problems],
    )


async def problems_of(
    conn: Connection, import_id: int, *, after: int = 0, limit: int = 100
) -> list[Reported]:
    """Up to `limit` problems with ids above `after`, in the order of the file."""
    rows = await _queries.rows(conn, "problems", id=import_id, after=after, limit=limit)
    return [_reported(row) for row in rows]


def _reported(row: Any) -> Reported:
    return Reported(
        id=row.id,
        line=row.line,
        rejected=row.rejected,
        column_number=row.column_number,
        column_name=row.column_name,
        property=row.property,
        value=row.value,
        code=row.code,
        text=from_json(row.reason),
    )


async def as_csv(database: Database, import_id: int, language: str = "en") -> AsyncIterator[str]:
    """The whole report as the text of a CSV file, piece by piece."""
    heading = (
        Text("Line"),
        Text("Column"),
        Text("Property"),
        Text("Value"),
        Text("Code"),
        Text("Reason"),
        Text("Imported"),
    )
    yield _lines([[text.render(language) for text in heading]])
    yes, no = Text("yes").render(language), Text("no").render(language)
    after = 0
    while True:
        async with database.reading() as conn:
            page = await problems_of(conn, import_id, after=after, limit=_PAGE)
        if not page:
            return
        after = page[-1].id
        yield _lines(
            [
                [
                    str(problem.line),
                    problem.column_name or "",
                    problem.property or "",
                    problem.value or "",
                    problem.code,
                    problem.text.render(language),
                    no if problem.rejected else yes,
                ]
                for problem in page
            ]
        )


def _lines(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([[_harmless(cell) for cell in row] for row in rows])
    return out.getvalue()


def _harmless(cell: str) -> str:
    """A cell from a stranger's file must not run when the report is opened in a spreadsheet."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
