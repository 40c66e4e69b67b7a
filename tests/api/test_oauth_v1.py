"""Apps get tokens for codes, and use the API with them."""

from datetime import timedelta
from typing import Any, NamedTuple

import httpx
import pytest
from hubspot.crm import companies, contacts

from penstock.accounts import apps
from penstock.kernel.clock import VirtualClock
from penstock.kernel.db import Database
from tests.api.conftest import Service, running
from tests.conftest import NOW

HOME = "https://app.test/back"
CONTACTS = "/crm/v3/objects/contacts"


class Registered(NamedTuple):
    """An app with its secret, and a code that it has not used."""

    id: int
    client_id: str
    client_secret: str
    code: str

    def form(self, **rest: str) -> dict[str, str]:
        return {
            "grant_type": "authorization_code",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "redirect_uri": HOME,
            "code": self.code,
            **rest,
        }


async def register(url: str, *scopes: str) -> Registered:
    async with Database(url, size=1) as database, database.unit() as conn:
        app, secret = await apps.create(conn, "Zap", scopes, HOME, NOW)
        code = await apps.allow(conn, app.id, None, "cli:test", NOW)
    return Registered(app.id, app.client_id, secret, code)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NOW)


@pytest.fixture
def service(url: str, clock: VirtualClock) -> Any:
    with running(url, clock=clock) as service:
        yield service


@pytest.fixture
async def app(url: str) -> Registered:
    return await register(url, "crm.objects.contacts.read", "crm.objects.contacts.write")


async def tokens(wire: httpx.AsyncClient, app: Registered) -> dict[str, Any]:
    answer = await wire.post("/oauth/v1/token", data=app.form())
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_the_official_client_trades_a_code_and_refreshes(
    service: Service, app: Registered
) -> None:
    oauth = service.client.oauth
    made = oauth.tokens_api.create(**app.form())
    assert (made.token_type, made.expires_in) == ("bearer", 1800)
    told = oauth.access_tokens_api.get(made.access_token)
    assert told.app_id == app.id
    assert told.scopes == ["crm.objects.contacts.read", "crm.objects.contacts.write"]
    assert told.user == "cli:test"
    assert oauth.refresh_tokens_api.get(made.refresh_token).client_id == app.client_id
    again = app.form(grant_type="refresh_token", refresh_token=made.refresh_token)
    fresh = oauth.tokens_api.create(**again)
    assert fresh.refresh_token == made.refresh_token
    assert fresh.access_token != made.access_token
    client = service.client
    client.access_token = fresh.access_token
    assert client.crm.contacts.basic_api.get_page().results == []
    with pytest.raises(companies.exceptions.ForbiddenException):
        client.crm.companies.basic_api.get_page()
    oauth.refresh_tokens_api.archive(made.refresh_token)
    with pytest.raises(contacts.exceptions.UnauthorizedException):
        client.crm.contacts.basic_api.get_page()


async def test_a_token_expires(service: Service, app: Registered, clock: VirtualClock) -> None:
    async with service.wire() as wire:
        made = await tokens(wire, app)
        bearer = {"Authorization": f"Bearer {made['access_token']}"}
        clock.forward(seconds=1799)
        assert (await wire.get(CONTACTS, headers=bearer)).status_code == 200
        clock.forward(seconds=1)
        refused = await wire.get(CONTACTS, headers=bearer)
        assert (refused.status_code, refused.json()["category"]) == (401, "EXPIRED_AUTHENTICATION")
        gone = await wire.get(f"/oauth/v1/access-tokens/{made['access_token']}")
        assert gone.status_code == 404


async def test_a_code_works_once_and_soon(
    service: Service, app: Registered, clock: VirtualClock
) -> None:
    other = await register(service.url, "crm.objects.contacts.read")
    async with service.wire() as wire:
        await tokens(wire, app)
        again = await wire.post("/oauth/v1/token", data=app.form())
        assert (again.status_code, again.json()["subCategory"]) == (400, "BAD_AUTH_CODE")
        clock.forward(seconds=timedelta(minutes=10).total_seconds())
        late = await wire.post("/oauth/v1/token", data=other.form())
        assert (late.status_code, late.json()["subCategory"]) == (400, "BAD_AUTH_CODE")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"client_secret": "wrong"}, "BAD_CLIENT_ID"),
        ({"client_id": "none"}, "BAD_CLIENT_ID"),
        ({"code": "wrong"}, "BAD_AUTH_CODE"),
        ({"redirect_uri": "https://thief.test/"}, "BAD_AUTH_CODE"),
        ({"grant_type": "password"}, "BAD_GRANT_TYPE"),
        ({"grant_type": "refresh_token", "refresh_token": "wrong"}, "BAD_REFRESH_TOKEN"),
    ],
)
async def test_what_is_not_right_gets_no_token(
    service: Service, app: Registered, change: dict[str, str], code: str
) -> None:
    async with service.wire() as wire:
        refused = await wire.post("/oauth/v1/token", data=app.form(**change))
        assert (refused.status_code, refused.json()["subCategory"]) == (400, code)
        assert (await tokens(wire, app))["access_token"]


async def test_one_apps_code_and_tokens_are_nothing_to_another(
    service: Service, app: Registered
) -> None:
    other = await register(service.url, "all")
    async with service.wire() as wire:
        stolen = other.form(code=app.code)
        assert (await wire.post("/oauth/v1/token", data=stolen)).status_code == 400
        made = await tokens(wire, app)
        refresh = other.form(grant_type="refresh_token", refresh_token=made["refresh_token"])
        assert (await wire.post("/oauth/v1/token", data=refresh)).status_code == 400
        for path in ("introspect", "revoke"):
            form = other.form(token=made["access_token"])
            answer = await wire.post(f"/oauth/2026-03/token/{path}", data=form)
            assert answer.text in ('{"active":false}', "")
        bearer = {"Authorization": f"Bearer {made['access_token']}"}
        assert (await wire.get(CONTACTS, headers=bearer)).status_code == 200


async def test_tokens_are_looked_into_and_ended_by_their_app(
    service: Service, app: Registered
) -> None:
    async with service.wire() as wire:
        made = (await wire.post("/oauth/2026-03/token", data=app.form())).json()
        assert made["token_use"] == "access_token"
        form = app.form(token=made["refresh_token"])
        told = (await wire.post("/oauth/2026-03/token/introspect", data=form)).json()
        assert (told["active"], told["token_use"]) == (True, "refresh_token")
        form = app.form(token=made["access_token"])
        told = (await wire.post("/oauth/2026-03/token/introspect", data=form)).json()
        assert told["expires_in"] == 1800
        assert (await wire.post("/oauth/2026-03/token/revoke", data=form)).status_code == 204
        bearer = {"Authorization": f"Bearer {made['access_token']}"}
        assert (await wire.get(CONTACTS, headers=bearer)).status_code == 401


async def test_no_secret_is_kept_or_audited(service: Service, app: Registered) -> None:
    async with service.wire() as wire:
        made = await tokens(wire, app)
        await wire.delete(f"/oauth/v1/refresh-tokens/{made['refresh_token']}")
    async with Database(service.url, size=1) as database, database.unit() as conn:
        for table in ("apps", "app_grants", "app_tokens", "audit"):
            cursor = await conn.execute(f"SELECT row_to_json(t)::text AS row FROM {table} t")
            kept = "".join(row.row for row in await cursor.fetchall())
            for secret in (app.client_secret, app.code, *made.values()):
                assert len(str(secret)) < 20 or str(secret) not in kept


async def test_a_key_says_what_it_may_do(service: Service) -> None:
    async with service.wire() as wire:
        path = "/oauth/v2/private-apps/get/access-token-info"
        told = (await wire.post(path, json={"tokenKey": service.key})).json()
        assert (told["hubId"], told["scopes"]) == (1000001, ["all"])
        assert (await wire.post(path, json={"tokenKey": "pat-none"})).status_code == 404
