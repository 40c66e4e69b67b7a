"""Answers: JSON in HubSpot's media type, with the headers that every answer carries."""

from typing import Any, Final

from fastapi.responses import JSONResponse
from pydantic import BaseModel

from penstock.kernel.db import dumps, plain

Header = tuple[bytes, bytes]

_ALWAYS: Final[list[Header]] = [
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
]

_JSON: Final[Header] = (b"content-type", b"application/json;charset=utf-8")


class Answer(JSONResponse):
    """A JSON answer, written once and not validated again; None is an answer without a body."""

    def __init__(
        self, content: Any, status_code: int = 200, headers: dict[str, str] | None = None
    ) -> None:
        self.status_code = status_code
        self.background = None
        given = [(k.lower().encode(), v.encode()) for k, v in (headers or {}).items()]
        if content is None:
            self.body = b""
            self.raw_headers = [*given, *_ALWAYS]
            return
        self.body = dumps(content, default=_plain)
        length = (b"content-length", str(len(self.body)).encode())
        self.raw_headers = [_JSON, length, *given, *_ALWAYS]


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_none=True)
    return plain(value)
