"""Imports as they come in and go out in HubSpot's dialect."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from penstock.api.imports_shapes import ColumnMapping, ImportRequest
from penstock.imports.model import ID, Choice, DateFormat, Import, Link, Operation, State, Wish
from penstock.imports.report import Reported
from penstock.kernel.errors import Invalid
from penstock.records.schema import Schema
from penstock.records.values import instant_text

STATES: Final = {
    State.WAITING: "STARTED",
    State.RUNNING: "PROCESSING",
    State.FINISHED: "DONE",
    State.CANCELLED: "CANCELED",
    State.FAILED: "FAILED",
}

_ERROR_TYPES: Final = {
    "AMBIGUOUS_DATE": "COULD_NOT_PARSE_DATE",
    "AMBIGUOUS_NUMBER": "COULD_NOT_PARSE_NUMBER",
    "AMBIGUOUS_OPTION": "AMBIGUOUS_ENUMERATION_OPTION",
    "AMBIGUOUS_STAGE": "AMBIGUOUS_ENUMERATION_OPTION",
    "ASSOCIATION_AMBIGUOUS": "INVALID_ASSOCIATION_IDENTIFIER",
    "ASSOCIATION_LIMIT_EXCEEDED": "ASSOCIATION_LIMIT_EXCEEDED",
    "ASSOCIATION_NOT_CREATED": "FAILED_TO_CREATE_ASSOCIATION",
    "ASSOCIATION_NOT_FOUND": "ASSOCIATION_RECORD_NOT_FOUND",
    "CELL_TOO_LONG": "COLUMN_TOO_LARGE",
    "INVALID_DATE": "COULD_NOT_PARSE_DATE",
    "INVALID_EMAIL": "INVALID_EMAIL",
    "INVALID_ID": "INVALID_RECORD_ID",
    "INVALID_NUMBER": "COULD_NOT_PARSE_NUMBER",
    "INVALID_OPTION": "INVALID_ENUMERATION_OPTION",
    "KEY_MISSING": "INVALID_ALTERNATE_ID",
    "LINE_TOO_LONG": "ROW_DATA_TOO_LARGE",
    "NOTHING_TO_IMPORT": "FAILED_TO_PROCESS_OBJECT_WITH_EMPTY_PROPERTY_VALUES",
    "NOT_WRITTEN": "UNKNOWN_ERROR",
    "OBJECT_ALREADY_EXISTS": "CREATE_ONLY_IMPORT",
    "OBJECT_NOT_FOUND": "UPDATE_ONLY_IMPORT",
    "OWNER_UNKNOWN": "COULD_NOT_FIND_OWNER",
    "QUOTES_BROKEN": "COULD_NOT_PARSE_ROW",
    "REQUIRED_PROPERTY_MISSING": "MISSING_REQUIRED_PROPERTY",
    "UNDECODABLE": "COULD_NOT_PARSE_ROW",
    "VALUE_ALREADY_TAKEN": "DUPLICATE_UNIQUE_PROPERTY_VALUE",
    "VALUE_TOO_LONG": "COLUMN_TOO_LARGE",
    "WRONG_NUMBER_OF_CELLS": "INCORRECT_NUMBER_OF_COLUMNS",
    "ZERO_BYTE": "COULD_NOT_PARSE_ROW",
}
"""HubSpot's type of an error by our code; what is not here failed its validation."""

_NOUNS: Final = frozenset(
    "CONTACT COMPANY DEAL TICKET PRODUCT LINE_ITEM CONVERSATION QUOTE TASK".split()
)
"""Object types that HubSpot's client knows by name in an error."""


class SeveralTypes(Invalid):
    """A file can hold records of one type: beside {first}, map one column to {second} at most, to
    associate with"""

    code = "SEVERAL_OBJECT_TYPES"


def wish_of(schema: Schema, request: ImportRequest, file_name: str) -> Wish:
    """What an import request asks for.

    One column of another object type names the record to associate with, which is created if need
    be. Raises ObjectTypeUnknown or SeveralTypes.
    """
    (file,) = request.files
    page = file.file_import_page
    mappings = page.column_mappings
    types = [schema.type(mapping.column_object_type_id).id for mapping in mappings]
    main = Counter(types).most_common(1)[0][0]
    for type, count in Counter(types).items():
        if type != main and count > 1:
            nouns = schema.types[main].plural, schema.types[type].plural
            raise SeveralTypes(first=nouns[0], second=nouns[1])
    operations = {schema.type(word).id: op for word, op in request.import_operations.items()}
    return Wish(
        object_type=main,
        name=request.name,
        file_name=(file_name or file.file_name)[:500],
        columns=tuple(
            _choice(mapping, type == main, number, named=page.has_header)
            for number, (mapping, type) in enumerate(zip(mappings, types, strict=True), 1)
            if mapping.property_name or mapping.to_column_object_type_id or _tells_id(mapping)
        ),
        operation=operations.get(main, Operation.UPSERT),
        key=_key(mappings, types, main),
        has_header=page.has_header,
        date_format=request.date_format or file.date_format or DateFormat.MONTH_DAY_YEAR,
        time_zone=request.time_zone,
    )


def _tells_id(mapping: ColumnMapping) -> bool:
    return "HUBSPOT_OBJECT_ID" in {mapping.column_type, mapping.id_column_type}


def _choice(mapping: ColumnMapping, main: bool, number: int, *, named: bool) -> Choice:
    column = mapping.column_name if named and mapping.column_name is not None else number
    property = ID if _tells_id(mapping) else mapping.property_name
    key = mapping.foreign_key_type
    type_ids = () if key is None else (key.association_type_id,)
    if mapping.to_column_object_type_id:
        link = Link(to=mapping.to_column_object_type_id, type_ids=type_ids)
        return Choice(column=column, property=property, link=link)
    if main:
        return Choice(column=column, property=property)
    by = "id" if property == ID else property
    link = Link(to=mapping.column_object_type_id, by=by, type_ids=type_ids, missing="create")
    return Choice(column=column, link=link)


def _key(mappings: Sequence[ColumnMapping], types: Sequence[str], main: str) -> str | None:
    """The property that is marked as telling records apart."""
    for mapping, type in zip(mappings, types, strict=True):
        if type == main and "HUBSPOT_ALTERNATE_ID" in {mapping.column_type, mapping.id_column_type}:
            return mapping.property_name
    return None


def answer_of(item: Import) -> dict[str, Any]:
    """An import as it goes out."""
    counts = item.counts
    types = [item.object_type, *(column.link.to for column in item.columns if column.link)]
    return {
        "id": str(item.id),
        "state": STATES[item.state],
        "createdAt": instant_text(item.created_at),
        "updatedAt": instant_text(item.updated_at),
        "metadata": {
            "counters": {
                "TOTAL_ROWS": counts.rows_read,
                "CREATED_OBJECTS": counts.created,
                "UPDATED_OBJECTS": counts.updated,
                "UNIQUE_OBJECTS_WRITTEN": counts.created + counts.updated,
                "ERRORS": counts.rejected,
            },
            "fileIds": [str(item.id)],
            "objectLists": [],
        },
        "mappedObjectTypeIds": list(dict.fromkeys(types)),
        "optOutImport": False,
        "importSource": "API",
        "importName": item.name,
        **({"importRequestJson": item.request} if item.request is not None else {}),
    }


def error_of(schema: Schema, item: Import, problem: Reported, language: str) -> dict[str, Any]:
    """A problem of a row as it goes out."""
    noun = schema.types[item.object_type].name.upper() if item.object_type in schema.types else ""
    told = {
        "id": str(problem.id),
        "createdAt": int(item.updated_at.timestamp() * 1000),
        "errorType": _ERROR_TYPES.get(problem.code, "FAILED_VALIDATION"),
        "errorMessage": problem.text.render(language),
        "extraContext": problem.code,
        "objectTypeId": item.object_type,
        "objectType": noun if noun in _NOUNS else None,
        "knownColumnNumber": problem.column_number,
        "invalidValue": problem.value,
        "invalidValueToDisplay": problem.value,
        "sourceData": {
            "fileId": item.id,
            "lineNumber": problem.line,
            "rowData": [],
            "containsEncryptedProperties": False,
        },
    }
    return {name: value for name, value in told.items() if value is not None}
