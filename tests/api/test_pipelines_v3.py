"""Pipelines and stages, through HubSpot's own client and on the wire."""

from typing import Any

import httpx
import pytest
from hubspot.crm import pipelines

from tests.api.conftest import Service
from tests.api.test_properties_v3 import refused
from tests.api.test_schemas_v3 import CAR, SCHEMAS

DEALS = "/crm/v3/pipelines/deals"


def stage(label: str, order: int = 0, probability: Any = "0.5") -> dict[str, Any]:
    return {"label": label, "displayOrder": order, "metadata": {"probability": probability}}


def draft(*stages: dict[str, Any], **traits: Any) -> dict[str, Any]:
    return {"label": "Renewals", "displayOrder": 1, "stages": list(stages), **traits}


def stage_input(label: str, probability: str = "0.5") -> pipelines.PipelineStageInput:
    return pipelines.PipelineStageInput(
        label=label, display_order=0, metadata={"probability": probability}
    )


async def make(wire: httpx.AsyncClient, *stages: dict[str, Any], **traits: Any) -> dict[str, Any]:
    answer = await wire.post(DEALS, json=draft(*(stages or (stage("Open"),)), **traits))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def deal(wire: httpx.AsyncClient, **properties: Any) -> str:
    answer = await wire.post(
        "/crm/v3/objects/deals", json={"properties": {"dealname": "d", **properties}}
    )
    assert answer.status_code == 201, answer.text
    id: str = answer.json()["id"]
    return id


def test_the_official_client_leads_a_pipeline_through_its_life(service: Service) -> None:
    api = service.client.crm.pipelines.pipelines_api
    made = api.create(
        "deals",
        pipelines.PipelineInput(
            label="Renewals", display_order=1, stages=[stage_input("Open"), stage_input("Won", "1")]
        ),
    )
    assert [one.label for one in made.stages] == ["Open", "Won"]
    assert made.stages[1].metadata == {"probability": "1.0", "isClosed": "true"}
    assert made.stages[0].write_permissions == "CRM_PERMISSIONS_ENFORCEMENT"
    assert [one.id for one in api.get_all("deals").results] == ["default", made.id]

    changed = api.update("deals", made.id, pipelines.PipelinePatchInput(label="Again"))
    assert (changed.label, len(changed.stages)) == ("Again", 2)
    replaced = api.replace(
        "deals",
        made.id,
        pipelines.PipelineInput(label="Anew", display_order=5, stages=[stage_input("Open", "0.1")]),
        validate_references_before_delete=True,
    )
    assert [one.id for one in replaced.stages] == [made.stages[0].id]
    assert api.get_by_id("deals", made.id).stages[0].metadata["probability"] == "0.1"

    api.archive("deals", made.id, validate_deal_stage_usages_before_delete=True)
    with pytest.raises(pipelines.ApiException) as missing:
        api.get_by_id("deals", made.id)
    assert missing.value.status == 404
    back = api.update("deals", made.id, pipelines.PipelinePatchInput(archived=False))
    assert (back.label, back.archived) == ("Anew", False)

    trail = service.client.crm.pipelines.pipeline_audits_api.get_audit("deals", made.id)
    actions = [entry.action for entry in trail.results]
    assert actions == ["UPDATE", "DELETE", "UPDATE", "UPDATE", "CREATE"]
    assert trail.results[-1].raw_object["label"] == "Renewals"
    assert {entry.identifier for entry in trail.results} == {made.id}
    assert {entry.portal_id for entry in trail.results} == {1_000_001}


def test_the_official_client_leads_a_stage_through_its_life(service: Service) -> None:
    api = service.client.crm.pipelines.pipeline_stages_api
    made = api.create("deals", "default", stage_input("Extra"))
    assert made.metadata == {"probability": "0.5", "isClosed": "false"}
    assert made.id in [one.id for one in api.get_all("deals", "default").results]
    patch = pipelines.PipelineStagePatchInput(metadata={"probability": "0.7"})
    assert api.update("deals", "default", made.id, patch).metadata["probability"] == "0.7"
    replaced = api.replace("deals", "default", made.id, stage_input("Other", "0.9"))
    assert (replaced.label, replaced.id) == ("Other", made.id)
    assert api.get_by_id("deals", "default", made.id).label == "Other"
    api.archive("deals", "default", made.id)
    with pytest.raises(pipelines.ApiException) as missing:
        api.get_by_id("deals", "default", made.id)
    assert missing.value.status == 404
    patch = pipelines.PipelineStagePatchInput(archived=False)
    assert api.update("deals", "default", made.id, patch).label == "Other"

    # This operation of the client leaves the pipeline's id out of the path.
    trail = service.client.crm.pipelines.pipeline_stage_audits_api.get_audit("deals", made.id)
    actions = [entry.action for entry in trail.results]
    assert actions == ["UPDATE", "DELETE", "UPDATE", "UPDATE", "CREATE"]


async def test_every_operation_answers_with_its_own_status(wire: httpx.AsyncClient) -> None:
    assert (await wire.get(DEALS)).status_code == 200
    one = f"{DEALS}/{(await make(wire))['id']}"
    assert (await wire.get(one)).status_code == 200
    assert (await wire.patch(one, json={"label": "x"})).status_code == 200
    assert (await wire.put(one, json=draft(stage("A")))).status_code == 200
    assert (await wire.get(f"{one}/audit")).status_code == 200
    stages = f"{one}/stages"
    assert (await wire.get(stages)).status_code == 200
    made = await wire.post(stages, json=stage("B"))
    assert made.status_code == 201
    extra = f"{stages}/{made.json()['id']}"
    assert (await wire.get(extra)).status_code == 200
    assert (await wire.patch(extra, json={"label": "C"})).status_code == 200
    assert (await wire.put(extra, json=stage("D"))).status_code == 200
    assert (await wire.get(f"{extra}/audit")).status_code == 200
    assert (await wire.delete(extra)).status_code == 204
    assert (await wire.delete(one)).status_code == 204


async def test_the_dated_name_leads_to_the_same_pipelines(wire: httpx.AsyncClient) -> None:
    dated = await wire.get("/crm/pipelines/2026-03/deals/default/stages/")
    assert "contractsent" in [one["id"] for one in dated.json()["results"]]


async def test_metadata_become_strings(wire: httpx.AsyncClient) -> None:
    made = await make(
        wire,
        stage("Open", probability=0.25) | {"metadata": {"probability": 0.25, "isClosed": False}},
    )
    assert made["stages"][0]["metadata"] == {"probability": "0.25", "isClosed": "false"}


async def test_ids_can_be_given(wire: httpx.AsyncClient) -> None:
    made = await make(wire, stage("Open") | {"stageId": "open"}, pipelineId="renewals")
    assert (made["id"], made["stages"][0]["id"]) == ("renewals", "open")
    body = draft(stage("Renamed") | {"id": "open"})
    after = await wire.put(f"{DEALS}/renewals", json=body)
    assert [(one["id"], one["label"]) for one in after.json()["stages"]] == [("open", "Renamed")]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, "stages"),
        (draft(label=""), "label"),
        (draft(stage("A", probability="2")), "stages[0].metadata.probability"),
        (draft({"label": "A", "displayOrder": 0}), "stages[0].metadata.probability"),
        (draft(stage("A"), stage("A")), "stages"),
        (draft(displayOrder="first"), "displayOrder"),
    ],
)
async def test_a_wrong_pipeline_is_refused_with_the_place(
    wire: httpx.AsyncClient, body: dict[str, Any], place: str
) -> None:
    answer = refused(await wire.post(DEALS, json=body), 400, "VALIDATION_ERROR")
    assert place in [error["in"] for error in answer["errors"]]


async def test_labels_and_ids_are_taken_once(wire: httpx.AsyncClient) -> None:
    await make(wire)
    again = await wire.post(DEALS, json=draft(stage("Open")))
    refused(again, 409, "OBJECT_ALREADY_EXISTS")
    twin = await wire.post(f"{DEALS}/default/stages", json=stage("Contract Sent"))
    refused(twin, 409, "OBJECT_ALREADY_EXISTS")


async def test_what_does_not_exist_is_not_found(wire: httpx.AsyncClient) -> None:
    for path in ("nowhere", "nowhere/stages", "default/stages/nowhere", "nowhere/audit"):
        refused(await wire.get(f"{DEALS}/{path}"), 404, "OBJECT_NOT_FOUND")
    refused(await wire.get(f"{DEALS}/default/stages/nowhere/audit"), 404, "OBJECT_NOT_FOUND")
    refused(await wire.patch(f"{DEALS}/nowhere", json={"archived": False}), 404, "OBJECT_NOT_FOUND")
    refused(await wire.delete(f"{DEALS}/default/stages/nowhere"), 404, "OBJECT_NOT_FOUND")


async def test_a_stage_in_which_records_stand_stays(wire: httpx.AsyncClient) -> None:
    record = await deal(wire, dealstage="contractsent")
    body = refused(
        await wire.delete(f"{DEALS}/default/stages/contractsent"), 400, "VALIDATION_ERROR"
    )
    assert body["subCategory"] == "PipelineError.STAGE_ID_IN_USE"
    assert body["context"] == {"stageId": ["contractsent"], "objectIds": [record]}


@pytest.mark.parametrize(
    "question", ["validateReferencesBeforeDelete", "validateDealStageUsagesBeforeDelete"]
)
async def test_a_pipeline_in_use_stays_when_that_is_asked(
    wire: httpx.AsyncClient, question: str
) -> None:
    made = await make(wire)
    await deal(wire, pipeline=made["id"])
    one = f"{DEALS}/{made['id']}"
    body = draft(stage("Other"))
    refused(await wire.delete(one, params={question: "True"}), 400, "VALIDATION_ERROR")
    refused(await wire.put(one, params={question: "true"}, json=body), 400, "VALIDATION_ERROR")
    assert (await wire.put(one, json=body)).status_code == 200
    assert (await wire.delete(one)).status_code == 204


async def test_archived_is_only_for_restoring(wire: httpx.AsyncClient) -> None:
    one = f"{DEALS}/{(await make(wire))['id']}"
    refused(await wire.patch(one, json={"archived": True}), 400, "VALIDATION_ERROR")
    refused(await wire.patch(one, json={"archived": False}), 400, "VALIDATION_ERROR")
    stage = f"{DEALS}/default/stages/contractsent"
    refused(await wire.patch(stage, json={"archived": True}), 400, "VALIDATION_ERROR")


async def test_types_without_pipelines_say_so(wire: httpx.AsyncClient) -> None:
    contacts = "/crm/v3/pipelines/contacts"
    assert (await wire.get(contacts)).json() == {"results": []}
    body = refused(await wire.post(contacts, json=draft()), 400, "VALIDATION_ERROR")
    assert "Contacts have no pipelines" in body["message"]
    refused(await wire.delete("/crm/v3/pipelines/tickets/0"), 400, "VALIDATION_ERROR")


async def test_custom_types_get_stages_with_their_first_pipeline(wire: httpx.AsyncClient) -> None:
    await wire.post(SCHEMAS, json=CAR)
    cars = "/crm/v3/pipelines/car"
    assert (await wire.get(cars)).json() == {"results": []}
    made = await wire.post(cars, json=draft({"label": "New", "displayOrder": 0}))
    assert made.status_code == 201, made.text
    record = await wire.post("/crm/v3/objects/car", json={"properties": {"vin": "X1"}})
    read = await wire.get(
        f"/crm/v3/objects/car/{record.json()['id']}",
        params={"properties": "hs_pipeline,hs_pipeline_stage"},
    )
    assert read.json()["properties"]["hs_pipeline"] == made.json()["id"]
    assert read.json()["properties"]["hs_pipeline_stage"] == made.json()["stages"][0]["id"]
