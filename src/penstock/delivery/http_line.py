"""Requests over HTTP: one at a time on each line, never to an address that was not looked at."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final

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

from penstock.delivery import replies
from penstock.delivery.base import Line, Outcome
from penstock.delivery.replies import LARGEST_BODY, Answer
from penstock.delivery.request import Patience, Request, url_invalid
from penstock.delivery.targets import Targets

_MOST_REDIRECTS: Final = 3

_LONGEST_TOLD: Final = 500


@asynccontextmanager
async def opened(
    targets: Targets, patience: Patience, tls: ssl.SSLContext | None
) -> AsyncIterator[Line[Request]]:
    """A line to the outside, with a session of its own."""
    looked_at = _LookedAt()
    connector = TCPConnector(
        resolver=looked_at, ssl=tls or True, force_close=True, use_dns_cache=False
    )
    async with ClientSession(
        connector=connector,
        cookie_jar=DummyCookieJar(),
        timeout=ClientTimeout(total=None, sock_connect=patience.connecting),
        auto_decompress=False,
        trust_env=False,
    ) as session:
        yield _HttpLine(targets, patience, session, looked_at)


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
    def __init__(
        self, targets: Targets, patience: Patience, session: ClientSession, looked_at: _LookedAt
    ) -> None:
        self._targets, self._patience = targets, patience
        self._session = session
        self._looked_at = looked_at

    async def send(self, request: Request, now: datetime) -> Outcome:
        for _ in range(_MOST_REDIRECTS + 1):
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
        patience = self._patience
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
                addresses = await self._targets.addresses(url.scheme, host, port)
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


async def _body(response: ClientResponse) -> bytes | None:
    body = b""
    async for chunk in response.content.iter_chunked(65_536):
        body += chunk
        if len(body) > LARGEST_BODY:
            return None
    return body


def _told(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:_LONGEST_TOLD]
