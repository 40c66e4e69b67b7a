"""The rate limit: HubSpot's bodies and headers."""

from datetime import UTC, datetime

import httpx

from penstock.kernel.clock import VirtualClock
from penstock.kernel.settings import Settings
from tests.api.conftest import Service, make_key, running

CONTACTS = "/crm/v3/objects/contacts"


async def test_without_a_limit_the_headers_are_numbers_all_the_same(
    wire: httpx.AsyncClient,
) -> None:
    headers = (await wire.get(CONTACTS)).headers
    for name in ("Daily", "Daily-Remaining", "Interval-Milliseconds", "Max", "Remaining"):
        assert int(headers[f"X-HubSpot-RateLimit-{name}"]) > 0
    for name in ("Secondly", "Secondly-Remaining"):
        assert int(headers[f"X-HubSpot-RateLimit-{name}"]) > 0


async def test_a_key_that_asks_too_often_is_told_to_wait_until_the_next_second(url: str) -> None:
    clock = VirtualClock(datetime(2026, 3, 2, 10, tzinfo=UTC))
    with running(url, Settings(requests_per_second=2), clock) as service:
        async with service.wire(**{"Accept-Language": "sv"}) as wire:
            left = [await remaining(wire) for _ in range(2)]
            assert left == ["1", "0"]
            refused = await wire.get(CONTACTS)
            assert refused.status_code == 429
            assert refused.headers["Retry-After"] == "1"
            body = refused.json()
            assert body.pop("correlationId")
            assert body == {
                "status": "error",
                "message": "You have reached your secondly limit.",
                "errorType": "RATE_LIMIT",
                "policyName": "SECONDLY",
                "category": "RATE_LIMITS",
            }
            await another_key_is_not_touched(service)
            clock.forward(seconds=1)
            assert await remaining(wire) == "1"


async def another_key_is_not_touched(service: Service) -> None:
    async with service.wire(await make_key(service.url, "all")) as other:
        assert await remaining(other) == "1"


async def remaining(wire: httpx.AsyncClient) -> str:
    answer = await wire.get(CONTACTS)
    assert answer.status_code == 200
    return answer.headers["X-HubSpot-RateLimit-Secondly-Remaining"]
