"""Serving: the sign-in link works in a browser, and new ones can be had."""

from pathlib import Path

import httpx

from tests.commands import done, eventually, running, serving


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


def test_the_browser_is_opened_at_the_link(url: str, tmp_path: Path) -> None:
    opened = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}.part && mv {opened}.part {opened}\n')
    browser.chmod(0o755)
    arguments = ("serve", "--port", "0", "--workers", "0", "--open")
    with running(url, *arguments, BROWSER=f"{browser} %s") as serve:
        link = serve.hears(r"(http://\S+/sign-in\?token=\S+)")
        eventually(opened.exists)
        assert opened.read_text().strip() == link


def test_more_workers_can_be_run_beside(url: str) -> None:
    with running(url, "worker", "--workers", "2") as worker:
        assert worker.hears(r"at work, with (\d+)") == "2"
        assert len(worker.children("worker")) == 2
        assert worker.stop() == 0
