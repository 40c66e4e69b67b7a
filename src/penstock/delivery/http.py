"""Requests over HTTP: one at a time on each line, never to an address that was not looked at."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from urllib.parse import urljoin, urlsplit

from aiohttp import (
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    InvalidURL,
    TCPConnector,
)
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from penstock.delivery import replies, signatures
from penstock.delivery.base import Line, Outcome
from penstock.delivery.replies import LARGEST_BODY, Answer
from penstock.delivery.targets import Targets

MOST_REDIRECTS: Final = 3

_LONGEST_TOLD: Final = 500


@dataclass(frozen=True)
class Patience:
    """Seconds to wait for a connection, and then for the whole answer."""

    connecting: float = 3.0
    answering: float = 30.0


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


@dataclass(frozen=True)
class Http:
    """The way out over HTTP. `tls` says whom to trust; None: whom the system does."""

    targets: Targets
    lines: int
    patience: Patience = Patience()
    tls: ssl.SSLContext | None = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Line[Request]]:
        looked_at = _LookedAt()
        connector = TCPConnector(
            resolver=looked_at, ssl=self.tls or True, force_close=True, use_dns_cache=False
        )
        async with ClientSession(
            connector=connector,
            cookie_jar=DummyCookieJar(),
            timeout=ClientTimeout(total=None, sock_connect=self.patience.connecting),
            auto_decompress=False,
            trust_env=False,
        ) as session:
            yield _HttpLine(self, session, looked_at)


class _LookedAt(AbstractResolver):
    """Knows the addresses that were looked at, and no others."""

    def __init__(self) -> None:
        self.host = ""
        self.addresses: list[str] = []

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        if host != self.host:
            raise OSError(f"{host} was not looked at")
        return [
            ResolveResult(hostname=host, host=address, port=port, family=0, proto=0, flags=0)
            for address in self.addresses
        ]

    async def close(self) -> None:
        """Nothing is held."""


class _HttpLine:
    def __init__(self, way: Http, session: ClientSession, looked_at: _LookedAt) -> None:
        self._way = way
        self._session = session
        self._looked_at = looked_at

    async def send(self, request: Request, now: datetime) -> Outcome:
        for _ in range(MOST_REDIRECTS + 1):
            answer = await self._ask(request, now)
            if isinstance(answer, Outcome):
                return answer
            location = answer.headers.get("Location")
            if answer.status not in (301, 302, 303, 307, 308) or location is None:
                return replies.outcome(answer, now)
            try:
                request = request.redirected(answer.status, location)
            except ValueError:
                return Outcome("failed", "target_invalid", location[:_LONGEST_TOLD])
        return Outcome("failed", "too_many_redirects", request.url[:_LONGEST_TOLD])

    async def _ask(self, request: Request, now: datetime) -> Answer | Outcome:
        patience = self._way.patience
        try:
            # As it stands, character by character: the signature is over it.
            url = URL(request.url, encoded=True)
            host, port = url.host, url.port
        except ValueError:
            host = port = None
        if url_invalid(request.url) or host is None or port is None:
            return Outcome("failed", "target_invalid", request.url[:_LONGEST_TOLD])
        try:
            async with asyncio.timeout(patience.connecting):
                addresses = await self._way.targets.addresses(url.scheme, host, port)
            if addresses is None:
                return Outcome("failed", "target_forbidden", f"{url.scheme}://{host}")
            self._looked_at.host, self._looked_at.addresses = host, addresses
            async with (
                asyncio.timeout(patience.connecting + patience.answering),
                self._session.request(
                    request.method,
                    url,
                    headers=request.ready(now),
                    data=request.body or None,
                    allow_redirects=False,
                ) as response,
            ):
                return Answer(response.status, response.headers, await _body(response))
        except InvalidURL:
            return Outcome("failed", "target_invalid", request.url[:_LONGEST_TOLD])
        except TimeoutError:
            return Outcome("pending", "no_response", host)
        except (ClientError, OSError, ValueError) as error:
            return Outcome("pending", "unreachable", _told(error))


def url_invalid(url: str) -> bool:
    """Whether it is no address of a host on the web."""
    try:
        parts = urlsplit(url)
        strange = parts.port == 0 or bool(parts.username or parts.password)
    except ValueError:
        return True
    return strange or parts.scheme not in ("http", "https") or not parts.hostname


async def _body(response: ClientResponse) -> bytes | None:
    body = b""
    async for chunk in response.content.iter_chunked(65_536):
        body += chunk
        if len(body) > LARGEST_BODY:
            return None
    return body


def _told(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:_LONGEST_TOLD]
