"""Whether the service says that it works."""

import httpx


async def test_anybody_may_ask_whether_the_service_works(service) -> None:
    async with httpx.AsyncClient(base_url=service.base) as client:
        answer = await client.get("/health")
        assert answer.status_code == 200
        assert answer.json() == {"status": "ok"}
        print(answer.headers)
        r = await client.get("/openapi.json")
        print(r.status_code, r.text[:3000])
        r = await client.get("/nope")
        print(r.status_code, r.text, r.headers)
        r = await client.post("/health/")
        print(r.status_code, r.text, r.headers)
