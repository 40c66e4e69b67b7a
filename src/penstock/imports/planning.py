"""From a wish and a sample of the file to a plan: what was left out is found out, then checked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from penstock.imports.cells import Convert, Owners, converter
from penstock.imports.dates import order_of
from penstock.imports.encodings import encoding_of
from penstock.imports.errors import MappingInvalid, NothingMapped
from penstock.imports.headings import guess, linked, word_of
from penstock.imports.mapping import id_of
from penstock.imports.model import ID, Choice, Column, Link, Options, Plan, Wish
from penstock.imports.numbers import mark_of
from penstock.imports.objections import objections
from penstock.imports.opening import Opening, opening_of
from penstock.imports.rows import Row
from penstock.imports.samples import Sample
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.model import Property
from penstock.records.schema import Schema, TypeSchema
from penstock.records.values import BadValue

_JUDGED: Final = 200
"""Rows on which a guess is tried."""


@dataclass(frozen=True)
class Findings:
    """What a file is and how it would be imported, with the sample's sound rows.

    `links` tells which records of other types a column may name, whether or not it is to link them;
    `problems` are in the way.
    """

    plan: Plan
    rows: tuple[Row, ...]
    links: tuple[Link | None, ...]
    problems: tuple[Problem, ...]


def find_out(schema: Schema, wish: Wish, sample: Sample, owners: Owners) -> Findings:
    """Read a sample with what the wish says of it, and guess the rest.

    Raises ObjectTypeUnknown, MappingInvalid for a time zone that does not exist, and the errors of
    imports.errors for a file that cannot be read.
    """
    type = schema.type(wish.object_type)
    encoding, mark = encoding_of([sample.head, *sample.pieces], wish.encoding)
    opening = opening_of(sample, encoding, mark, wish.delimiter, has_header=wish.has_header)
    if wish.columns is None:
        guessed = guess(schema, type, opening.names)
        options = _options(schema, type, wish, encoding, opening, guessed)
        columns = _plausible(type, guessed, options, opening.rows, owners)
        problems: list[Problem] = []
    else:
        columns, problems = _wished(wish.columns, opening.names)
        options = _options(schema, type, wish, encoding, opening, columns)
    problems += objections(schema, type, columns, options)
    if wish.key == ID and all(column.property != ID for column in columns):
        text = Text('no column is mapped to the key "{name}"', name=ID)
        problems.append(Problem(text, ID, "KEY_UNMAPPED"))
    known = linked(schema, type)
    return Findings(
        plan=Plan(tuple(columns), options, opening.start),
        rows=opening.rows,
        links=tuple(known.get(word_of(name)) for name in opening.names),
        problems=tuple(problems),
    )


def plan_of(schema: Schema, wish: Wish, sample: Sample, owners: Owners) -> Plan:
    """The plan of an import. Raises what `find_out` does, MappingInvalid and NothingMapped."""
    findings = find_out(schema, wish, sample, owners)
    if findings.problems:
        raise MappingInvalid(problems=findings.problems)
    plan = findings.plan
    if not any(column.property for column in plan.columns):
        raise NothingMapped(
            type=schema.type(wish.object_type).plural_label,
            columns=", ".join(column.name for column in plan.columns[:30]),
        )
    settled = tuple(_settled(schema, column) for column in plan.columns)
    return Plan(settled, plan.options, plan.start)


def _settled(schema: Schema, column: Column) -> Column:
    """With the object type's id in place of the word that the user wrote."""
    if column.link is None:
        return column
    link = column.link.model_copy(update={"to": schema.type(column.link.to).id})
    return column.model_copy(update={"link": link})


def _options(
    schema: Schema,
    type: TypeSchema,
    wish: Wish,
    encoding: str,
    opening: Opening,
    columns: Sequence[Column],
) -> Options:
    dates = _cells(type, columns, opening.rows, {"date", "datetime"})
    numbers = _cells(type, columns, opening.rows, {"number"})
    return Options(
        encoding=encoding,
        delimiter=opening.delimiter,
        date_format=wish.date_format or order_of(dates),
        decimal_mark=wish.decimal_mark or mark_of(numbers, opening.delimiter),
        time_zone=_zone(wish.time_zone or schema.time_zone),
        operation=wish.operation,
        key=_key(type, columns, wish.key),
        clear_empty=wish.clear_empty,
    )


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError):
        text = Text('there is no time zone "{name}"', name=name)
        raise MappingInvalid(problems=[Problem(text, "time_zone", "TIME_ZONE_UNKNOWN")]) from None


def _cells(
    type: TypeSchema, columns: Sequence[Column], rows: Sequence[Row], types: set[str]
) -> Iterator[str]:
    """The cells of the columns whose properties have these types."""
    for index, column in enumerate(columns):
        prop = type.properties.get(column.property or "")
        if prop is not None and prop.type in types and prop.name != ID:
            yield from (cell for row in rows if (cell := row.cells[index].strip()))


def _key(type: TypeSchema, columns: Sequence[Column], wanted: str | None) -> str | None:
    """The unique property that tells which record a row without an id is about."""
    if wanted is not None:
        return None if wanted == ID else wanted
    mapped = {column.property for column in columns}
    # What a record is shown by (a contact's e-mail) comes before its other unique properties.
    ranked = sorted(type.unique, key=lambda name: name != type.primary)
    return next((name for name in ranked if name in mapped), None)


def _plausible(
    type: TypeSchema,
    columns: Sequence[Column],
    options: Options,
    rows: Sequence[Row],
    owners: Owners,
) -> list[Column]:
    """Without the guesses that most cells of the sample contradict."""
    kept = []
    for index, column in enumerate(columns):
        cells = [cell for row in rows[:_JUDGED] if (cell := row.cells[index].strip())]
        prop = type.properties.get(column.property or "")
        sound = len(cells)
        if prop is not None and prop.name != ID:
            convert = converter(type, prop, options, owners)
            sound = sum(_fits(type, prop, convert, cell) for cell in cells)
        elif prop is not None or (column.link and column.link.by == "id"):
            sound = sum(id_of(cell) is not None for cell in cells)
        kept.append(column if 2 * sound >= len(cells) else Column(name=column.name))
    return kept


def _fits(type: TypeSchema, prop: Property, convert: Convert | None, cell: str) -> bool:
    if type.staging is not None and prop.name == type.staging.stage:
        return cell.casefold() in {
            text.casefold()
            for pipeline in type.pipelines.values()
            for stage in pipeline.stages
            for text in (stage.id, stage.label)
        }
    try:
        value = cell if convert is None else convert(cell)
        if type.staging is not None and prop.name == type.staging.pipeline:
            return value in type.pipelines
        type.parsers[prop.name](value, prop)
    except BadValue as bad:
        # It is of the right kind; only the user can say which one.
        return bad.code.startswith("AMBIGUOUS")
    return True


def _wished(choices: Sequence[Choice], names: Sequence[str]) -> tuple[list[Column], list[Problem]]:
    columns = [Column(name=name) for name in names]
    problems = []
    for choice in choices:
        index = _place(choice, columns)
        if index is None:
            text = Text(
                'there is no column "{column}"; there are: {names}',
                column=choice.column,
                names=", ".join(names[:30]),
            )
            problems.append(Problem(text, str(choice.column), "COLUMN_UNKNOWN"))
            continue
        columns[index] = Column(
            name=names[index],
            property=choice.property or columns[index].property,
            link=choice.link or columns[index].link,
        )
    return columns, problems


def _place(choice: Choice, columns: Sequence[Column]) -> int | None:
    """The index of the column that is meant; of several with one name, the first without a use."""
    if isinstance(choice.column, int):
        return choice.column - 1 if 1 <= choice.column <= len(columns) else None
    wanted = " ".join(choice.column.split())
    names = [column.name for column in columns]
    found = [index for index, name in enumerate(names) if name == wanted] or [
        index for index, name in enumerate(names) if name.casefold() == wanted.casefold()
    ]
    free = [index for index in found if not (columns[index].property or columns[index].link)]
    return next(iter(free or found), None)
