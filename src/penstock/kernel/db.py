"""The database: one pool per process, and one unit of work = one transaction."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

import orjson
import psycopg
from psycopg import errors as pg
from psycopg.rows import namedtuple_row
from psycopg.types.json import set_json_dumps, set_json_loads
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from penstock.kernel.arrays import Arrays
from penstock.kernel.errors import Unavailable

Connection = psycopg.AsyncConnection[Any]

MINIMUM_VERSION = 18_00_00

TRANSIENT = (
    psycopg.OperationalError,  # classes 08, 53 and 57
    pg.SerializationFailure,
    pg.DeadlockDetected,
    pg.IdleInTransactionSessionTimeout,  # we were stopped for so long that others took over
    pg.TransactionTimeout,
    PoolTimeout,
)
"""Errors after which the same transaction may succeed: begin it again from the start."""


class DatabaseTooOld(Unavailable):
    """PostgreSQL {version} is too old: Penstock needs PostgreSQL {least} or newer. Let
    PENSTOCK_DATABASE_URL name a newer server, or leave it out to use the embedded one"""


def plain(value: Any) -> Any:
    """What JSON makes of a value that is none of its own: numbers keep every digit."""
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f"))
    raise TypeError(f"{type(value).__name__} is no JSON")


def dumps(value: Any, default: Callable[[Any], Any] = plain) -> bytes:
    """JSON as jsonb takes it; a Decimal keeps every digit, and so does an integer of any size.

    Raises RecursionError for what is nested too deeply.
    """
    try:
        return orjson.dumps(value, default=default, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:
        # orjson refuses integers of more than 64 bits.
        widened = _widened(value)
    try:
        return orjson.dumps(widened, default=default, option=orjson.OPT_NON_STR_KEYS)
    except TypeError as error:
        if "Recursion" in str(error):
            raise RecursionError("JSON is nested too deeply") from None
        raise


def _widened(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _widened(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_widened(item) for item in value]
    if isinstance(value, int) and value.bit_length() > 63:
        return Decimal(value)
    return value


_decoder = json.JSONDecoder(parse_float=Decimal)


def _loads(text: bytes | str) -> Any:
    return _decoder.decode(text if isinstance(text, str) else text.decode())


set_json_dumps(dumps)
set_json_loads(_loads)
psycopg.adapters.register_dumper(list, Arrays)


@dataclass(frozen=True)
class Patience:
    """Seconds after which the server gives up on a process that holds what others wait for: between
    two statements of a transaction, for one statement, and for a whole transaction.
    """

    idle: float
    statement: float
    transaction: float


class Database:
    """A pool of connections to one PostgreSQL database; without `patience` the server has all.

    Usage: ``async with Database(url) as database: async with database.unit() as conn: ...``
    """

    def __init__(self, url: str, *, size: int = 8, patience: Patience | None = None) -> None:
        self.url = url
        self._patience = patience
        self._pool = AsyncConnectionPool(
            url,
            min_size=1,
            max_size=size,
            open=False,
            kwargs={"row_factory": namedtuple_row, "application_name": "penstock"},
            configure=self._configure,
            reconnect_timeout=0,
        )

    async def _configure(self, conn: Connection) -> None:
        await _configure(conn)
        if self._patience is not None:
            await conn.set_autocommit(True)
            for name, seconds in (
                ("idle_in_transaction_session_timeout", self._patience.idle),
                ("statement_timeout", self._patience.statement),
                ("transaction_timeout", self._patience.transaction),
            ):
                await conn.execute(
                    "SELECT set_config(%s, %s, false)", (name, str(round(seconds * 1000)))
                )
            await conn.set_autocommit(False)

    async def __aenter__(self) -> Self:
        await self._pool.open()
        try:
            async with self._pool.connection() as conn:
                refuse_old(conn.info.server_version)
        except BaseException:
            await self._pool.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._pool.close()

    @asynccontextmanager
    async def unit(self, patience: float | None = None) -> AsyncIterator[Connection]:
        """One unit of work: a transaction that commits at the end and rolls back on any error.

        `patience` bounds the wait for a connection, in seconds.
        """
        async with self._pool.connection(patience) as conn:
            yield conn

    @asynccontextmanager
    async def reading(self, patience: float | None = None) -> AsyncIterator[Connection]:
        """A connection for reads that need no common snapshot: no transaction is paid for."""
        async with self._pool.connection(patience) as conn:
            await conn.set_autocommit(True)
            try:
                yield conn
            finally:
                if not conn.closed:
                    await conn.set_autocommit(False)

    @asynccontextmanager
    async def autocommit(self) -> AsyncIterator[Connection]:
        """A connection outside transactions, for LISTEN, VACUUM and the like."""
        conn = await connect(self.url)
        try:
            yield conn
        finally:
            await conn.close()


async def connect(url: str) -> Connection:
    """A single connection in autocommit mode, outside every pool. Raises DatabaseTooOld."""
    conn = await psycopg.AsyncConnection.connect(
        url, autocommit=True, row_factory=namedtuple_row, application_name="penstock"
    )
    try:
        refuse_old(conn.info.server_version)
    except DatabaseTooOld:
        await conn.close()
        raise
    await _configure(conn)
    return conn


def refuse_old(version: int, *, least: int = MINIMUM_VERSION) -> None:
    """Compare a server's version, as libpq tells it, with the least. Raises DatabaseTooOld."""
    if version < least:
        raise DatabaseTooOld(version=f"{version // 10000}.{version % 10000}", least=least // 10000)


async def _configure(conn: Connection) -> None:
    # Bound arrays change little between calls; a generic plan is as good and costs no planning.
    conn.prepare_threshold = 3
