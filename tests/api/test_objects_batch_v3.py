"""Records in batches, through HubSpot's own client and on the wire."""

from typing import Any

import httpx
import pytest
from hubspot.crm import contacts

from tests.api.conftest import Service

BATCH = "/crm/v3/objects/contacts/batch"


def drafts(*emails: str, traced: bool = False) -> list[dict[str, Any]]:
    return [
        {"properties": {"email": email}} | ({"objectWriteTraceId": str(n)} if traced else {})
        for n, email in enumerate(emails)
    ]


async def created(wire: httpx.AsyncClient, *emails: str) -> list[str]:
    answer = await wire.post(f"{BATCH}/create", json={"inputs": drafts(*emails)})
    assert answer.status_code == 201, answer.text
    return [one["id"] for one in answer.json()["results"]]


def test_the_official_client_writes_and_reads_batches(service: Service) -> None:
    api = service.client.crm.contacts.batch_api
    made = api.create(
        contacts.BatchInputSimplePublicObjectBatchInputForCreate(
            inputs=[
                contacts.SimplePublicObjectBatchInputForCreate(
                    properties={"email": f"{name}@example.test"}, associations=[]
                )
                for name in ("ada", "bob")
            ]
        )
    )
    assert made.status == "COMPLETE"
    ids = [one.id for one in made.results]

    updated = api.update(
        contacts.BatchInputSimplePublicObjectBatchInput(
            inputs=[
                contacts.SimplePublicObjectBatchInput(id=ids[0], properties={"city": "Rome"}),
                contacts.SimplePublicObjectBatchInput(
                    id="bob@example.test", id_property="email", properties={"city": "Oslo"}
                ),
            ]
        )
    )
    assert [one.properties["city"] for one in updated.results] == ["Rome", "Oslo"]

    upserted = api.upsert(
        contacts.BatchInputSimplePublicObjectBatchInputUpsert(
            inputs=[
                contacts.SimplePublicObjectBatchInputUpsert(
                    id=f"{name}@example.test", id_property="email", properties={"city": "Lund"}
                )
                for name in ("ada", "eve")
            ]
        )
    )
    assert [one.new for one in upserted.results] == [False, True]

    emails = ["ada@example.test", "nobody@example.test", "eve@example.test"]
    read = api.read(
        contacts.BatchReadInputSimplePublicObjectId(
            inputs=[contacts.SimplePublicObjectId(email) for email in emails],
            id_property="email",
            properties=["city"],
            properties_with_history=["city"],
        )
    )
    assert [one.properties["city"] for one in read.results] == ["Lund", "Lund"]
    past = [past.value for past in read.results[0].properties_with_history["city"]]
    assert past == ["Lund", "Rome"]
    assert read.num_errors == 1
    assert read.errors[0].category == "OBJECT_NOT_FOUND"
    assert read.errors[0].context == {"ids": ["nobody@example.test"]}

    api.archive(
        contacts.BatchInputSimplePublicObjectId(
            inputs=[contacts.SimplePublicObjectId(id) for id in [*ids, "12345"]]
        )
    )
    assert len(service.client.crm.contacts.basic_api.get_page().results) == 1


async def test_traced_inputs_succeed_and_fail_each_by_itself(wire: httpx.AsyncClient) -> None:
    await created(wire, "ada@example.test")
    inputs = drafts("bob@example.test", "ada@example.test", "nonsense", traced=True)
    answer = await wire.post(f"{BATCH}/create", json={"inputs": inputs})
    assert answer.status_code == 207
    body = answer.json()
    assert [one["objectWriteTraceId"] for one in body["results"]] == ["0"]
    assert body["numErrors"] == 2
    told = {error["context"]["objectWriteTraceId"][0]: error for error in body["errors"]}
    assert told["1"]["category"] == "CONFLICT"
    assert told["2"]["category"] == "VALIDATION_ERROR"
    assert told["2"]["errors"][0]["code"] == "INVALID_EMAIL"


async def test_untraced_inputs_are_written_together_or_not_at_all(
    wire: httpx.AsyncClient,
) -> None:
    inputs = drafts("ada@example.test", "nonsense", "ada@example.test")
    answer = await wire.post(f"{BATCH}/create", json={"inputs": inputs})
    assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")
    places = [error["in"] for error in answer.json()["errors"]]
    assert places == ["inputs[1].email", "inputs[2]"]
    assert (await wire.get("/crm/v3/objects/contacts")).json()["results"] == []
    answer = await wire.post(f"{BATCH}/create", json={"inputs": drafts("a@x.test", "a@x.test")})
    assert (answer.status_code, answer.json()["category"]) == (409, "CONFLICT")


async def test_ids_that_do_not_exist_do_not_keep_the_others_from_being_written(
    wire: httpx.AsyncClient,
) -> None:
    (id,) = await created(wire, "ada@example.test")
    inputs = [{"id": "99", "properties": {}}, {"id": id, "properties": {"city": "Rome"}}]
    answer = await wire.post(f"{BATCH}/update", json={"inputs": inputs})
    assert answer.status_code == 207
    assert [one["properties"]["city"] for one in answer.json()["results"]] == ["Rome"]
    assert answer.json()["errors"][0]["context"] == {"ids": ["99"]}


async def test_an_upsert_by_record_id_updates(wire: httpx.AsyncClient) -> None:
    (id,) = await created(wire, "ada@example.test")
    inputs = [{"id": id, "properties": {"city": "Rome"}}]
    answer = await wire.post(f"{BATCH}/upsert", json={"inputs": inputs})
    assert (answer.status_code, answer.json()["results"][0]["new"]) == (200, False)


async def test_one_record_named_twice_is_read_once(wire: httpx.AsyncClient) -> None:
    (id,) = await created(wire, "ada@example.test")
    answer = await wire.post(f"{BATCH}/read", json={"inputs": [{"id": id}, {"id": id}]})
    assert [one["id"] for one in answer.json()["results"]] == [id]


async def test_archived_records_are_read_when_asked_for(wire: httpx.AsyncClient) -> None:
    ids = await created(wire, "ada@example.test", "bob@example.test")
    gone = await wire.post(f"{BATCH}/archive", json={"inputs": [{"id": ids[0]}]})
    assert (gone.status_code, gone.content) == (204, b"")
    body = {"inputs": [{"id": id} for id in ids]}
    live = await wire.post(f"{BATCH}/read", json=body)
    archived = await wire.post(f"{BATCH}/read?archived=true", json=body)
    assert [one["id"] for one in live.json()["results"]] == ids[1:]
    assert [one["id"] for one in archived.json()["results"]] == ids[:1]


@pytest.mark.parametrize("operation", ["create", "read", "update", "upsert", "archive"])
async def test_a_batch_has_its_limit(wire: httpx.AsyncClient, operation: str) -> None:
    inputs = [{"id": "1", "properties": {}}] * 101
    answer = await wire.post(f"{BATCH}/{operation}", json={"inputs": inputs})
    assert answer.status_code == 400
    assert "100" in answer.json()["message"]
    empty = await wire.post(f"{BATCH}/{operation}", json={"inputs": []})
    assert empty.is_success


async def test_a_batch_with_history_has_a_lower_limit(wire: httpx.AsyncClient) -> None:
    body = {"inputs": [{"id": "1"}] * 51, "propertiesWithHistory": ["email"]}
    answer = await wire.post(f"{BATCH}/read", json=body)
    assert (answer.status_code, "50" in answer.json()["message"]) == (400, True)
