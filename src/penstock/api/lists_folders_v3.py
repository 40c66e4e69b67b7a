"""Folders of lists: `/crm/v3/lists/folders`."""

from typing import Annotated, Any, Final

from fastapi import Query

from penstock.api.call import ThisCall
from penstock.api.identifying import number
from penstock.api.lists_shapes import FolderInput, ListMove, OneFolder
from penstock.api.lists_v3 import READ, WRITE
from penstock.api.lists_wire import folder
from penstock.api.routing import Router
from penstock.lists import folders
from penstock.lists.errors import FolderNotFound

router = Router("lists_folders", "Lists")

_ALL: Final = "/crm/v3/lists/folders"
_ONE: Final = _ALL + "/{folder_id}"


@router.get(_ALL, model=OneFolder)
async def read(
    call: ThisCall, folder_id: Annotated[str, Query(alias="folderId")] = "0"
) -> dict[str, Any]:
    """A folder with all that lies in it; without an id, everything."""
    call.require(READ)
    return {"folder": folder(await folders.read(call.conn, _id(folder_id)))}


@router.post(_ALL, model=OneFolder)
async def create(call: ThisCall, body: FolderInput) -> dict[str, Any]:
    """Make a folder."""
    call.require(WRITE)
    parent = _id(body.parent_folder_id or "0")
    made = await folders.create(call.conn, body.name, parent, call.now)
    await call.audit("lists_folders_create", f"list_folders/{made.id}")
    return {"folder": folder(made)}


@router.put(f"{_ONE}/rename", model=OneFolder)
async def rename(
    call: ThisCall, folder_id: str, name: Annotated[str, Query(alias="newFolderName")]
) -> dict[str, Any]:
    """Give a folder another name."""
    call.require(WRITE)
    renamed = await folders.rename(call.conn, _id(folder_id), name, call.now)
    await call.audit("lists_folders_rename", f"list_folders/{renamed.id}")
    return {"folder": folder(renamed)}


@router.put(f"{_ONE}/move/{{new_parent_folder_id}}", model=OneFolder)
async def move(call: ThisCall, folder_id: str, new_parent_folder_id: str) -> dict[str, Any]:
    """Put a folder into another, or into 0."""
    call.require(WRITE)
    parent = _id(new_parent_folder_id)
    moved = await folders.move(call.conn, _id(folder_id), parent, call.now)
    await call.audit("lists_folders_move", f"list_folders/{moved.id}", {"parent": parent})
    return {"folder": folder(moved)}


@router.delete(_ONE)
async def delete(call: ThisCall, folder_id: str) -> None:
    """Delete an empty folder."""
    call.require(WRITE)
    id = _id(folder_id)
    await folders.delete(call.conn, id)
    await call.audit("lists_folders_delete", f"list_folders/{id}")


@router.put(f"{_ALL}/move-list")
async def move_list(call: ThisCall, body: ListMove) -> None:
    """Put a list into a folder, or into 0."""
    call.require(WRITE)
    id, into = number(body.list_id), _id(body.new_folder_id)
    await folders.move_list(call.conn, id, into, call.actor, call.now)
    await call.audit("lists_folders_move_list", f"lists/{id}", {"folder": into})


def _id(word: str) -> int:
    """Raises FolderNotFound for what is no id."""
    id = number(word)
    if id == folders.ROOT and word.strip("0"):
        raise FolderNotFound(id=word)
    return id
