"""Serving: the sign-in link works in a browser, and new ones can be had."""

import httpx

from tests.commands import done, running, serving


def test_the_link_that_serve_prints_signs_in_once(url: str) -> None:
    with serving(url) as (serve, address), httpx.Client(base_url=address, timeout=60) as browser:
        link = serve.hears(r"(http://\S+/sign-in\?token=\S+)")
        assert browser.get("/").status_code == 401
        assert browser.get(link, follow_redirects=True).status_code == 200
        with httpx.Client(base_url=address, timeout=60) as other:
            assert other.get(link).status_code == 403
            fresh = done(url, "sign-in", "--address", f"{address}/").strip()
            assert fresh.startswith(f"{address}/sign-in?token=")
            assert other.get(fresh, follow_redirects=True).status_code == 200


def test_a_link_is_for_the_usual_address_unless_told(url: str) -> None:
    assert done(url, "sign-in").startswith("http://127.0.0.1:8000/sign-in?token=")


def test_more_workers_can_be_run_beside(url: str) -> None:
    with running(url, "worker", "--workers", "2") as worker:
        assert worker.hears(r"at work, with (\d+)") == "2"
        assert len(worker.children("worker")) == 2
        assert worker.stop() == 0
