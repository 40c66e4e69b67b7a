"""Imports in HubSpot's dialect: `/crm/v3/imports`."""

from typing import Annotated, Any, Final

from fastapi import File, Form, Query, UploadFile

from penstock.api.call import ThisCall
from penstock.api.identifying import number
from penstock.api.imports_shapes import (
    ActionAnswer,
    ImportAnswer,
    ImportAnswers,
    ImportErrors,
    ImportQuery,
    ImportRequest,
    ProblemQuery,
)
from penstock.api.imports_wire import answer_of, error_of, wish_of
from penstock.api.paging import paging
from penstock.api.routing import Router
from penstock.api.uploads import LARGEST_UPLOAD, blocks_of, document_of
from penstock.imports import report, store
from penstock.records.values import instant_text

router = Router("imports", "Imports")

SCOPE: Final = "crm.import"
_ALL: Final = "/crm/v3/imports"
_ONE: Final = "/crm/v3/imports/{import_id}"


@router.post(_ALL, model=ImportAnswer, limit=LARGEST_UPLOAD)
async def start(
    call: ThisCall,
    import_request: Annotated[str, Form(alias="importRequest")],
    files: Annotated[UploadFile, File()],
) -> dict[str, Any]:
    """Hand in a CSV file with its mapping; a worker imports it.

    `importRequest` is JSON: name, importOperations, dateFormat, and one of files with its
    fileImportPage.columnMappings.
    """
    call.require(SCOPE)
    request, document = document_of("importRequest", import_request, ImportRequest)
    begun = await store.begin(
        call.conn,
        call.schema,
        wish_of(call.schema, request, files.filename or ""),
        blocks_of(files),
        started_by=call.actor,
        now=call.now,
        request=document,
    )
    await call.audit("imports_start", f"imports/{begun.id}", {"bytes": begun.bytes_total})
    return answer_of(begun)


@router.get(_ALL, model=ImportAnswers)
async def list_imports(call: ThisCall, query: Annotated[ImportQuery, Query()]) -> dict[str, Any]:
    """A page of imports, the newest first."""
    call.require(SCOPE)
    found = await store.page(call.conn, before=query.after, limit=query.limit + 1)
    shown = found[: query.limit]
    after = shown[-1].id if len(found) > len(shown) else None
    return {"results": [answer_of(item) for item in shown], **paging(call.request, after)}


@router.get(_ONE, model=ImportAnswer)
async def read(call: ThisCall, import_id: str) -> dict[str, Any]:
    """An import with its counters."""
    call.require(SCOPE)
    return answer_of(await store.get(call.conn, number(import_id)))


@router.post(f"{_ONE}/cancel", model=ActionAnswer)
async def cancel(call: ThisCall, import_id: str) -> dict[str, Any]:
    """End an import; what it has written stays."""
    call.require(SCOPE)
    await store.cancel(call.conn, number(import_id), call.now)
    await call.audit("imports_cancel", f"imports/{import_id}")
    now = instant_text(call.now)
    return {"status": "COMPLETE", "startedAt": now, "completedAt": now}


@router.get(f"{_ONE}/errors", model=ImportErrors)
async def list_errors(
    call: ThisCall, import_id: str, query: Annotated[ProblemQuery, Query()]
) -> dict[str, Any]:
    """A page of what was wrong with rows, in the order of the file."""
    call.require(SCOPE)
    item = await store.get(call.conn, number(import_id))
    found = await report.problems_of(call.conn, item.id, after=query.after, limit=query.limit + 1)
    shown = found[: query.limit]
    after = shown[-1].id if len(found) > len(shown) else None
    results = [error_of(call.schema, item, problem, call.language) for problem in shown]
    return {"results": results, **paging(call.request, after)}
