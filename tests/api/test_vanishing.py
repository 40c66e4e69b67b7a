"""Clients that go away in the middle of what they say, or before they hear the answer."""

import socket
from urllib.parse import urlsplit

import pytest

from tests.api.conftest import Service

CREATE = b'{"properties": {"email": "ada@x.test"}}'


def say(service: Service, body: bytes, length: int) -> socket.socket:
    """Begin a request with a body of some length, of which this is all that comes."""
    where = urlsplit(service.base)
    connection = socket.create_connection((where.hostname, where.port))
    head = (
        f"POST /crm/v3/objects/contacts HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n"
        f"Content-Type: application/json\r\nAuthorization: Bearer {service.key}\r\n\r\n"
    )
    connection.sendall(head.encode() + body)
    return connection


async def test_half_a_body_writes_nothing_and_says_nothing(
    service: Service, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    for sent in range(len(CREATE)):
        say(service, CREATE[:sent], len(CREATE)).close()
    async with service.wire() as wire:
        answer = await wire.post("/crm/v3/objects/contacts/search", json={})
    assert answer.status_code == 200
    assert answer.json()["total"] == 0
    assert caplog.records == []
    assert "Traceback" not in "".join(capsys.readouterr())


async def test_who_does_not_wait_for_the_answer_disturbs_nobody(service: Service) -> None:
    """What was asked for is done or not, but never half, and never twice."""
    for _ in range(50):
        say(service, CREATE, len(CREATE)).close()
    async with service.wire() as wire:
        body = {"properties": {"email": "ada@x.test"}}
        answer = await wire.post("/crm/v3/objects/contacts", json=body)
        assert answer.status_code in {201, 409}, answer.text
        found = await wire.post("/crm/v3/objects/contacts/search", json={})
    assert found.json()["total"] == 1
