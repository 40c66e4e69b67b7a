"""Webhooks with keys and signatures: the secrets are put in when they leave, for one host alone."""

import time

import pytest
from aiohttp import web
from hubspot.utils.signature import Signature

from penstock.accounts import secrets
from penstock.accounts.seal import Seal
from penstock.delivery import signatures
from tests.conftest import NOW
from tests.delivery.desk import Desk
from tests.delivery.hooks import SECRET_KEY, Hook, allowing, by_way, send_to

SECRET = "a secret: with ünusual çharacters"
BODY = '{"name":"Åsa"}'
URI = "https://hook.test/a%20b?x=1&y=%C3%A5"


def in_header(name: str = "X-Key") -> dict[str, str]:
    return {"type": "AUTH_KEY", "name": name, "location": "HEADER", "secretName": "crm"}


@pytest.fixture
async def kept(desk: Desk) -> None:
    seal = Seal(SECRET_KEY)
    async with desk.house.database.unit() as conn:
        await secrets.put(conn, seal, "crm", "top secret & more", NOW)
        await secrets.put(conn, seal, "app-77", SECRET, NOW)
        await secrets.put(conn, seal, "broken", "two\r\nlines", NOW)


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    by_way(monkeypatch, names={"first.test": [["127.0.0.1"]], "second.test": [["127.0.0.1"]]})


def test_signatures_are_those_of_hubspots_own_client() -> None:
    def valid(signature: str, **more: str) -> bool:
        return bool(
            Signature.is_valid(
                signature=signature,
                client_secret=SECRET,
                request_body=BODY,
                http_uri=URI,
                http_method="PUT",
                **more,
            )
        )

    stamp = str(int(time.time() * 1000))  # the client asks its own clock
    body = BODY.encode()
    assert valid(signatures.v1(SECRET, body), signature_version="v1")
    assert valid(signatures.v2(SECRET, "PUT", URI, body), signature_version="v2")
    v3 = signatures.v3(SECRET, "PUT", URI, body, stamp)
    assert valid(v3, signature_version="v3", timestamp=stamp)
    assert not valid(signatures.v2("other", "PUT", URI, body), signature_version="v2")


def test_what_hubspot_decodes_before_signing_is_decoded() -> None:
    encoded = "https://hook.test/%3A%2F%3F%40%21%24%27%28%29%2A%2C%3B?q=%20%3a"
    decoded = "https://hook.test/:/?@!$'()*,;?q=%20:"
    assert signatures.v3("s", "GET", encoded, b"", "1") == Signature.get_signature(
        "s", "", "v3", decoded, "GET", "1"
    )


@pytest.mark.usefixtures("kept")
async def test_an_apps_signature_goes_along(desk: Desk, hook: Hook) -> None:
    auth = {"type": "SIGNATURE", "appId": "77"}
    await send_to(desk, hook.url("/a?b=c"), auth=auth, query=[("who", "Åsa")], body={"n": "Åsa"})
    await desk.deliverer(**allowing()).deliver()
    (taken,) = hook.taken
    assert taken.headers["X-HubSpot-Signature-Version"] == "v2"
    parts = {
        "client_secret": SECRET,
        "request_body": taken.body.decode(),
        "http_uri": taken.uri,
        "http_method": "POST",
    }
    assert Signature.is_valid(taken.headers["X-HubSpot-Signature"], **parts)
    stamp = taken.headers["X-HubSpot-Request-Timestamp"]
    assert stamp == str(int(NOW.timestamp() * 1000))
    assert taken.headers["X-HubSpot-Signature-v3"] == Signature.get_signature(
        SECRET, taken.body.decode(), "v3", taken.uri, "POST", stamp
    )


@pytest.mark.usefixtures("kept")
async def test_a_key_goes_in_a_header_or_in_the_address(desk: Desk, hook: Hook) -> None:
    await send_to(desk, hook.url("/1"), auth=in_header())
    await send_to(desk, hook.url("/2"), auth={**in_header("key"), "location": "QUERY_PARAM"})
    await desk.deliverer(**allowing(webhook_connections=1)).deliver()
    first, second = sorted(hook.taken, key=lambda taken: taken.uri)
    assert first.headers["X-Key"] == "top secret & more"
    assert second.uri == hook.url("/2?key=top+secret+%26+more")
    rows = await desk.query("SELECT payload::text || coalesce(reply, '') AS kept FROM effects")
    assert not [row for row in rows if "top secret" in row.kept]


@pytest.mark.usefixtures("kept", "elsewhere")
@pytest.mark.parametrize("auth", [in_header(), {"type": "SIGNATURE", "appId": "77"}])
async def test_another_host_gets_neither_key_nor_signature(
    desk: Desk, hook: Hook, auth: dict[str, str]
) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.host.startswith("first"):
            return web.Response(
                status=308, headers={"Location": hook.url("/there", host="second.test")}
            )
        return web.json_response({})

    hook.answer = answer
    (key,) = await send_to(desk, hook.url(host="first.test"), auth=auth)
    await desk.deliverer(**allowing()).deliver()
    assert (await desk.effect(key)).state == "done"
    first, second = hook.taken
    own = {"X-Key", "X-HubSpot-Signature", "X-HubSpot-Signature-v3"}
    assert own & first.headers.keys()
    assert not own & second.headers.keys()
    assert second.body == first.body


@pytest.mark.usefixtures("kept")
async def test_a_signature_is_made_anew_for_where_it_was_redirected(desk: Desk, hook: Hook) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        moved = {"Location": "/there"}
        return (
            web.Response(status=307, headers=moved) if request.path == "/hook" else web.Response()
        )

    hook.answer = answer
    await send_to(desk, hook.url(), auth={"type": "SIGNATURE", "appId": 77})
    await desk.deliverer(**allowing()).deliver()
    second = hook.taken[1]
    assert second.headers["X-HubSpot-Signature"] == Signature.get_signature(
        SECRET, second.body.decode(), "v2", hook.url("/there"), "POST"
    )


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    ("name", "settings", "state", "reason"),
    [
        ("unknown", {}, "failed", "secret_gone"),
        ("broken", {}, "failed", "secret_unusable"),
        (
            "crm",
            {"secret_key": "another key, as long as the other"},
            "pending",
            "secret_unreadable",
        ),
        ("crm", {"secret_key": None, "database_url": "x"}, "pending", "secret_unreadable"),
    ],
)
async def test_without_its_secret_it_does_not_leave(
    desk: Desk, hook: Hook, name: str, settings: dict[str, str], state: str, reason: str
) -> None:
    (key,) = await send_to(desk, hook.url(), auth={**in_header(), "secretName": name})
    await desk.deliverer(**allowing(**settings)).deliver()
    effect = await desk.effect(key)
    assert (effect.state, effect.reason) == (state, reason)
    assert hook.taken == []
