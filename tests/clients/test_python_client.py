"""HubSpot's Python client, which refuses answers that lack what its models require."""

from typing import Any

from hubspot import HubSpot
from hubspot.crm.contacts import (
    BatchInputSimplePublicObjectBatchInput,
    BatchInputSimplePublicObjectBatchInputForCreate,
    SimplePublicObjectBatchInput,
    SimplePublicObjectBatchInputForCreate,
)
from hubspot.crm.lists import ListCreateRequest
from hubspot.crm.objects import SimplePublicObjectInputForCreate
from hubspot.crm.properties import PropertyCreate

from tests.clients.conftest import Product
from tests.clients.job import PASSED, PLAN, flow
from tests.commands import eventually


def connect(product: Product) -> Any:
    return HubSpot(
        access_token=product.key,
        host=product.base,
        base_url=product.base,
        client_side_validation=True,
    )


def test_the_python_client_makes_a_workflow_and_sees_it_run(product: Product) -> None:
    client = connect(product)
    made = client.crm.properties.core_api.create(
        "contacts",
        PropertyCreate(
            name=PLAN["name"], label=PLAN["label"], type=PLAN["type"],
            field_type=PLAN["fieldType"], group_name=PLAN["groupName"], options=PLAN["options"],
        ),
    )  # fmt: skip
    assert [option.value for option in made.options] == ["basic", "pro"]
    ada, bo = contacts(client)
    associate(client, ada)
    chosen = client.crm.lists.lists_api.create(
        ListCreateRequest(name="Chosen", object_type_id="0-1", processing_type="MANUAL")
    ).list.list_id
    client.crm.lists.memberships_api.add(chosen, [ada])
    id = turned_on(client, chosen)
    client.crm.contacts.batch_api.update(
        BatchInputSimplePublicObjectBatchInput(
            [SimplePublicObjectBatchInput(id=one, properties={"plan": "pro"}) for one in (ada, bo)]
        )
    )
    eventually(lambda: state(client, id)["counts"].get("finished") == 2)
    for contact, branch in ((ada, "Chosen"), (bo, "Otherwise")):
        told = client.api_request({"path": f"/api/records/{contact}/history"}).json()
        assert [entry["kind"] for entry in told["entries"]] == PASSED
        assert branch in told["entries"][3]["message"]
    outcomes(client, ada, bo)


def contacts(client: Any) -> list[str]:
    people = {"Ada": "ada@x.test", "Bo": "bo@x.test"}
    answer = client.crm.contacts.batch_api.create(
        BatchInputSimplePublicObjectBatchInputForCreate(
            [
                SimplePublicObjectBatchInputForCreate(
                    properties={"firstname": name, "email": email, "plan": "basic"}, associations=[]
                )
                for name, email in people.items()
            ]
        )
    )
    by_name = {record.properties["firstname"]: record.id for record in answer.results}
    return [by_name[name] for name in people]


def associate(client: Any, contact: str) -> None:
    company = client.crm.companies.basic_api.create(
        SimplePublicObjectInputForCreate(properties={"name": "Acme"}, associations=[])
    )
    api = client.crm.associations.v4.basic_api
    api.create_default("contacts", contact, "companies", company.id)
    (edge,) = api.get_page("contacts", contact, "companies").results
    assert edge.to_object_id == company.id


def turned_on(client: Any, list_id: str) -> str:
    """The id of the flow, made while off, and turned on with a PUT."""
    flows = "/automation/v4/flows"
    made = client.api_request({"method": "POST", "path": flows, "body": flow(list_id)}).json()
    assert made["isEnabled"] is False
    body = {**flow(list_id), "revisionId": made["revisionId"], "isEnabled": True}
    path = f"{flows}/{made['id']}"
    put = client.api_request({"method": "PUT", "path": path, "body": body})
    assert put.status_code == 200, put.text
    assert put.json()["isEnabled"] is True
    eventually(lambda: state(client, made["id"])["state"] == "on")
    id: str = made["id"]
    return id


def state(client: Any, id: str) -> dict[str, Any]:
    found: dict[str, Any] = client.api_request({"path": f"/api/workflows/{id}"}).json()
    return found


def outcomes(client: Any, ada: str, bo: str) -> None:
    """Who is in the list got a task, the other one a lead status."""
    read = client.crm.contacts.basic_api.get_by_id
    status = {
        one: read(one, properties=["hs_lead_status"]).properties["hs_lead_status"]
        for one in (ada, bo)
    }
    assert status == {ada: None, bo: "OPEN"}
    (task,) = client.crm.associations.v4.basic_api.get_page("contacts", ada, "tasks").results
    found = client.crm.objects.tasks.basic_api.get_by_id(
        task.to_object_id, properties=["hs_task_subject"]
    )
    assert found.properties["hs_task_subject"] == "Call Ada"
