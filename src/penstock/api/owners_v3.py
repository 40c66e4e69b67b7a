"""Owners: `/crm/v3/owners`, which reads them, and `/api/owners`, which also writes them."""

from typing import Annotated, Any, Final, Literal, cast

from fastapi import Query

from penstock.api.call import Call, ThisCall
from penstock.api.identifying import number
from penstock.api.owners_shapes import OwnerChange, OwnerInput, OwnerPage, OwnerQuery, OwnerShape
from penstock.api.owners_wire import shape
from penstock.api.paging import paging
from penstock.api.routing import Router
from penstock.kernel.errors import PenstockError
from penstock.records import owners
from penstock.records.errors import DefinitionNotFound
from penstock.records.owners import OwnerChanges, OwnerDraft

router = Router("owners", "Owners")

_ALL: Final = "/crm/v3/owners"
_ONE: Final = _ALL + "/{owner_id}"
_OURS: Final = "/api/owners"
_OUR_ONE: Final = _OURS + "/{owner_id}"

_READ: Final = "crm.objects.owners.read"
_WRITE: Final = "settings.users.write"

IdProperty = Annotated[Literal["id", "userId"], Query(alias="idProperty")]


@router.get(_ALL, _OURS, model=OwnerPage)
async def list_owners(call: ThisCall, query: Annotated[OwnerQuery, Query()]) -> dict[str, Any]:
    """A page of owners in the order of their ids, or the one with an e-mail address."""
    call.require(_READ)
    found = await owners.page(
        call.conn,
        email=query.email,
        archived=query.archived,
        after=query.after,
        limit=query.limit + 1,
    )
    shown = found[: query.limit]
    after = shown[-1].id if len(found) > len(shown) else None
    return {"results": [shape(owner) for owner in shown], **paging(call.request, after)}


@router.get(_ONE, _OUR_ONE, model=OwnerShape)
async def read_one(
    call: ThisCall, owner_id: str, id_property: IdProperty = "id", archived: bool = False
) -> dict[str, Any]:
    """An owner by its id, or by the id of its user."""
    call.require(_READ)
    wanted = [number(owner_id)]
    found = await owners.page(
        call.conn,
        ids=wanted if id_property == "id" else None,
        user_ids=wanted if id_property == "userId" else None,
        archived=archived,
    )
    if not found:
        raise DefinitionNotFound(what="owner", name=owner_id)
    return shape(found[0])


@router.post(_OURS, model=OwnerShape, status=201)
async def create(call: ThisCall, body: OwnerInput) -> dict[str, Any]:
    """Make an owner, with a user id and a record of type user."""
    call.require(_WRITE)
    draft = OwnerDraft(body.email, body.first_name or "", body.last_name or "")
    (made,) = await owners.create(call.conn, [draft], call.write)
    if isinstance(made, PenstockError):
        raise made
    await _audit(call, "owners_create", made.id)
    return shape(made)


@router.patch(_OUR_ONE, model=OwnerShape)
async def update(call: ThisCall, owner_id: str, body: OwnerChange) -> dict[str, Any]:
    """Change an owner, archive it, or bring it back."""
    call.require(_WRITE)
    id = number(owner_id)
    if body.archived is False and await owners.page(call.conn, ids=[id], archived=True):
        await owners.restore_one(call.conn, id, call.write)
    given = body.model_dump(exclude_none=True, exclude={"archived"})
    changed = await owners.update_one(call.conn, id, cast(OwnerChanges, given), call.write)
    if body.archived:
        (changed,) = await owners.archive(call.conn, [id], call.write)
    await _audit(call, "owners_update", id)
    return shape(changed)


@router.delete(_OUR_ONE)
async def archive(call: ThisCall, owner_id: str) -> None:
    """Archive an owner, who keeps what belongs to them and gets nothing new."""
    call.require(_WRITE)
    id = number(owner_id)
    if not await owners.archive(call.conn, [id], call.write):
        raise DefinitionNotFound(what="owner", name=owner_id)
    await _audit(call, "owners_archive", id)


async def _audit(call: Call, operation: str, id: int) -> None:
    await call.audit(operation, "owners", {"ids": [str(id)]})
