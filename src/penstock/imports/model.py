"""What an import is: how a file is to be read, what becomes of its columns, and how far it is."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from penstock.kernel.texts import Text

ID: Final = "hs_object_id"
"""The property by which a column holds the ids of the records themselves."""


class State(StrEnum):
    """An import waits, runs, and ends in one of three ways."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Operation(StrEnum):
    """What rows may do: make records, change those that are there, or both."""

    CREATE = "CREATE"
    UPDATE = "UPDATE"
    UPSERT = "UPSERT"


class DateFormat(StrEnum):
    """The order in which the file writes a date."""

    DAY_MONTH_YEAR = "DAY_MONTH_YEAR"
    MONTH_DAY_YEAR = "MONTH_DAY_YEAR"
    YEAR_MONTH_DAY = "YEAR_MONTH_DAY"


DecimalMark = Literal[".", ","]
Delimiter = Literal[",", ";", "\t", "|"]
Missing = Literal["report", "reject", "create"]


class _Document(BaseModel):
    """Asked for in camelCase, kept under our own names; what is not known is refused."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        frozen=True,
        extra="forbid",
    )


class Link(_Document):
    """A column whose cells name records of another type, to associate with."""

    to: str = Field(description="The object type, by any of its names")
    by: str | None = Field(
        None, description='A property, or "id"; empty: id, unique property or name, as it fits'
    )
    type_ids: tuple[int, ...] = Field((), description="Association types; empty: the plain one")
    missing: Missing = Field(
        "report",
        description="When there is no such record: import the row and report it, reject the row, "
        "or create the record",
    )


class Choice(_Document):
    """What a user wants of one column, given by its name or its number from 1."""

    column: str | int = Field(description="The column's name, or its number from 1")
    property: str | None = None
    link: Link | None = None


class Wish(_Document):
    """What a user asks for; what is left out is found out from the file."""

    object_type: str
    name: str = Field("", max_length=500)
    file_name: str = Field("", max_length=500)
    columns: tuple[Choice, ...] | None = Field(
        None, description="Only these columns; empty: every column whose name tells its property"
    )
    operation: Operation = Operation.UPSERT
    key: str | None = Field(
        None, description='The unique property that tells records apart, or "hs_object_id"'
    )
    clear_empty: bool = Field(
        default=False, description="An empty cell clears the property instead of leaving it alone"
    )
    has_header: bool = True
    encoding: str | None = None
    delimiter: Delimiter | None = None
    date_format: DateFormat | None = None
    decimal_mark: DecimalMark | None = None
    time_zone: str | None = Field(
        None, description="Of moments that name no zone; empty: the account's"
    )


class Column(_Document):
    """What becomes of one column of the file."""

    name: str
    property: str | None = None
    link: Link | None = None


class Options(_Document):
    """How the file is read and its rows are written, all found out. A date format or decimal mark
    of None means: only what cannot be misread is taken."""

    encoding: str
    delimiter: Delimiter
    date_format: DateFormat | None
    decimal_mark: DecimalMark | None
    time_zone: str
    operation: Operation
    key: str | None
    clear_empty: bool


@dataclass(frozen=True, slots=True)
class Position:
    """A place between two rows: bytes before it, its physical line from 1.

    Up to the byte `wary_until` a quotation mark that was never closed may have swallowed lines.
    """

    offset: int
    line: int
    wary_until: int | None = None


@dataclass(frozen=True)
class Plan:
    """Everything that a run needs to know of the file beforehand; `start` is its first row."""

    columns: tuple[Column, ...]
    options: Options
    start: Position


@dataclass(frozen=True)
class Counts:
    """Rows by what became of them; `warnings` counts problems of rows that were imported."""

    rows_read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    warnings: int = 0


@dataclass(frozen=True)
class Import:
    """An import with its progress."""

    id: int
    name: str
    file_name: str
    object_type: str
    state: State
    columns: tuple[Column, ...]
    options: Options
    request: dict[str, Any] | None
    started_by: str
    bytes_total: int
    position: Position
    counts: Counts
    failure: Text | None
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def ended(self) -> bool:
        return self.state not in {State.WAITING, State.RUNNING}


@dataclass(frozen=True)
class RowProblem:
    """One thing that is wrong with a row; `column` counts from 0, None is the row as a whole."""

    line: int
    text: Text
    code: str
    column: int | None = None
    value: str | None = None
    rejected: bool = True
