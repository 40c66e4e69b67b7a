"""Every filter that HubSpot's client can express makes a list, and comes back as it was."""

import json
from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any

from hubspot import HubSpot
from hubspot.crm import lists

from penstock.filters.nodes import BRANCHES, KINDS, OPERATIONS
from penstock.kernel.db import Database
from tests.api.conftest import Service
from tests.filters import golden, world
from tests.lists.shelf import wanted

MODEL = "PublicPropertyAssociationFilterBranchFilterBranchesInner"
"""The client's class for any branch."""

WORDS = ("filterBranchType", "filterType", "operationType", "operator", "timeType", "referenceType")

BEYOND_THE_CLIENT = {
    "COMPARATIVE_BOOL",
    "COMPARATIVE_NUMBER",
    "DATE_REACHED",
    "REGEX",
}
"""Kinds that are not among the client's models: those of HubSpot's reference alone, and our own."""


def words(part: Any) -> Iterator[tuple[str, str]]:
    """The words that say of what kind the parts of a document are."""
    if isinstance(part, Mapping):
        for key in WORDS:
            if isinstance(part.get(key), str):
                yield key, part[key]
        part = list(part.values())
    if isinstance(part, list):
        for item in part:
            yield from words(item)


def holds(whole: Any, part: Any) -> bool:
    """Whether all of a document is in another."""
    if isinstance(part, Mapping):
        return isinstance(whole, Mapping) and all(
            value is None or holds(whole.get(key), value) for key, value in part.items()
        )
    if isinstance(part, list):
        return isinstance(whole, list) and len(whole) == len(part) and all(map(holds, whole, part))
    # The client has one class for all operations, and writes numbers and booleans as texts.
    return whole == part or str(whole).lower() == str(part).lower()


def listed(document: dict[str, Any]) -> dict[str, Any]:
    """The document under the root that a list needs; some numbers of the client are whole."""
    document = json.loads(json.dumps(document), parse_float=lambda text: int(float(text)))
    if document["filterBranchType"] == "OR" and not document.get("filters"):
        return document
    return wanted(branches=[document])


async def test_every_filter_that_the_client_can_express_makes_a_list(service: Service) -> None:
    async with Database(service.url, size=1) as database, database.unit() as conn:
        await world.furnish(conn)
    client = HubSpot(access_token=service.key, host=service.base, base_url=service.base)
    api = client.crm.lists.lists_api
    wire = api.api_client
    given: set[tuple[str, str]] = set()
    seen: set[tuple[str, str]] = set()
    wrong: list[str] = []
    for name in golden.names():
        for case in golden.cases(name):
            if case.refused is not None:
                continue
            given |= set(words(case.document))
            fresh = set(words(case.document)) - seen
            if not fresh:
                continue
            document = listed(case.document)
            model = wire.deserialize(SimpleNamespace(data=json.dumps(document)), MODEL)
            sent = wire.sanitize_for_serialization(model)
            if not holds(sent, document):
                continue  # the client lacks a field that is in it
            seen |= fresh
            try:
                made = api.create(
                    lists.ListCreateRequest(
                        object_type_id=case.object,
                        processing_type="DYNAMIC",
                        name=case.name,
                        filter_branch=model,
                    )
                ).list
            except lists.ApiException as error:
                wrong.append(f"{case.name}: {json.loads(error.body)['message']}")
                continue
            shown = api.get_by_id(made.list_id, include_filters=True).list.filter_branch
            if wire.sanitize_for_serialization(shown) != sent:
                wrong.append(f"{case.name} came back as {shown}")
    assert not wrong, "\n".join(wrong)
    families = {"filterBranchType": BRANCHES, "filterType": KINDS, "operationType": OPERATIONS}
    unseen = {
        kind.type_id
        for key, word in given - seen
        if key in families and (kind := families[key].find(word)) is not None
    }
    assert unseen <= BEYOND_THE_CLIENT
