"""Named secrets that workflows use: they can be written and used, and read by nobody."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from penstock.accounts.errors import SecretInvalid, SecretNameInvalid, SecretNotFound
from penstock.kernel.db import Connection
from penstock.kernel.queries import load

if TYPE_CHECKING:
    from penstock.accounts.seal import Seal

LONGEST: Final = 65_536
"""Characters of a secret."""

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")

_queries = load("penstock.accounts", "secrets.sql")


@dataclass(frozen=True)
class Secret:
    """A secret as it is listed: never with its value."""

    name: str
    created_at: datetime
    updated_at: datetime


def of_app(id: int | str) -> str:
    """The name under which the signing secret of an app is kept."""
    return f"app-{id}"


async def put(conn: Connection, seal: "Seal", name: str, value: str, now: datetime) -> bool:
    """Keep a secret under a name, in place of the one before; returns whether it is a new name.

    Raises SecretNameInvalid or SecretInvalid.
    """
    if not _NAME.fullmatch(name):
        raise SecretNameInvalid(name=name)
    if not 0 < len(value) <= LONGEST:
        raise SecretInvalid(limit=LONGEST)
    new: bool = await _queries.value(
        conn, "put_secret", name=name, sealed=seal.close(name, value), now=now
    )
    return new


async def delete(conn: Connection, name: str) -> None:
    """Forget a secret. Raises SecretNotFound."""
    if not await _queries.run(conn, "delete_secret", name=name):
        raise SecretNotFound(name=name)


async def every(conn: Connection) -> list[Secret]:
    """All secrets by name."""
    return [
        Secret(row.name, row.created_at.astimezone(UTC), row.updated_at.astimezone(UTC))
        for row in await _queries.rows(conn, "all_secrets")
    ]


async def existing(conn: Connection, names: Iterable[str]) -> set[str]:
    """Which of these names there is a secret for."""
    return set(await sealed(conn, names))


async def sealed(conn: Connection, names: Iterable[str]) -> dict[str, bytes]:
    """The secrets of these names as far as they exist, sealed."""
    rows = await _queries.rows(conn, "sealed", names=sorted(set(names)))
    return {row.name: bytes(row.sealed) for row in rows}
