"""The rate limit of a key, counted per second and process, and the headers that tell of it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from penstock.api.answers import Header
from penstock.kernel.errors import Unavailable

UNLIMITED: Final = 1_000_000_000
"""What the headers say where there is no limit: clients read numbers there."""

_SECONDS_A_DAY: Final = 86_400


class TooManyRequests(Unavailable):
    """You have reached your secondly limit."""

    policy = "SECONDLY"


@dataclass
class Rates:
    """Requests of each key in the current second; `limit` 0 is no limit."""

    limit: int
    _second: int = 0
    _counts: dict[str, int] = field(default_factory=dict)

    def count(self, actor: str, now: datetime) -> list[Header]:
        """Count a request, and return the headers of its answer. Raises TooManyRequests."""
        if not self.limit:
            return _OPEN
        second = int(now.timestamp())
        if second != self._second:
            self._second = second
            self._counts.clear()
        count = self._counts[actor] = self._counts.get(actor, 0) + 1
        if count > self.limit:
            raise TooManyRequests
        return _headers(self.limit, self.limit - count)


def _headers(limit: int, left: int) -> list[Header]:
    values = {
        "daily": limit * _SECONDS_A_DAY,
        "daily-remaining": limit * _SECONDS_A_DAY,
        "interval-milliseconds": 1000,
        "max": limit,
        "remaining": left,
        "secondly": limit,
        "secondly-remaining": left,
    }
    return [
        (f"x-hubspot-ratelimit-{name}".encode(), str(value).encode())
        for name, value in values.items()
    ]


_OPEN: Final = [
    (name, value if b"milliseconds" in name else str(UNLIMITED).encode())
    for name, value in _headers(UNLIMITED, UNLIMITED)
]
