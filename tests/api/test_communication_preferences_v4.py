"""What people want to be written about, over HTTP in the newer dialect."""

import httpx
import pytest

from tests.api.test_communication_preferences_v3 import contact

V4 = "/communication-preferences/v4"
ADA = f"{V4}/statuses/ada%40x.test"


async def test_what_is_said_of_a_kind_of_mail_is_read_back(wire: httpx.AsyncClient) -> None:
    await contact(wire)
    body = {
        "subscriptionId": 1,
        "statusState": "SUBSCRIBED",
        "legalBasis": "CONSENT_WITH_NOTICE",
        "legalBasisExplanation": "Asked for it",
    }
    said = (await wire.post(ADA, json=body)).json()
    read = (await wire.get(ADA.replace("/v4/", "/2026-03/"))).json()
    assert read["status"] == "COMPLETE"
    assert read["results"][0] == said
    assert (said["status"], said["source"]) == ("SUBSCRIBED", "API")
    assert {one["status"] for one in read["results"][1:]} == {"NOT_SPECIFIED"}
    other = (await wire.get(ADA, params={"channel": "SMS"})).json()
    assert {one["status"] for one in other["results"]} == {"NOT_SPECIFIED"}
    types = (await wire.get(f"{V4}/definitions")).json()["results"]
    assert [one["id"] for one in types] == ["1", "2", "3"]


@pytest.mark.parametrize(("channel", "out"), [("EMAIL", "true"), ("SMS", None)])
async def test_who_leaves_a_channel_has_left_it_as_a_whole(
    wire: httpx.AsyncClient, channel: str, out: str | None
) -> None:
    await contact(wire)
    path, query = f"{ADA}/unsubscribe-all", {"channel": channel}
    before = (await wire.get(path, params=query)).json()["results"]
    assert [one["status"] for one in before] == ["NOT_SPECIFIED"]
    left = await wire.post(path, params=query)
    assert left.status_code == 200
    assert (await wire.get(path, params=query)).json()["results"] == left.json()["results"]
    read = await wire.get(
        "/crm/v3/objects/contacts/ada@x.test?idProperty=email&properties=hs_email_optout"
    )
    assert read.json()["properties"]["hs_email_optout"] == out


async def test_nobody_says_nothing(wire: httpx.AsyncClient) -> None:
    body = {"subscriptionId": 1, "statusState": "SUBSCRIBED"}
    assert (await wire.post(ADA, json=body)).status_code == 404
    assert (await wire.post(f"{ADA}/unsubscribe-all")).status_code == 404
    assert (await wire.get(ADA)).status_code == 200
