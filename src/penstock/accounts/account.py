"""The account: what the installation calls itself, and where and in which money it counts."""

from dataclasses import dataclass
from datetime import UTC, datetime

from penstock.kernel.db import Connection
from penstock.kernel.queries import load

_queries = load("penstock.accounts")


@dataclass(frozen=True)
class Account:
    """One installation is one account. `time_zone` is an IANA name, `currency` an ISO 4217 code."""

    portal_id: int
    name: str
    time_zone: str
    currency: str
    created_at: datetime


async def read(conn: Connection) -> Account:
    row = await _queries.one(conn, "account")
    assert row is not None
    return Account(
        row.portal_id, row.name, row.time_zone, row.currency, row.created_at.astimezone(UTC)
    )
