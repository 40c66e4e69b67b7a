"""The application: every router of this package, behind one index."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import Any
from uuid import uuid4

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

import penstock.api
from penstock.api import errors
from penstock.api.answers import Answer
from penstock.api.openapi import document
from penstock.api.operation import Services
from penstock.api.rates import Rates
from penstock.api.routing import Index, Router
from penstock.kernel.clock import Clock
from penstock.kernel.db import Database
from penstock.kernel.errors import PenstockError
from penstock.kernel.settings import Settings
from penstock.kernel.texts import preferred
from penstock.records.schema import Schemas


def create_app(
    database: Database,
    schemas: Schemas,
    clock: Clock,
    settings: Settings,
    *,
    wake: Callable[[], None],
) -> FastAPI:
    """The HTTP service. `wake` is called after each commit that may have given the engine work."""
    index = Index([operation for router in routers() for operation in router.operations])
    app = FastAPI(
        title="Penstock",
        version=version("penstock"),
        openapi_url=None,
        redirect_slashes=False,
        routes=[index],
        exception_handlers={HTTPException: _refuse, PenstockError: _refuse, Exception: _refuse},
    )
    rates = Rates(settings.requests_per_second)
    app.state.services = Services(database, schemas, clock, settings, wake, rates)
    app.openapi = lambda: document(index.operations)  # type: ignore[method-assign]
    app.add_route("/openapi.json", _described)
    return app


def routers() -> Iterator[Router]:
    """Every `router` of a module of this package, in the order of the modules' names."""
    for info in sorted(pkgutil.iter_modules(penstock.api.__path__), key=lambda info: info.name):
        module = importlib.import_module(f"penstock.api.{info.name}")
        router = getattr(module, "router", None)
        if isinstance(router, Router):
            yield router


async def _described(request: Request) -> Response:
    state: Any = request.app.state
    if not hasattr(state, "document"):
        state.document = request.app.openapi()
    return Answer(state.document)


async def _refuse(request: Request, error: Exception) -> Response:
    """What goes wrong outside of operations: unknown paths and methods."""
    if isinstance(error, HTTPException) and error.status_code == 404:
        error = errors.PathUnknown(path=request.url.path)
    correlation_id = str(uuid4())
    response = errors.answer(
        error,
        language=preferred(request.headers.get("accept-language")),
        correlation_id=correlation_id,
    )
    response.headers["X-HubSpot-Correlation-Id"] = correlation_id
    return response
