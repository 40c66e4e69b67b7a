"""What a receiver answered, as an outcome: done, failed, or again later."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

import orjson

from penstock.delivery.base import Outcome

LARGEST_BODY: Final = 1_000_000
"""Bytes of an answer that are read; a longer one counts, but nothing is taken from it."""

LONGEST_VALUE: Final = 65_000
"""Characters of a text that later steps may use."""

_MOST_VALUES: Final = 200
_LONGEST_NAME: Final = 200
_LONGEST_TOLD: Final = 500
_NO_MILLISECONDS: Final = 1000


@dataclass(frozen=True)
class Answer:
    """An answer as it came; `body` is None where it was too long."""

    status: int
    headers: Mapping[str, str]
    body: bytes | None


def outcome(answer: Answer, now: datetime) -> Outcome:
    """What an answer means. 2xx is done; 4xx will not change, but for 429; the rest may."""
    reply = _reply(answer)
    if 200 <= answer.status <= 299:
        return Outcome("done", reply=reply)
    if answer.status == 429 or answer.status >= 500:
        reason = "asked_to_wait" if answer.status == 429 else "server_error"
        return Outcome("pending", reason, reply, retry_after(answer, now))
    return Outcome("failed", "refused", reply)


def retry_after(answer: Answer, now: datetime) -> datetime | None:
    """When the receiver wants it again.

    A number is of milliseconds, as HubSpot reads it; one below 1,000 can only be of seconds, as RFC
    9110 has it, which also knows dates. It is never less than a second.
    """
    text = answer.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdecimal() and len(text) < 12:
        number = int(text)
        unit = "seconds" if number < _NO_MILLISECONDS else "milliseconds"
        return now + max(timedelta(**{unit: number}), timedelta(seconds=1))
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC), now)


def _reply(answer: Answer) -> str:
    """The status with the plain values of an object, or with how the text begins."""
    told: dict[str, Any] = {"status": answer.status}
    try:
        body = orjson.loads(answer.body or b"")
    except orjson.JSONDecodeError:
        body = None
    if isinstance(body, dict):
        plain = {
            _storable(name): _storable(value[:LONGEST_VALUE]) if isinstance(value, str) else value
            for name, value in body.items()
            if isinstance(value, str | int | float | bool) and len(name) <= _LONGEST_NAME
        }
        told["body"] = dict(list(plain.items())[:_MOST_VALUES])
    elif answer.body:
        told["text"] = _storable(answer.body.decode("utf-8", "replace")[:_LONGEST_TOLD])
    return orjson.dumps(told).decode()


def _storable(text: str) -> str:
    """The database keeps no zeros in texts."""
    return text.replace("\0", "")
