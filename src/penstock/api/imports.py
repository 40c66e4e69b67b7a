"""Imports, what HubSpot's API does not have: `/api/imports`, with a preview and the report."""

from codecs import BOM_UTF8
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict
from typing import Annotated, Any, Final

from fastapi import File, Form, Query, UploadFile
from fastapi.responses import StreamingResponse

from penstock.api.call import ThisCall
from penstock.api.identifying import number
from penstock.api.imports_shapes import (
    ImportQuery,
    ImportShape,
    ImportShapes,
    Preview,
    ProblemQuery,
    RowProblems,
)
from penstock.api.imports_v3 import SCOPE
from penstock.api.operation import Services
from penstock.api.paging import paging
from penstock.api.routing import Router
from penstock.api.uploads import LARGEST_UPLOAD, blocks_of, document_of
from penstock.imports import report, store
from penstock.imports.model import Column, Import, Wish
from penstock.imports.planning import Findings, find_out
from penstock.imports.reasons import shortened
from penstock.imports.report import Reported
from penstock.imports.samples import CHUNK, Sample
from penstock.records.values import instant_text

router = Router("own_imports", "Imports")

_ALL: Final = "/api/imports"
_ONE: Final = "/api/imports/{import_id}"
_ROWS_SHOWN: Final = 10

Request = Annotated[str, Form(description="JSON: objectType, and what is not to be found out")]
Upload = Annotated[UploadFile, File()]


@router.post(f"{_ALL}/preview", model=Preview, limit=LARGEST_UPLOAD, mutates=False)
async def preview(call: ThisCall, request: Request, file: Upload) -> dict[str, Any]:
    """See how a file would be imported, from its beginning; nothing is kept.

    `request` is JSON like that of an import; `file` may be its first part alone.
    """
    call.require(SCOPE)
    wish, _ = document_of("request", request, Wish)
    head = await file.read(CHUNK)
    sample = Sample(head, whole=not await file.read(1))
    findings = find_out(call.schema, wish, sample, await store.owners(call.conn))
    return _preview(findings, call.language)


@router.post(_ALL, model=ImportShape, status=201, limit=LARGEST_UPLOAD)
async def start(call: ThisCall, request: Request, file: Upload) -> dict[str, Any]:
    """Hand in a CSV file; a worker imports it.

    `request` is JSON: objectType, and whatever is not to be found out from the file: columns,
    operation, key, encoding, delimiter, dateFormat, decimalMark, timeZone, hasHeader, clearEmpty.
    """
    call.require(SCOPE)
    wish, document = document_of("request", request, Wish)
    named = wish.model_copy(update={"file_name": wish.file_name or file.filename or ""})
    begun = await store.begin(
        call.conn,
        call.schema,
        named,
        blocks_of(file),
        started_by=call.actor,
        now=call.now,
        request=document,
    )
    await call.audit("own_imports_start", f"imports/{begun.id}", {"bytes": begun.bytes_total})
    return _shape(begun, call.language)


@router.get(_ALL, model=ImportShapes)
async def list_imports(call: ThisCall, query: Annotated[ImportQuery, Query()]) -> dict[str, Any]:
    """A page of imports, the newest first."""
    call.require(SCOPE)
    found = await store.page(call.conn, before=query.after, limit=query.limit + 1)
    shown = found[: query.limit]
    after = shown[-1].id if len(found) > len(shown) else None
    return {
        "results": [_shape(item, call.language) for item in shown],
        **paging(call.request, after),
    }


@router.get(_ONE, model=ImportShape)
async def read(call: ThisCall, import_id: str) -> dict[str, Any]:
    """An import with its progress."""
    call.require(SCOPE)
    return _shape(await store.get(call.conn, number(import_id)), call.language)


@router.post(f"{_ONE}/cancel", model=ImportShape)
async def cancel(call: ThisCall, import_id: str) -> dict[str, Any]:
    """End an import; what it has written stays."""
    call.require(SCOPE)
    ended = await store.cancel(call.conn, number(import_id), call.now)
    await call.audit("own_imports_cancel", f"imports/{import_id}")
    return _shape(ended, call.language)


@router.get(f"{_ONE}/problems", model=RowProblems)
async def list_problems(
    call: ThisCall, import_id: str, query: Annotated[ProblemQuery, Query()]
) -> dict[str, Any]:
    """A page of what was wrong with rows, in the order of the file."""
    call.require(SCOPE)
    item = await store.get(call.conn, number(import_id))
    found = await report.problems_of(call.conn, item.id, after=query.after, limit=query.limit + 1)
    shown = found[: query.limit]
    after = shown[-1].id if len(found) > len(shown) else None
    results = [_problem(problem, call.language) for problem in shown]
    return {"results": results, **paging(call.request, after)}


@router.get(f"{_ONE}/problems.csv", page=True)
async def download_problems(call: ThisCall, import_id: str) -> StreamingResponse:
    """All of it as a file, to mend the rows by."""
    call.require(SCOPE)
    item = await store.get(call.conn, number(import_id))
    services: Services = call.request.app.state.services
    text = report.as_csv(services.database, item.id, call.language)
    return StreamingResponse(
        _marked(text),
        media_type="text/csv",
        headers={
            "content-disposition": f'attachment; filename="import-{item.id}-problems.csv"',
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
        },
    )


async def _marked(text: AsyncIterator[str]) -> AsyncIterator[bytes]:
    """With the mark by which spreadsheets tell UTF-8."""
    yield BOM_UTF8
    async for piece in text:
        yield piece.encode()


def _preview(findings: Findings, language: str) -> dict[str, Any]:
    plan = findings.plan
    rows = [[shortened(cell) for cell in row.cells] for row in findings.rows[:_ROWS_SHOWN]]
    return {
        "reading": plan.options.model_dump(by_alias=True),
        "columns": [
            {
                **column,
                "possibleLink": link.model_dump(by_alias=True) if link else None,
                "cells": [row[index] for row in rows],
            }
            for index, (column, link) in enumerate(
                zip(_columns(plan.columns), findings.links, strict=True)
            )
        ],
        "rows": rows,
        "problems": [
            {"message": p.text.render(language), "where": p.where, "code": p.code}
            for p in findings.problems
        ],
    }


def _columns(columns: Sequence[Column]) -> list[dict[str, Any]]:
    return [
        {"number": number, **column.model_dump(by_alias=True)}
        for number, column in enumerate(columns, 1)
    ]


def _shape(item: Import, language: str) -> dict[str, Any]:
    counts = asdict(item.counts)
    return {
        "id": str(item.id),
        "name": item.name,
        "fileName": item.file_name,
        "objectTypeId": item.object_type,
        "state": item.state,
        "bytesTotal": item.bytes_total,
        "bytesDone": item.position.offset,
        "counts": {"rowsRead": counts.pop("rows_read"), **counts},
        "failure": item.failure.render(language) if item.failure else None,
        "startedBy": item.started_by,
        "reading": item.options.model_dump(by_alias=True),
        "columns": _columns(item.columns),
        "createdAt": instant_text(item.created_at),
        "updatedAt": instant_text(item.updated_at),
        "startedAt": instant_text(item.started_at) if item.started_at else None,
        "finishedAt": instant_text(item.finished_at) if item.finished_at else None,
    }


def _problem(problem: Reported, language: str) -> dict[str, Any]:
    return {
        "id": str(problem.id),
        "line": problem.line,
        "rejected": problem.rejected,
        "columnNumber": problem.column_number,
        "columnName": problem.column_name,
        "property": problem.property,
        "value": problem.value,
        "code": problem.code,
        "message": problem.text.render(language),
    }
