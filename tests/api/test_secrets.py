"""`/api/secrets`: written and named, never read."""

import psycopg

from tests.api.conftest import Service, make_key


async def test_a_secret_is_put_listed_by_name_and_deleted(service: Service) -> None:
    async with service.wire() as wire:
        put = await wire.put("/api/secrets/crm", json={"value": "very secret"})
        assert (put.status_code, put.content) == (204, b"")
        await wire.put("/api/secrets/app-7", json={"value": "also secret"})
        listed = await wire.get("/api/secrets")
        assert [one["name"] for one in listed.json()["results"]] == ["app-7", "crm"]
        assert "very secret" not in listed.text
        assert (await wire.delete("/api/secrets/crm")).status_code == 204
        assert (await wire.delete("/api/secrets/crm")).status_code == 404
        assert (await wire.get("/api/secrets/app-7")).status_code == 405
    with psycopg.connect(service.url) as conn:
        trail = conn.execute("SELECT operation, target, details FROM audit ORDER BY id").fetchall()
    assert trail == [
        ("secrets_put", "secrets/crm", {}),
        ("secrets_put", "secrets/app-7", {}),
        ("secrets_delete", "secrets/crm", {}),
    ]


async def test_what_is_refused_does_not_say_the_secret(service: Service, url: str) -> None:
    async with service.wire() as wire:
        refused = await wire.put("/api/secrets/a%20b", json={"value": "very secret"})
        assert refused.status_code == 400
        assert "very secret" not in refused.text
        odd = await wire.put("/api/secrets/crm", json={"value": {"very secret": 1}})
        assert odd.status_code == 400
        assert "very secret" not in odd.text
    reader = await make_key(url, "crm.objects.contacts.read")
    async with service.wire(reader) as wire:
        assert (await wire.get("/api/secrets")).status_code == 403
        assert (await wire.put("/api/secrets/crm", json={"value": "x"})).status_code == 403
