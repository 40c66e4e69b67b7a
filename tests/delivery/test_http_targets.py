"""Webhooks go to public addresses over https, and to networks that were allowed; nowhere else."""

import ssl
from collections.abc import AsyncIterator
from ipaddress import ip_address

import pytest
import trustme
from aiohttp import web

from penstock.delivery.targets import Targets, is_public
from penstock.kernel.settings import Settings
from penstock.workflows.reasons import REASONS
from tests.delivery.desk import Desk
from tests.delivery.hooks import Hook, allowing, by_way, open_hook, send_to

PUBLIC = "93.184.216.34"


@pytest.mark.parametrize(
    "address",
    [PUBLIC, "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_an_address_that_all_can_reach_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    """0.0.0.0 0.1.2.3 10.1.2.3 100.64.0.1 127.0.0.1 127.9.9.9 169.254.169.254 172.16.0.1 172.31.9.9
    192.0.0.8 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1
    239.1.1.1 240.0.0.1 255.255.255.255 :: ::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1
    64:ff9b::a01:203 64:ff9b:1::1 100::1 2001::1 2001:db8::1 2002:7f00:1::1 fc00::1 fd12::1 fe80::1
    fec0::1 ff02::1 3fff::1""".split(),
)
def test_an_address_of_somebodys_own_is_not(address: str) -> None:
    assert not is_public(ip_address(address))


def test_allowed_networks_are_a_list_of_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().allowed_targets == ()
    monkeypatch.setenv("PENSTOCK_ALLOWED_TARGETS", "10.1.0.0/16, fd00::/8")
    assert [str(network) for network in Settings().allowed_targets] == ["10.1.0.0/16", "fd00::/8"]
    monkeypatch.setenv("PENSTOCK_ALLOWED_TARGETS", "10.1.2.3/16")
    with pytest.raises(ValueError, match="valid IPv4 network"):
        Settings()


@pytest.mark.parametrize(
    ("scheme", "meanings", "goes"),
    [
        ("https", [PUBLIC], True),
        ("http", [PUBLIC], False),
        ("https", ["10.1.2.3"], True),
        ("http", ["10.1.2.3"], True),
        ("http", ["::ffff:10.1.2.3"], True),
        ("https", ["10.2.0.1"], False),
        ("https", [PUBLIC, "10.2.0.1"], False),
        ("https", [PUBLIC, "10.1.2.3"], True),
        ("http", [PUBLIC, "10.1.2.3"], False),
    ],
)
async def test_all_addresses_of_a_name_must_be_permitted(
    scheme: str, meanings: list[str], goes: bool
) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return meanings

    targets = Targets(Settings(allowed_targets="10.1.0.0/16").allowed_targets, resolve)
    found = await targets.addresses(scheme, "name.test", 443)
    assert (found is not None) == goes


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "127.1", "localhost"])
async def test_this_machine_is_refused_however_it_is_written(
    desk: Desk, hook: Hook, host: str
) -> None:
    (key,) = await send_to(desk, f"https://{host}:{hook.port}/hook")
    await desk.deliverer().deliver()
    effect = await desk.effect(key)
    assert (effect.state, effect.reason) == ("failed", "target_forbidden")
    assert hook.taken == []


@pytest.mark.parametrize(
    "address",
    ["ftp://x.test/", "https://", "https://u:p@x.test/", "file:///etc/passwd", "https://x:99999/"],
)
async def test_what_is_no_address_of_the_web_has_failed(desk: Desk, address: str) -> None:
    (key,) = await send_to(desk, address)
    await desk.deliverer(**allowing()).deliver()
    effect = await desk.effect(key)
    assert (effect.state, effect.reason) == ("failed", "target_invalid")


async def test_a_name_that_comes_to_mean_this_machine_gains_nothing(
    desk: Desk, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looked up again, it would mean the receiver; the connection goes where was looked at."""
    asked = by_way(monkeypatch, names={"evil.test": [["127.0.0.9"], ["127.0.0.1"]]})
    (key,) = await send_to(desk, hook.url(host="evil.test"))
    deliverer = desk.deliverer(**allowing("127.0.0.9/32"))
    await deliverer.deliver()
    effect = await desk.effect(key)
    assert (effect.state, effect.reason) == ("pending", "unreachable")
    assert asked == ["evil.test"]
    # The next attempt looks anew, and what the name means now is not allowed.
    desk.clock.forward(minutes=1)
    await deliverer.deliver()
    assert (await desk.effect(key)).reason == "target_forbidden"
    assert hook.taken == []


async def test_a_redirect_is_followed_with_everything_on_one_host(desk: Desk, hook: Hook) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/old":
            return web.Response(status=307, headers={"Location": "/new?x=1"})
        return web.json_response({"moved": True})

    hook.answer = answer
    (key,) = await send_to(desk, hook.url("/old"))
    await desk.deliverer(**allowing()).deliver()
    assert (await desk.effect(key)).state == "done"
    first, second = hook.taken
    assert second.uri == hook.url("/new?x=1")
    assert (second.method, second.body) == ("POST", first.body)
    assert second.headers["Idempotency-Key"] == first.headers["Idempotency-Key"] == key.id


async def test_after_303_another_place_is_looked_at(desk: Desk, hook: Hook) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.method == "POST":
            return web.Response(status=303, headers={"Location": "/result"})
        return web.json_response({"result": 1})

    hook.answer = answer
    (key,) = await send_to(desk, hook.url())
    await desk.deliverer(**allowing()).deliver()
    assert (await desk.effect(key)).state == "done"
    assert (hook.taken[1].method, hook.taken[1].body) == ("GET", b"")


@pytest.mark.parametrize("to", ["http://127.0.0.2:1/x", "https://10.0.0.1/", "http://[::1]/x"])
async def test_a_redirect_to_where_nothing_may_go_is_refused(
    desk: Desk, hook: Hook, to: str
) -> None:
    hook.says(307, Location=to)
    (key,) = await send_to(desk, hook.url())
    await desk.deliverer(**allowing("127.0.0.1/32")).deliver()
    effect = await desk.effect(key)
    assert (effect.state, effect.reason) == ("failed", "target_forbidden")


async def test_redirects_come_to_an_end(desk: Desk, hook: Hook) -> None:
    hook.says(302, Location="/again")
    (key,) = await send_to(desk, hook.url())
    await desk.deliverer(**allowing()).deliver()
    effect = await desk.effect(key)
    assert (effect.state, effect.reason) == ("failed", "too_many_redirects")
    assert len(hook.taken) == 4


AUTHORITY = trustme.CA()


@pytest.fixture
async def safe() -> AsyncIterator[Hook]:
    """A receiver with a certificate for hook.test."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    AUTHORITY.issue_cert("hook.test").configure_cert(context)
    async with open_hook(context) as hook:
        yield hook


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    AUTHORITY.configure_trust(context)
    return context


async def test_the_certificate_is_that_of_the_name_not_of_the_address(
    desk: Desk, safe: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {"hook.test": [["127.0.0.1"]], "other.test": [["127.0.0.1"]]}
    by_way(monkeypatch, names=names, tls=trusting())
    (right,) = await send_to(desk, safe.url(host="hook.test"))
    (wrong,) = await send_to(desk, safe.url(host="other.test"))
    await desk.deliverer(**allowing()).deliver()
    assert (await desk.effect(right)).state == "done"
    effect = await desk.effect(wrong)
    assert (effect.state, effect.reason) == ("pending", "unreachable")
    (taken,) = safe.taken
    assert taken.headers["Host"] == f"hook.test:{safe.port}"


async def test_a_certificate_that_nobody_vouches_for_is_not_trusted(
    desk: Desk, safe: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_way(monkeypatch, names={"hook.test": [["127.0.0.1"]]})
    (key,) = await send_to(desk, safe.url(host="hook.test"))
    await desk.deliverer(**allowing()).deliver()
    assert (await desk.effect(key)).reason == "unreachable"
    assert safe.taken == []


def test_the_reason_says_who_can_allow_a_network() -> None:
    assert "PENSTOCK_ALLOWED_TARGETS" in str(REASONS["target_forbidden"])
