"""From the words of the command line to an import, and from its problems to a file."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, get_args

import typer

from penstock.bootstrap.installation import Installation
from penstock.cli.frame import language
from penstock.imports import store
from penstock.imports.model import (
    Choice,
    Column,
    DateFormat,
    Delimiter,
    Import,
    Link,
    Wish,
)
from penstock.imports.planning import find_out
from penstock.imports.report import as_csv
from penstock.imports.samples import CHUNK, Sample

_ORDERS: Final = {
    "dmy": DateFormat.DAY_MONTH_YEAR,
    "mdy": DateFormat.MONTH_DAY_YEAR,
    "ymd": DateFormat.YEAR_MONTH_DAY,
}
_DELIMITERS: Final[dict[str, Delimiter]] = dict(
    zip(("comma", "semicolon", "tab", "pipe"), get_args(Delimiter), strict=True)
)


@dataclass(frozen=True)
class Wanted:
    """What the command line says of the file; `maps` and `links` are "Column=…"."""

    object_type: str
    maps: Sequence[str]
    links: Sequence[str]
    key: str | None
    date_format: str | None
    delimiter: str | None
    encoding: str | None


async def begin(at: Installation, file: Path, wanted: Wanted, actor: str) -> Import:
    """Take the file in, and leave an import that waits. Raises what imports.store.begin does."""
    async with at.database.unit() as conn:
        schema = await at.schemas.current(conn)
        wish = Wish(
            object_type=wanted.object_type,
            file_name=file.name,
            key=wanted.key,
            date_format=_ORDERS[wanted.date_format] if wanted.date_format else None,
            delimiter=_DELIMITERS[wanted.delimiter] if wanted.delimiter else None,
            encoding=wanted.encoding,
        )
        if wanted.maps or wanted.links:
            named = await store.owners(conn)
            columns = find_out(schema, wish, _sample(file), named).plan.columns
            wish = wish.model_copy(update={"columns": _choices(columns, wanted)})
        return await store.begin(
            conn,
            schema,
            wish,
            _blocks(file),
            started_by=actor,
            now=await at.clock.now(conn),
        )


async def write_report(
    at: Installation, ended: Import, file: Path | None, path: Path | None
) -> Path | None:
    """Write down what was wrong with rows; returns where, or None if nothing was."""
    if not ended.counts.rejected and not ended.counts.warnings:
        return None
    if path is None:
        source = file or Path(ended.file_name or "import")
        path = source.with_name(f"{source.stem}.report-{ended.id}.csv")
    # With a mark, so that spreadsheets take it for UTF-8.
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        async for text in as_csv(at.database, ended.id, language()):
            out.write(text)
    return path


def _sample(file: Path) -> Sample:
    with file.open("rb") as opened:
        head = opened.read(CHUNK)
        return Sample(head, whole=not opened.read(1))


async def _blocks(file: Path) -> AsyncIterator[bytes]:
    with file.open("rb") as opened:
        while block := opened.read(CHUNK):
            yield block


def _choices(found: Sequence[Column], wanted: Wanted) -> tuple[Choice, ...]:
    """The columns as they were found out, but for those that the user has told."""
    told: list[Choice] = []
    for text in wanted.maps:
        column, property = _halves(text, "--map")
        told.append(Choice(column=column, property=property or None))
    for text in wanted.links:
        column, target = _halves(text, "--associate")
        to, _, by = target.partition(".")
        told.append(Choice(column=column, link=Link(to=to, by=by or None)))
    names = {choice.column for choice in told}
    taken = {choice.property for choice in told}
    kept = [
        Choice(column=number, property=column.property, link=column.link)
        for number, column in enumerate(found, 1)
        if column.name not in names and (column.property is None or column.property not in taken)
    ]
    return (*kept, *told)


def _halves(text: str, option: str) -> tuple[str, str]:
    column, sign, rest = text.rpartition("=")
    if not sign or not column.strip():
        raise typer.BadParameter(f'{option} "{text}": write it as COLUMN=…')
    return column.strip(), rest.strip()
