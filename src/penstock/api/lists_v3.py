"""Lists: `/crm/v3/lists`."""

from typing import Annotated, Any, Final

from fastapi import Body, Query
from pydantic import Field

from penstock.api import lists_wire
from penstock.api.call import Call, ThisCall
from penstock.api.identifying import number, numbered
from penstock.api.lists_shapes import (
    FilterInput,
    Id,
    ListInput,
    ListsFound,
    ListUses,
    ManyLists,
    Mapped,
    MappedBatch,
    OneList,
    SearchInput,
    UpdatedList,
)
from penstock.api.models import Words
from penstock.api.routing import Router
from penstock.kernel.errors import Invalid
from penstock.lists import store, uses
from penstock.lists.errors import ListNotFound
from penstock.lists.model import Draft, List

router = Router("lists", "Lists")

_ALL: Final = "/crm/v3/lists"
_ONE: Final = _ALL + "/{list_id}"
READ: Final = "crm.lists.read"
WRITE: Final = "crm.lists.write"

MOST_MAPPED: Final = 10_000

IncludeFilters = Annotated[bool, Query(alias="includeFilters")]


class EnrollingFixed(Invalid):
    """Who joins a list by its new filter enrolls like everybody who joins it:
    enrollObjectsInWorkflows cannot be false"""


@router.get(_ALL, model=ManyLists)
async def read(
    call: ThisCall,
    list_ids: Annotated[Words, Query(alias="listIds")],
    include_filters: IncludeFilters = False,
) -> dict[str, Any]:
    """Lists by their ids; those that do not exist are left out."""
    call.require(READ)
    found = await store.read(call.conn, [number(word) for word in dict.fromkeys(list_ids)])
    return {"lists": await lists_wire.shapes(call, found, filters=include_filters)}


@router.post(_ALL, model=OneList)
async def create(call: ThisCall, body: ListInput) -> dict[str, Any]:
    """Make a list.

    The members of a DYNAMIC one are those that match its filter, and are found in a moment; those
    of a SNAPSHOT match now and can be changed afterwards; those of a MANUAL one are chosen.
    """
    call.require(WRITE)
    draft = Draft(
        name=body.name,
        object_type=body.object_type_id,
        kind=body.processing_type,
        document=body.filter_branch,
        folder_id=body.list_folder_id or None,
    )
    made = await store.create(call.conn, call.schema, draft, call.actor, call.now)
    await _audit(call, "lists_create", made)
    return {"list": await lists_wire.shape(call, made, filters=True)}


@router.post(f"{_ALL}/search", model=ListsFound, mutates=False)
async def search(call: ThisCall, body: SearchInput) -> dict[str, Any]:
    """Lists whose names contain certain words, page by page."""
    call.require(READ)
    sort, descending = lists_wire.sort_of(body.sort)
    sought = store.Search(
        words=(body.query or "").strip(),
        ids=[number(word) for word in body.list_ids or ()],
        kinds=body.processing_types or (),
        sort=sort,
        descending=descending,
        offset=body.offset,
        limit=body.count,
    )
    found, total = await store.search(call.conn, sought)
    end = body.offset + len(found)
    wanted = dict.fromkeys(body.additional_properties or ())
    return {
        "lists": await lists_wire.found(call, found, wanted),
        "total": total,
        "offset": end,
        "hasMore": end < total,
    }


@router.get(_ONE, model=OneList)
async def read_one(
    call: ThisCall, list_id: str, include_filters: IncludeFilters = False
) -> dict[str, Any]:
    """A list by its id."""
    call.require(READ)
    found = await _read(call, list_id)
    return {"list": await lists_wire.shape(call, found, filters=include_filters)}


@router.get(f"{_ALL}/object-type-id/{{object_type}}/name/{{list_name}}", model=OneList)
async def read_by_name(
    call: ThisCall, object_type: str, list_name: str, include_filters: IncludeFilters = False
) -> dict[str, Any]:
    """A list by its name, whatever its case."""
    call.require(READ)
    found = await store.read_by_name(call.conn, call.schema.type(object_type), list_name)
    if found is None:
        raise ListNotFound(id=f'"{list_name}"')
    return {"list": await lists_wire.shape(call, found, filters=include_filters)}


@router.put(f"{_ONE}/update-list-name", model=UpdatedList)
async def rename(
    call: ThisCall,
    list_id: str,
    list_name: Annotated[str, Query(alias="listName")],
    include_filters: IncludeFilters = False,
) -> dict[str, Any]:
    """Give a list another name."""
    call.require(WRITE)
    id = numbered(list_id, ListNotFound)
    renamed = await store.rename(call.conn, call.schema, id, list_name, call.actor, call.now)
    await _audit(call, "lists_rename", renamed)
    return {"updatedList": await lists_wire.shape(call, renamed, filters=include_filters)}


@router.put(f"{_ONE}/update-list-filters", model=UpdatedList)
async def change_filter(
    call: ThisCall,
    list_id: str,
    body: FilterInput,
    enroll_objects_in_workflows: Annotated[bool, Query(alias="enrollObjectsInWorkflows")] = True,
) -> dict[str, Any]:
    """Give a DYNAMIC list another filter.

    Its members change when the new ones are known. They join as everybody does: workflows that ask
    about the list see them, so `enrollObjectsInWorkflows` cannot be false.
    """
    call.require(WRITE)
    if not enroll_objects_in_workflows:
        raise EnrollingFixed
    id, document = numbered(list_id, ListNotFound), body.filter_branch
    changed = await store.change_filter(call.conn, call.schema, id, document, call.actor, call.now)
    await _audit(call, "lists_change_filter", changed)
    return {"updatedList": await lists_wire.shape(call, changed, filters=True)}


@router.delete(_ONE)
async def delete(call: ThisCall, list_id: str) -> None:
    """Delete a list that nothing asks about; it can be restored for 90 days."""
    call.require(WRITE)
    found = await _read(call, list_id)
    await store.delete(call.conn, found.id, call.actor, call.now)
    await _audit(call, "lists_delete", found)


@router.put(f"{_ONE}/restore")
async def restore(call: ThisCall, list_id: str) -> None:
    """Bring a deleted list back."""
    call.require(WRITE)
    id = numbered(list_id, ListNotFound)
    back = await store.restore(call.conn, call.schema, id, call.actor, call.now)
    await _audit(call, "lists_restore", back)


@router.get("/api/lists/{list_id}/uses", model=ListUses)
async def read_uses(call: ThisCall, list_id: str) -> dict[str, Any]:
    """The lists and workflows that name a list; active ones keep it from being deleted."""
    call.require(READ)
    found = await _read(call, list_id)
    return {
        "results": [
            {"kind": use.kind, "id": str(use.id), "name": use.name, "active": use.active}
            for use in await uses.of_list(call.conn, found.id)
        ]
    }


@router.get(f"{_ALL}/idmapping", model=Mapped)
async def map_id(
    call: ThisCall, legacy_list_id: Annotated[str, Query(alias="legacyListId")]
) -> dict[str, Any]:
    """The id of a list by its id in HubSpot's older API, which is the same here."""
    call.require(READ)
    return _mapped(await _read(call, legacy_list_id))


@router.post(f"{_ALL}/idmapping", model=MappedBatch, mutates=False)
async def map_ids(
    call: ThisCall, body: Annotated[list[Id], Body(), Field(max_length=MOST_MAPPED)]
) -> dict[str, Any]:
    """The ids of lists by their ids in HubSpot's older API, which are the same here."""
    call.require(READ)
    words = list(dict.fromkeys(body))
    found = {each.id: each for each in await store.read(call.conn, [number(w) for w in words])}
    return {
        "legacyListIdsToIdsMapping": [_mapped(each) for each in found.values()],
        "missingLegacyListIds": [word for word in words if number(word) not in found],
    }


def _mapped(found: List) -> dict[str, Any]:
    return {"listId": str(found.id), "legacyListId": str(found.id)}


async def _read(call: Call, word: str) -> List:
    found = await store.read(call.conn, [number(word)])
    if not found:
        raise ListNotFound(id=word)
    return found[0]


async def _audit(call: Call, operation: str, of: List) -> None:
    await call.audit(operation, f"lists/{of.id}", {"version": of.version})
