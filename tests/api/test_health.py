"""Whether the service says that it works."""

import httpx

from tests.api.conftest import Service


async def test_anybody_may_ask_whether_the_service_works(service: Service) -> None:
    async with httpx.AsyncClient(base_url=service.base) as client:
        answer = await client.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
