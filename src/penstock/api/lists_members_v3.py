"""Members of lists: `/crm/v3/lists/{id}/memberships`."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

from fastapi import Body, Query

from penstock.api.call import Call, ThisCall
from penstock.api.identifying import number, numbered
from penstock.api.lists_pages import BY_ID, BY_JOINING, page
from penstock.api.lists_shapes import (
    MemberPage,
    MemberPageQuery,
    MembershipChange,
    MembershipsChanged,
    RecordIds,
    RecordMemberships,
)
from penstock.api.lists_v3 import READ, WRITE
from penstock.api.routing import Router
from penstock.lists import members, store
from penstock.lists.errors import ListNotFound
from penstock.records import reading
from penstock.records.errors import RecordNotFound
from penstock.records.values import instant_text

router = Router("lists_members", "Lists")

_MEMBERS: Final = "/crm/v3/lists/{list_id}/memberships"
Given = Annotated[RecordIds, Body()]

Pages = Annotated[MemberPageQuery, Query()]


@router.get(_MEMBERS, model=MemberPage)
async def list_members(call: ThisCall, list_id: str, query: Pages) -> dict[str, Any]:
    """A page of members by their ids; with `before` and without `after` they come backwards."""
    call.require(READ)
    found = await store.read_one(call.conn, numbered(list_id, ListNotFound))
    return await page(call, found, BY_ID, query)


@router.get(f"{_MEMBERS}/join-order", model=MemberPage)
async def list_by_joining(call: ThisCall, list_id: str, query: Pages) -> dict[str, Any]:
    """A page of members by the moment at which they joined; with `before` they come backwards."""
    call.require(READ)
    found = await store.read_one(call.conn, numbered(list_id, ListNotFound))
    return await page(call, found, BY_JOINING, query)


@router.put(f"{_MEMBERS}/add", model=MembershipsChanged)
async def add(call: ThisCall, list_id: str, body: Given) -> dict[str, Any]:
    """Add records to a list whose members are chosen."""
    return await _change(call, "lists_members_add", list_id, add=body)


@router.put(f"{_MEMBERS}/remove", model=MembershipsChanged)
async def remove(call: ThisCall, list_id: str, body: Given) -> dict[str, Any]:
    """Remove records from a list whose members are chosen."""
    return await _change(call, "lists_members_remove", list_id, remove=body)


@router.put(f"{_MEMBERS}/add-and-remove", model=MembershipsChanged)
async def add_and_remove(call: ThisCall, list_id: str, body: MembershipChange) -> dict[str, Any]:
    """Remove records from a list whose members are chosen, and add others."""
    return await _change(
        call,
        "lists_members_add_and_remove",
        list_id,
        add=body.record_ids_to_add,
        remove=body.record_ids_to_remove,
    )


@router.put(f"{_MEMBERS}/add-from/{{source_list_id}}")
async def add_from(call: ThisCall, list_id: str, source_list_id: str) -> None:
    """Add all members of another list to one whose members are chosen."""
    call.require(WRITE)
    id, source = numbered(list_id, ListNotFound), numbered(source_list_id, ListNotFound)
    await members.add_from(call.conn, call.schema, id, source, call.write)
    await call.audit("lists_members_add_from", f"lists/{id}", {"source": source})


@router.delete(_MEMBERS)
async def clear(call: ThisCall, list_id: str) -> None:
    """Remove all members of a list whose members are chosen."""
    call.require(WRITE)
    id = numbered(list_id, ListNotFound)
    await members.clear(call.conn, id, call.write)
    await call.audit("lists_members_clear", f"lists/{id}")


@router.get("/crm/v3/lists/records/{object_type}/{object_id}/memberships", model=RecordMemberships)
async def list_of_record(call: ThisCall, object_type: str, object_id: str) -> dict[str, Any]:
    """The lists that a record is in."""
    call.require(READ)
    type = call.schema.type(object_type)
    found = await reading.read(call.conn, type, [number(object_id)])
    if not found:
        raise RecordNotFound(type=type.name, key="id", value=object_id)
    lists = await members.of_record(call.conn, found[number(object_id)].id)
    results = [
        {
            "listId": str(each.list_id),
            "listVersion": each.list_version,
            "firstAddedTimestamp": instant_text(each.joined_at),
            "lastAddedTimestamp": instant_text(each.joined_at),
        }
        for each in lists
    ]
    return {"results": results, "total": len(results)}


async def _change(
    call: Call,
    operation: str,
    list_id: str,
    *,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
) -> dict[str, Any]:
    call.require(WRITE)
    id = numbered(list_id, ListNotFound)
    coming, going = set(map(number, add)), set(map(number, remove))
    # A record that is named in both is a member in the end.
    removed = await members.remove(call.conn, id, going - coming, call.write)
    added = await members.add(call.conn, id, coming, call.write)
    missing = added.missing | removed.missing
    details = {"added": len(added.moved), "removed": len(removed.moved)}
    await call.audit(operation, f"lists/{id}", details)
    return {
        "recordsIdsAdded": [str(each) for each in sorted(added.moved)],
        "recordIdsRemoved": [str(each) for each in sorted(removed.moved)],
        "recordIdsMissing": [
            word for word in dict.fromkeys((*add, *remove)) if number(word) in missing
        ],
    }
