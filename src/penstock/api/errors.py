"""Turns errors, here alone, into statuses and HubSpot's error body, in the caller's language."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

import psycopg
import structlog
from fastapi.exceptions import RequestValidationError
from psycopg import errors as pg
from psycopg_pool import PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from penstock.accounts.errors import NotAuthenticated, TokenExpired
from penstock.api.answers import Answer
from penstock.api.incoming import BodyTooLarge, MediaTypeUnsupported
from penstock.api.rates import TooManyRequests
from penstock.kernel.db import TRANSIENT
from penstock.kernel.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    PenstockError,
    Problem,
    Unavailable,
)
from penstock.kernel.misfits import in_words
from penstock.kernel.texts import Text
from penstock.records.errors import DefinitionExists

_log = structlog.get_logger(__name__)


class RequestInvalid(Invalid):
    """The request is not valid"""


class ClashedMeanwhile(Conflict):
    """Somebody else made the same thing at the same moment; look at what is there and try again"""


class Unstorable(Invalid):
    """A value in the request cannot be stored"""


class DatabaseAway(Unavailable):
    """The database cannot be reached right now; try again in a moment"""


class PathUnknown(NotFound):
    """There is nothing at {path}"""


class MethodNotAllowed(Invalid):
    """{method} is not possible here; possible: {allowed}"""


class Unexpected(PenstockError):
    """Something went wrong here; the log says what, under this correlation id"""


# The first class that fits decides.
_KINDS: Final[tuple[tuple[type[PenstockError], int, str], ...]] = (
    (TokenExpired, 401, "EXPIRED_AUTHENTICATION"),
    (NotAuthenticated, 401, "INVALID_AUTHENTICATION"),
    (TooManyRequests, 429, "RATE_LIMITS"),
    (MediaTypeUnsupported, 415, "UNSUPPORTED_CONTENT_TYPE"),
    (MethodNotAllowed, 405, "METHOD_NOT_ALLOWED"),
    (BodyTooLarge, 413, "VALIDATION_ERROR"),
    (DefinitionExists, 409, "OBJECT_ALREADY_EXISTS"),
    (NotFound, 404, "OBJECT_NOT_FOUND"),
    (Conflict, 409, "CONFLICT"),
    (Invalid, 400, "VALIDATION_ERROR"),
    (Forbidden, 403, "MISSING_SCOPES"),
    (Unavailable, 503, "SERVICE_UNAVAILABLE"),
    (PenstockError, 500, "INTERNAL_ERROR"),
)

_SHOWN: Final = 5
"""Problems named in the message itself; all of them are in `errors`."""


def answer(error: Exception, *, language: str, correlation_id: str) -> Answer:
    """The refusal that an error means. What nobody foresaw is logged and not shown."""
    status, body, headers = refusal(error, language=language, correlation_id=correlation_id)
    return Answer(body, status, headers)


def refusal(
    error: Exception, *, language: str, correlation_id: str
) -> tuple[int, dict[str, Any], dict[str, str]]:
    """The status, body and headers of the refusal that an error means."""
    known = _known(error)
    if isinstance(known, Unexpected):
        _log.error("request failed", correlation_id=correlation_id, exc_info=error)
    status, category = _kind(known)
    if isinstance(known, TooManyRequests):
        language = "en"  # HubSpot's clients compare the message.
    body = {
        "status": "error",
        **_described(known, category, language),
        "correlationId": correlation_id,
    }
    headers: dict[str, str] = {}
    if isinstance(known, TooManyRequests):
        body |= {"errorType": "RATE_LIMIT", "policyName": known.policy}
    if isinstance(known, TooManyRequests | Unavailable):
        headers["Retry-After"] = "1"
    if isinstance(known, MethodNotAllowed):
        headers["Allow"] = known.text.arguments["allowed"]
    if isinstance(known, NotAuthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    return status, body, headers


def entry(
    error: PenstockError, language: str, *, context: Mapping[str, list[str]] | None = None
) -> dict[str, Any]:
    """An error as one entry of a batch's `errors`; `context` says which inputs it is about."""
    _, category = _kind(error)
    described = _described(error, category, language)
    return {
        "status": "error",
        "id": str(uuid4()),
        **described,
        "context": {**described.get("context", {}), **(context or {})},
        "errors": described.get("errors", []),
        "links": {},
    }


def _kind(error: PenstockError) -> tuple[int, str]:
    return next((status, category) for kind, status, category in _KINDS if isinstance(error, kind))


def _described(error: PenstockError, category: str, language: str) -> dict[str, Any]:
    message = error.text.render(language)
    if error.problems:
        shown = "; ".join(problem.text.render(language) for problem in error.problems[:_SHOWN])
        message = f"{message}: {shown}" + (" …" if len(error.problems) > _SHOWN else "")
    described: dict[str, Any] = {"message": message, "category": category}
    if error.code and error.code != category:
        described["subCategory"] = error.code
    if error.context:
        described["context"] = error.context
    if error.problems:
        described["errors"] = [_detail(problem, language) for problem in error.problems]
    return described


def _detail(problem: Problem, language: str) -> dict[str, Any]:
    detail: dict[str, Any] = {"message": problem.text.render(language)}
    if problem.code:
        detail["code"] = problem.code
    if problem.where:
        detail["in"] = problem.where
    if problem.context:
        detail["context"] = problem.context
    return detail


def _known(error: Exception) -> PenstockError:
    match error:
        case PenstockError():
            return error
        case RequestValidationError():
            return RequestInvalid(problems=[_problem(item) for item in error.errors()])
        case ClientDisconnect():
            return RequestInvalid(Text("The request ended before its body did"))
        case RecursionError():
            return RequestInvalid(Text("The request is nested too deeply"))
        case pg.UniqueViolation():
            return ClashedMeanwhile()
        case psycopg.DataError():
            return Unstorable()
        case PoolTimeout():
            return DatabaseAway()
        case _ if isinstance(error, TRANSIENT):
            return DatabaseAway()
        case HTTPException(status_code=400):
            return RequestInvalid(Text("{reason}", reason=error.detail))
        case _:
            return Unexpected()


# How a validation error of pydantic reads, by its type; {where} is the path of the value.
_PATTERNS: Final[dict[str, str]] = {
    "missing": "Some required fields were not set: [{where}]",
    "int_parsing": '"{where}" must be a whole number',
    "int_type": '"{where}" must be a whole number',
    "int_from_float": '"{where}" must be a whole number',
    "bool_parsing": '"{where}" must be true or false',
    "bool_type": '"{where}" must be true or false',
    "string_type": '"{where}" must be a string',
    "list_type": '"{where}" must be a list',
    "dict_type": '"{where}" must be an object',
    "model_type": '"{where}" must be an object',
    "model_attributes_type": '"{where}" must be an object',
    "greater_than_equal": '"{where}" must be at least {ge}',
    "greater_than": '"{where}" must be more than {gt}',
    "less_than_equal": '"{where}" must be at most {le}',
    "too_long": '"{where}" has {actual_length} entries; at most {max_length} are possible',
    "too_short": '"{where}" needs at least {min_length} entries',
    "string_too_long": '"{where}" is longer than {max_length} characters',
    "string_too_short": '"{where}" needs at least {min_length} characters',
    "literal_error": '"{where}" must be one of {expected}',
    "enum": '"{where}" must be one of {expected}',
}


def _problem(error: Mapping[str, Any]) -> Problem:
    place, *path = error["loc"]
    where = ""
    for step in path:
        where += f"[{step}]" if isinstance(step, int) else f".{step}" if where else str(step)
    where = where or str(place)
    pattern = _PATTERNS.get(error["type"])
    text = (
        Text(pattern, where=where, **error.get("ctx", {}))
        if pattern
        else Text('"{where}" is not valid: {reason}', where=where, reason=in_words(error))
    )
    return Problem(text, where=where, code=error["type"].upper())
