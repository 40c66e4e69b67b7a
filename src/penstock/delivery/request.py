"""A request over HTTP, to whom it may go, and how long it may take."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from urllib.parse import urljoin, urlsplit

from penstock.delivery import signatures


@dataclass(frozen=True)
class Patience:
    """Seconds to wait for a connection, and then for the whole answer."""

    connecting: float = 3.0
    answering: float = 30.0


PATIENCE: Final = Patience()


@dataclass(frozen=True)
class Request:
    """A request as it goes out. What is of `own` goes to the host that it was made for alone.

    `secret` signs it. `own` are headers.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    own: Mapping[str, str] = field(default_factory=dict, repr=False)
    secret: str | None = field(default=None, repr=False)

    def ready(self, now: datetime) -> dict[str, str]:
        """All headers, signed for this address and moment."""
        signed = (
            signatures.headers(self.secret, self.method, self.url, self.body, now)
            if self.secret is not None
            else {}
        )
        return {**self.headers, **self.own, **signed}

    def redirected(self, status: int, location: str) -> "Request":
        """The request that a redirect asks for: the same, or after 303 a look at another place.

        Another host gets neither key nor signature. Raises ValueError.
        """
        url = urljoin(self.url, location).partition("#")[0]
        to = self if _origin(url) == _origin(self.url) else replace(self, own={}, secret=None)
        if status == 303 and self.method != "HEAD":
            headers = {n: v for n, v in to.headers.items() if n != "Content-Type"}
            to = replace(to, method="GET", body=b"", headers=headers)
        return replace(to, url=url)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname, parts.port or usual


def url_invalid(url: str) -> bool:
    """Whether it is no address of a host on the web."""
    try:
        parts = urlsplit(url)
        strange = parts.port == 0 or bool(parts.username or parts.password)
    except ValueError:
        return True
    return strange or parts.scheme not in ("http", "https") or not parts.hostname
