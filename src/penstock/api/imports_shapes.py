"""The shapes of imports on the wire: HubSpot's under /crm/v3/imports, ours under /api/imports."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from penstock.api.models import Paging, Wire
from penstock.imports.model import (
    DateFormat,
    DecimalMark,
    Delimiter,
    Link,
    Operation,
    State,
)

LONGEST_PAGE = 100


class ForeignKey(Wire):
    association_type_id: int
    association_category: str | None = None


class ColumnMapping(Wire):
    """What becomes of a column. With `toColumnObjectTypeId` its cells name records to associate."""

    column_object_type_id: str
    column_name: str | None = None
    property_name: str | None = None
    column_type: str | None = Field(
        None, description="HUBSPOT_OBJECT_ID or HUBSPOT_ALTERNATE_ID where it tells records apart"
    )
    id_column_type: str | None = None
    to_column_object_type_id: str | None = None
    foreign_key_type: ForeignKey | None = None


class ImportPage(Wire):
    has_header: bool = True
    column_mappings: list[ColumnMapping] = Field(min_length=1, max_length=1_000)


class ImportFile(Wire):
    file_name: str = Field(max_length=500)
    file_format: Literal["CSV"] = "CSV"
    date_format: DateFormat | None = None
    file_import_page: ImportPage


class ImportRequest(Wire):
    """The field `importRequest` of the form; HubSpot's default for dates is month-day-year."""

    name: str = Field("", max_length=500)
    import_operations: dict[str, Operation] = Field(default_factory=dict)
    date_format: DateFormat | None = None
    time_zone: str | None = None
    files: list[ImportFile] = Field(min_length=1, max_length=1)


class ImportMetadata(Wire):
    counters: dict[str, int]
    file_ids: list[str]
    object_lists: list[Any]


class ImportAnswer(Wire):
    """An import as HubSpot tells of it."""

    id: str
    state: Literal["STARTED", "PROCESSING", "DONE", "FAILED", "CANCELED"]
    created_at: datetime
    updated_at: datetime
    metadata: ImportMetadata
    mapped_object_type_ids: list[str]
    opt_out_import: bool
    import_source: str
    import_name: str
    import_request_json: dict[str, Any] | None = None


class ImportAnswers(Wire):
    results: list[ImportAnswer]
    paging: Paging | None = None


class ActionAnswer(Wire):
    status: Literal["COMPLETE"]
    started_at: datetime
    completed_at: datetime


class ImportRow(Wire):
    file_id: int
    line_number: int
    row_data: list[str]
    contains_encrypted_properties: bool


class RowError(Wire):
    """One thing that was wrong with one row; `extraContext` is our own code for it."""

    id: str
    created_at: int
    error_type: str
    error_message: str
    extra_context: str
    object_type_id: str
    object_type: str | None = None
    known_column_number: int | None = None
    invalid_value: str | None = None
    invalid_value_to_display: str | None = None
    source_data: ImportRow


class ImportErrors(Wire):
    results: list[RowError]
    paging: Paging | None = None


class ProblemShape(Wire):
    message: str
    where: str | None
    code: str | None


class ColumnShape(Wire):
    """A column with what becomes of it; `possibleLink` tells whose records it may name."""

    number: int
    name: str
    property: str | None
    link: Link | None
    possible_link: Link | None = None
    cells: list[str] | None = None


class Reading(Wire):
    """How a file is read and its rows are written; a date format or decimal mark of null means that
    only what cannot be misread is taken."""

    encoding: str
    delimiter: Delimiter
    date_format: DateFormat | None
    decimal_mark: DecimalMark | None
    time_zone: str
    operation: Operation
    key: str | None
    clear_empty: bool


class Preview(Wire):
    """What a file is, how it would be imported, and what is in the way."""

    reading: Reading
    columns: list[ColumnShape]
    rows: list[list[str]]
    problems: list[ProblemShape]


class CountShape(Wire):
    rows_read: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    warnings: int = Field(description="Problems of rows that were imported all the same")


class ImportShape(Wire):
    """An import with its progress."""

    id: str
    name: str
    file_name: str
    object_type_id: str
    state: State
    bytes_total: int
    bytes_done: int
    counts: CountShape
    failure: str | None
    started_by: str
    reading: Reading
    columns: list[ColumnShape]
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class ImportShapes(Wire):
    results: list[ImportShape]
    paging: Paging | None = None


class RowProblemShape(Wire):
    """One thing that was wrong with one row; lines and columns count from 1."""

    id: str
    line: int
    rejected: bool
    column_number: int | None
    column_name: str | None
    property: str | None
    value: str | None
    code: str
    message: str


class RowProblems(Wire):
    results: list[RowProblemShape]
    paging: Paging | None = None


class ImportQuery(Wire):
    """The newest first; `after` is the id where the page before ended."""

    after: int | None = Field(None, ge=1, le=2**62)
    limit: int = Field(10, ge=1, le=LONGEST_PAGE)


class ProblemQuery(Wire):
    """In the order of the file; `after` is the id where the page before ended."""

    after: int = Field(0, ge=0, le=2**62)
    limit: int = Field(100, ge=1, le=1_000)
