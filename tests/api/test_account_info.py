"""What is told of the account."""

from datetime import UTC, datetime

import httpx
import pytest

from penstock.kernel.clock import VirtualClock
from tests.api.conftest import Service, running
from tests.conftest import House


async def test_the_account_is_told_in_hubspots_words(
    service: Service, wire: httpx.AsyncClient
) -> None:
    answer = await wire.get("/account-info/v3/details")
    assert answer.status_code == 200
    assert answer.json() == {
        "portalId": 1_000_001,
        "accountType": "STANDARD",
        "timeZone": "UTC",
        "companyCurrency": "USD",
        "additionalCurrencies": [],
        "utcOffset": "+00:00",
        "utcOffsetMilliseconds": 0,
        "uiDomain": service.base.removeprefix("http://"),
        "dataHostingLocation": "self-hosted",
    }


@pytest.mark.parametrize(
    ("zone", "month", "offset", "milliseconds"),
    [
        ("Europe/Stockholm", 1, "+01:00", 3_600_000),
        ("Europe/Stockholm", 7, "+02:00", 7_200_000),
        ("America/St_Johns", 1, "-03:30", -12_600_000),
    ],
)
async def test_the_offset_is_that_of_the_day(
    house: House, url: str, zone: str, month: int, offset: str, milliseconds: int
) -> None:
    async with house.database.unit() as conn:
        await conn.execute("UPDATE account SET time_zone = %s", (zone,))
    clock = VirtualClock(datetime(2026, month, 2, 12, tzinfo=UTC))
    with running(url, clock=clock) as service:
        async with service.wire() as wire:
            told = (await wire.get("/account-info/v3/details")).json()
    assert (told["utcOffset"], told["utcOffsetMilliseconds"]) == (offset, milliseconds)
