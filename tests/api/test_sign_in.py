"""Signing in with a link, and what a session may then do."""

import httpx
import pytest

from penstock.accounts import audit, sign_ins
from penstock.kernel.clock import DatabaseClock
from penstock.kernel.db import Database
from tests.api.conftest import Service


async def link(service: Service) -> str:
    async with Database(service.url, size=1) as database, database.unit() as conn:
        token = await sign_ins.invite(conn, await DatabaseClock().now(conn))
    return f"/sign-in?token={token}"


@pytest.fixture
def browser(service: Service):
    """A browser that knows no key."""
    return httpx.AsyncClient(base_url=service.base, timeout=60)


async def test_a_stranger_reads_how_to_get_a_link(browser) -> None:
    async with browser:
        page = await browser.get("/")
    assert page.status_code == 401
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "penstock sign-in" in page.text


async def test_a_page_answers_in_the_readers_language(browser) -> None:
    async with browser:
        page = await browser.get("/", headers={"Accept-Language": "sv"})
    assert '<html lang="sv">' in page.text
    assert "Du är inte inloggad." in page.text


async def test_a_link_signs_a_browser_in_with_a_cookie_that_no_script_reads(
    service, browser
) -> None:
    async with browser:
        answer = await browser.get(await link(service))
        assert answer.status_code == 303
        assert answer.headers["location"] == "/"
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert "Secure" not in cookie
        assert (await browser.get("/")).status_code == 200


async def test_behind_a_proxy_with_tls_the_cookie_is_for_tls_alone(service, browser) -> None:
    async with browser:
        answer = await browser.get(
            await link(service), headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "::1"}
        )
    assert "Secure" in answer.headers["set-cookie"]


async def test_a_used_link_lets_nobody_else_in(service, browser) -> None:
    used = await link(service)
    async with browser, httpx.AsyncClient(base_url=service.base, timeout=60) as other:
        await browser.get(used)
        refusal = await other.get(used)
        assert refusal.status_code == 403
        assert "penstock sign-in" in refusal.text
        assert "set-cookie" not in refusal.headers
        # Who came in by it is only shown the way.
        assert (await browser.get(used)).status_code == 303


async def test_a_session_reads_our_own_api_and_writes_nothing(service, browser) -> None:
    async with browser:
        await browser.get(await link(service))
        assert (await browser.get("/api/workflows")).status_code == 200
        assert (await browser.get("/crm/v3/objects/contacts")).status_code == 401
        assert (await browser.post("/crm/v3/objects/contacts", json={})).status_code == 401
        turned = await browser.post("/api/workflows/64/turn-off")
        assert turned.status_code == 401


async def test_a_key_that_is_wrong_is_refused_even_with_a_session(service, browser) -> None:
    async with browser:
        await browser.get(await link(service))
        answer = await browser.get("/api/workflows", headers={"Authorization": "Bearer pat-no"})
    assert answer.status_code == 401


async def test_signing_out_ends_the_session_and_not_only_the_cookie(service, browser) -> None:
    async with browser:
        await browser.get(await link(service))
        secret = browser.cookies["penstock_session"]
        assert (await browser.post("/sign-out")).status_code == 303
        assert "penstock_session" not in browser.cookies
        browser.cookies["penstock_session"] = secret
        answer = await browser.get("/")
    assert answer.status_code == 401


async def test_a_session_that_has_expired_opens_nothing(service, browser, database) -> None:
    async with browser:
        await browser.get(await link(service))
        async with database.unit() as conn:
            await conn.execute("UPDATE sessions SET expires_at = created_at")
        assert (await browser.get("/")).status_code == 401


async def test_the_trail_says_who_came_in_and_no_token(service, browser, database) -> None:
    async with browser:
        path = await link(service)
        await browser.get(path)
    async with database.reading() as conn:
        (entry,) = await audit.trail(conn)
    assert entry.operation == "sign_in"
    assert entry.actor == entry.target.replace("sessions/", "session:")
    assert path.partition("=")[2] not in str(entry)


async def test_pages_are_not_part_of_the_documented_api(wire) -> None:
    document = (await wire.get("/openapi.json")).json()
    assert not {"/", "/sign-in", "/sign-out"} & document["paths"].keys()
