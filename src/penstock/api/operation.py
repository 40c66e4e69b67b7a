"""An operation: one request is one transaction, committed before its answer is sent."""

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any, Final
from uuid import uuid4

from fastapi import Request, Response, params
from fastapi.routing import APIRoute
from psycopg import errors as pg

from penstock.accounts import keys
from penstock.accounts.errors import NotAuthenticated, TokenExpired
from penstock.accounts.scopes import ALL
from penstock.api import errors, pages
from penstock.api.answers import Answer, Header
from penstock.api.call import Call
from penstock.api.incoming import LARGEST_BODY, Incoming
from penstock.api.rates import Rates
from penstock.kernel.clock import Clock
from penstock.kernel.db import Connection, Database
from penstock.kernel.queries import load
from penstock.kernel.settings import Settings
from penstock.kernel.texts import preferred
from penstock.records.schema import Schemas

_queries = load("penstock.api")
_language = lru_cache(256)(preferred)

ATTEMPTS: Final = 5
"""How often a transaction is begun that others make impossible."""

COOKIE: Final = "penstock_session"
"""Where a browser keeps the secret of its session."""

PATIENCE: Final = 5.0
"""Seconds to wait for a connection before the database counts as away."""

Endpoint = Callable[..., Awaitable[Any]]


@dataclass(frozen=True)
class Services:
    """What the process lends to every request."""

    database: Database
    schemas: Schemas
    clock: Clock
    settings: Settings
    wake: Callable[[], None]
    rates: Rates


@dataclass(frozen=True)
class Traits:
    """How an operation is carried out.

    `mutates`: in a transaction, with an audit row, and the engine is woken. `key`: a key is needed.
    `page`: for people, who may come with a session instead and are refused in HTML. `developer`:
    the key may also come as `?hapikey=`. `limit`: bytes of the body.
    """

    mutates: bool
    key: bool = True
    page: bool = False
    developer: bool = False
    limit: int = LARGEST_BODY


class Operation(APIRoute):
    """A route whose handler returns plain values, and works in the transaction of its call."""

    def __init__(self, path: str, endpoint: Endpoint, *, traits: Traits, **options: Any) -> None:
        self.traits = traits
        answering = _answering(endpoint, options["status_code"])
        super().__init__(path, answering, response_class=Answer, **options)
        # FastAPI would repeat the summary where there is no more to say.
        self.description = options["description"]

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        form = self.body_field is not None and isinstance(self.body_field.field_info, params.Form)

        async def respond(request: Request) -> Response:
            correlation_id = str(uuid4())
            language = _language(request.headers.get("accept-language"))
            headers: list[Header] = [(b"x-hubspot-correlation-id", correlation_id.encode())]
            incoming = Incoming(request.scope, request.receive)
            work = _Work(self, incoming, handle, language, correlation_id, headers)
            response: Response
            try:
                if self.traits.limit > LARGEST_BODY:
                    await work.authenticate()
                await incoming.read(
                    form=form, typed=self.body_field is not None, limit=self.traits.limit
                )
                response = await work.carry_out()
            except Exception as error:  # noqa: BLE001 - every error has an answer
                refuse = pages.refusal if self.traits.page else errors.answer
                response = refuse(error, language=language, correlation_id=correlation_id)
            response.raw_headers += headers
            return response

        return respond


def _answering(endpoint: Endpoint, status: int) -> Endpoint:
    """Turn what a handler returns into an answer, so that nothing validates it again."""

    @wraps(endpoint)
    async def answering(*args: Any, **kwargs: Any) -> Response:
        content = await endpoint(*args, **kwargs)
        return content if isinstance(content, Response) else Answer(content, status)

    return answering


@dataclass(frozen=True)
class _Work:
    """One request on its way through a transaction, or several when others were in the way."""

    operation: Operation
    request: Incoming
    handle: Callable[[Request], Awaitable[Response]]
    language: str
    correlation_id: str
    headers: list[Header]

    async def authenticate(self) -> None:
        """Refuse a stranger before much is read of the body. Raises NotAuthenticated."""
        services: Services = self.request.app.state.services
        async with services.database.reading(PATIENCE) as conn:
            await self._begin(conn, services)

    async def carry_out(self) -> Response:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return await self._once()
            except (pg.DeadlockDetected, pg.SerializationFailure):
                if attempt == ATTEMPTS:
                    raise
        raise AssertionError("unreachable")

    async def _once(self) -> Response:
        services: Services = self.request.app.state.services
        if not self.operation.traits.mutates:
            async with services.database.reading(PATIENCE) as conn:
                call = await self._begin(conn, services)
                return await self._handled(call)
        async with services.database.unit(PATIENCE) as conn:
            call = await self._begin(conn, services)
            response = await self._handled(call)
            if not call.audited:
                await call.audit(str(self.operation.operation_id), self.request.url.path)
        services.wake()
        return response

    async def _handled(self, call: Call) -> Response:
        self.request.scope["penstock.call"] = call
        return await self.handle(self.request)

    async def _begin(self, conn: Connection, services: Services) -> Call:
        secret, session = self._secret(), self._session()
        row = await _queries.one(
            conn,
            "preamble",
            key=None if secret is None else keys.digest(secret),
            session=None if session is None or secret else keys.digest(session),
        )
        assert row is not None
        now = services.clock.at(row.told)
        actor, scopes = "anonymous", row.scopes or ()
        if row.key_id is not None:
            actor = f"key:{row.key_id}"
        elif row.app_id is not None and now < row.token_expires_at:
            actor = f"app:{row.app_id}"
        elif row.session_id is not None and now < row.session_expires_at:
            actor, scopes = f"session:{row.session_id}", (ALL,)
        elif self.operation.traits.key:
            raise NotAuthenticated if row.app_id is None else TokenExpired
        else:
            scopes = ()
        self.headers[1:] = services.rates.count(actor, now)
        return Call(
            conn=conn,
            schema=await services.schemas.current(conn, row.version),
            now=now,
            language=self.language,
            actor=actor,
            scopes=frozenset(scopes),
            settings=services.settings,
            request=self.request,
            correlation_id=self.correlation_id,
        )

    def _secret(self) -> str | None:
        scheme, _, secret = self.request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and secret:
            return secret.strip()
        if self.operation.traits.developer:
            return self.request.query_params.get("hapikey")
        return None

    def _session(self) -> str | None:
        """A session opens pages and our own reads; what writes by the API takes a key."""
        traits = self.operation.traits
        ours = self.operation.path.startswith("/api/") and not traits.mutates
        return self.request.cookies.get(COOKIE) if traits.page or ours else None
