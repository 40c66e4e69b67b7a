"""Marketing e-mails over HTTP."""

from typing import Any

import httpx
import pytest
from hubspot.marketing.emails import (
    ContentCloneRequestVNext,
    EmailCreateRequest,
    EmailUpdateRequest,
    PublicEmailContent,
    PublicEmailFromDetails,
)

from tests.api.conftest import Service, make_key

EMAILS = "/marketing/v3/emails/"
MAIL = {
    "name": "Welcome",
    "subject": "Hello {{ contact.firstname }}",
    "content": {"html": "<p>Hi</p>", "plainText": "Hi", "previewText": "Look"},
    "from": {"fromName": "Penny", "replyTo": "penny@x.test", "customReplyTo": "re@x.test"},
}


async def create(wire: httpx.AsyncClient, **rest: Any) -> dict[str, Any]:
    answer = await wire.post(EMAILS, json={**MAIL, **rest})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_the_official_client_creates_publishes_changes_and_archives_a_mail(
    service: Service,
) -> None:
    api = service.client.marketing.emails.marketing_emails_api
    made = api.create(
        EmailCreateRequest(
            name="Welcome",
            subject="Hello",
            content=PublicEmailContent(plain_text_version="Hi {{ contact.firstname }}"),
            _from=PublicEmailFromDetails(from_name="Penny", reply_to="penny@x.test"),
        )
    )
    assert (made.state, made.subcategory, made.is_published) == ("DRAFT", "automated", False)
    assert made.content.plain_text_version == "Hi {{ contact.firstname }}"
    api.publish_or_send(made.id)
    assert api.get_by_id(made.id).state == "PUBLISHED"
    changed = api.update(made.id, EmailUpdateRequest(subject="Hello again"))
    assert (changed.subject, changed.name) == ("Hello again", "Welcome")
    copy = api.clone(ContentCloneRequestVNext(id=made.id, clone_name="Copy"))
    assert (copy.name, copy.subject, copy.state) == ("Copy", "Hello again", "DRAFT")
    api.unpublish_or_cancel(made.id)
    assert api.get_by_id(made.id).is_published is False
    listed = api.get_page(limit=1)
    assert (listed.total, [mail.id for mail in listed.results]) == (2, [made.id])
    following = api.get_page(limit=1, after=listed.paging.next.after)
    assert [mail.id for mail in following.results] == [copy.id]
    assert following.paging is None
    api.archive(copy.id)
    assert api.get_page().total == 1
    assert [mail.id for mail in api.get_page(archived=True).results] == [copy.id]


async def test_a_mail_comes_back_as_it_was_given(wire: httpx.AsyncClient) -> None:
    made = await create(wire)
    assert made["content"] == {
        "html": "<p>Hi</p>",
        "plainText": "Hi",
        "plainTextVersion": "Hi",
        "previewText": "Look",
    }
    assert made["from"] == MAIL["from"]
    assert made["problems"] == []
    assert (await wire.get(EMAILS + made["id"])).json() == made


async def test_a_draft_may_have_problems_and_says_which(wire: httpx.AsyncClient) -> None:
    made = await create(wire, content={"html": "<p>x</p>\n{% for x in y %}{% endfor %}"})
    (problem,) = made["problems"]
    assert (problem["in"], problem["context"]) == ("content.html", {"line": ["2"]})
    refused = await wire.post(f"{EMAILS}{made['id']}/publish")
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["in"] == "content.html"
    swedish = await wire.get(EMAILS + made["id"], headers={"Accept-Language": "sv"})
    assert swedish.json()["problems"][0]["in"] == "content.html"


async def test_a_published_mail_stays_complete(wire: httpx.AsyncClient) -> None:
    made = await create(wire, state="PUBLISHED")
    assert made["isPublished"] is True
    refused = await wire.patch(EMAILS + made["id"], json={"subject": ""})
    assert refused.status_code == 400
    kept = (await wire.get(EMAILS + made["id"])).json()
    assert kept == made
    changed = await wire.patch(EMAILS + made["id"], json={"content": {"previewText": ""}})
    assert changed.json()["content"] == {**made["content"], "previewText": ""}
    assert int(changed.json()["revisionId"]) == int(made["revisionId"]) + 1


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"subject": "x"}, "name"),
        ({"name": " "}, "name"),
        ({"name": "x", "from": {"replyTo": "nobody"}}, "from.replyTo"),
        ({"name": "x", "from": {"fromName": "a\nBcc: b@x.test"}}, "from.fromName"),
        ({"name": "x", "content": {"html": "\ufdd0"}}, "content.html"),
        ({"name": "x", "content": {"widgets": {"a": {}}}}, "content.widgets"),
        ({"name": "x", "subcategory": "batch"}, "subcategory"),
        ({"name": "x", "state": "PUBLISHED"}, "subject"),
    ],
)
async def test_what_cannot_be_kept_is_refused_with_its_place(
    wire: httpx.AsyncClient, body: dict[str, Any], place: str
) -> None:
    answer = await wire.post(EMAILS, json=body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["in"] == place
    assert (await wire.get(EMAILS)).json()["total"] == 0


async def test_mails_are_found_by_state_and_words(wire: httpx.AsyncClient) -> None:
    await create(wire, name="Spring", state="PUBLISHED")
    await create(wire, name="Autumn")

    async def names(**query: Any) -> list[str]:
        answer = await wire.get(EMAILS, params=query)
        return [mail["name"] for mail in answer.json()["results"]]

    assert await names(isPublished="True") == ["Spring"]
    assert await names(isPublished="false") == ["Autumn"]
    assert await names(q="SPRING") == ["Spring"]
    assert await names(q="hello") == ["Spring", "Autumn"]


@pytest.mark.parametrize("id", ["1", "x", "99999999999999999999"])
async def test_a_mail_that_is_not_there_is_not_found(wire: httpx.AsyncClient, id: str) -> None:
    for method, path, body in (
        ("GET", id, None),
        ("PATCH", id, {}),
        ("DELETE", id, None),
        ("POST", f"{id}/publish", None),
        ("POST", f"{id}/unpublish", None),
        ("POST", "clone", {"id": id}),
    ):
        answer = await wire.request(method, EMAILS + path, json=body)
        assert answer.status_code == 404, path


async def test_a_key_without_the_scope_may_not(service: Service) -> None:
    key = await make_key(service.url, "automation")
    async with service.wire(key) as wire:
        assert (await wire.get(EMAILS)).status_code == 403
        assert (await wire.post(EMAILS, json=MAIL)).status_code == 403
