"""Requests as they come in: bounded, and their JSON safe to keep."""

import json
import re
from collections.abc import AsyncGenerator
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NoReturn

from fastapi import Request

from penstock.kernel.errors import Invalid
from penstock.kernel.texts import Text

LARGEST_BODY: Final = 16 * 1024 * 1024
"""Bytes of a body, unless the operation says otherwise."""

LONGEST_NUMBER: Final = 4_000
"""Digits of a number, also of one that is written shorter, as 1e3999 is."""

_ESCAPED_NUL: Final = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


class BodyInvalid(Invalid):
    """Invalid input JSON: {reason}"""

    code = "INVALID_JSON"


class BodyTooLarge(Invalid):
    """The body is larger than {limit} bytes"""


class MediaTypeUnsupported(Invalid):
    """The content type "{given}" is not supported here: send {wanted}"""


class AddressInvalid(Invalid):
    """The address contains a character that cannot be stored"""


class Incoming(Request):
    """A request whose body is read before a transaction begins, and can be answered twice."""

    limit = LARGEST_BODY

    async def read(self, *, typed: bool, form: bool, limit: int) -> None:
        """Take in the whole body: JSON or a form where it is `typed`, else whatever it is.

        Raises BodyTooLarge, BodyInvalid, MediaTypeUnsupported or AddressInvalid.
        """
        self.limit = limit
        if b"%00" in self.scope.get("raw_path", b"") or b"%00" in self.scope["query_string"]:
            raise AddressInvalid
        if form:
            await self._read_form()
        elif await self.body() and typed:
            self._check_media_type(("application/json",))
            await self.json()

    async def _read_form(self) -> None:
        self._check_media_type(("multipart/form-data", "application/x-www-form-urlencoded"))
        await self.form()

    def _check_media_type(self, wanted: tuple[str, ...]) -> None:
        given = self.headers.get("content-type", "")
        if given.partition(";")[0].strip().lower() not in wanted:
            raise MediaTypeUnsupported(given=given, wanted=" / ".join(wanted))

    async def stream(self) -> AsyncGenerator[bytes, None]:
        size = 0
        async for chunk in super().stream():
            size += len(chunk)
            if size > self.limit:
                raise BodyTooLarge(limit=self.limit)
            yield chunk

    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            self._json = parse(await self.body())
        return self._json


def parse(body: bytes) -> Any:
    """JSON with every digit of its numbers. Raises BodyInvalid for what could not be stored."""
    try:
        text = body.decode("utf-8-sig")
        value = json.loads(
            text, parse_int=_whole, parse_float=_decimal, parse_constant=_refuse_constant
        )
        if "\\u" in text:
            # A lone half of a surrogate pair is no character; PostgreSQL has no zero character.
            json.dumps(value, ensure_ascii=False, default=str).encode()
            if _ESCAPED_NUL.search(text):
                raise BodyInvalid(reason=Text("the character \\u0000 cannot be stored"))
    except UnicodeError:
        raise BodyInvalid(reason=Text("it is not UTF-8")) from None
    except ValueError as error:
        raise BodyInvalid(reason=error) from None
    return value


def _whole(word: str) -> int:
    if len(word) > LONGEST_NUMBER:
        raise BodyInvalid(reason=_TOO_LONG)
    return int(word)


def _decimal(word: str) -> Decimal:
    try:
        number = Decimal(word)
    except InvalidOperation:
        raise BodyInvalid(reason=_TOO_LONG) from None
    if len(word) > LONGEST_NUMBER or abs(number.adjusted()) > LONGEST_NUMBER:
        raise BodyInvalid(reason=_TOO_LONG)
    return number


_TOO_LONG: Final = Text("a number has more than {limit} digits", limit=LONGEST_NUMBER)


def _refuse_constant(word: str) -> NoReturn:
    raise BodyInvalid(reason=Text("{word} is no number of JSON", word=word))
