"""Who asks too often is told so in a way that HubSpot's clients understand: they ask again."""

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from penstock.kernel.settings import Settings
from tests.api.conftest import Service, running
from tests.clients.conftest import NODE

ALLOWED, ASKED = 3, 7
"""Requests that are answered in a second, and those that come at once."""


@pytest.fixture
def strict(url: str) -> Iterator[Service]:
    with running(url, Settings(requests_per_second=ALLOWED)) as service:
        yield service


async def test_the_answer_says_when_to_come_back(strict: Service) -> None:
    async with strict.wire() as wire:
        answers = await asyncio.gather(*(wire.get("/crm/v3/owners") for _ in range(ALLOWED * 4)))
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.headers["Retry-After"] == "1"
    body = refused.json()
    assert body["message"] == "You have reached your secondly limit."
    assert (body["policyName"], body["category"]) == ("SECONDLY", "RATE_LIMITS")


def test_the_python_client_comes_back(strict: Service) -> None:
    api = strict.client.crm.owners.owners_api
    assert [api.get_page().results for _ in range(ASKED)] == [[]] * ASKED


def test_the_node_client_comes_back(strict: Service, node_client: Path) -> None:
    ended = subprocess.run(
        [NODE, Path(__file__).parent / "node" / "rates.js", strict.base, strict.key, node_client,
         str(ASKED)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stdout) == (0, str(ASKED)), ended.stderr
