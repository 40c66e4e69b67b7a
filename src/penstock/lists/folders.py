"""Folders of lists, one in another; what lies in none lies at the root, which has the id 0."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from penstock.kernel.db import Connection
from penstock.kernel.errors import Problem
from penstock.kernel.queries import load
from penstock.kernel.texts import Text
from penstock.lists.errors import FolderInvalid, FolderNotFound, ListNotFound

_queries = load("penstock.lists", "folders.sql")

ROOT: Final = 0


@dataclass(frozen=True)
class Folder:
    """A folder with all that lies in it; `lists` are ids."""

    id: int
    parent_id: int
    name: str
    folders: tuple["Folder", ...]
    lists: tuple[int, ...]
    created_at: datetime | None = None
    updated_at: datetime | None = None


async def read(conn: Connection, id: int = ROOT) -> Folder:
    """A folder, or all that there is. Raises FolderNotFound."""
    rows = await _queries.rows(conn, "all")
    held = {row.folder_id: tuple(row.lists) for row in await _queries.rows(conn, "contents")}
    by_parent: dict[int, list[int]] = {}
    by_id = {row.id: row for row in rows}
    for row in rows:
        by_parent.setdefault(row.parent_id or ROOT, []).append(row.id)

    def folder(id: int) -> Folder:
        row = by_id[id]
        inner = tuple(folder(each) for each in by_parent.get(id, ()))
        moments = row.created_at.astimezone(UTC), row.updated_at.astimezone(UTC)
        return Folder(id, row.parent_id or ROOT, row.name, inner, held.get(id, ()), *moments)

    if id == ROOT:
        loose = tuple(await _queries.value(conn, "at_the_root"))
        return Folder(ROOT, ROOT, "", tuple(map(folder, by_parent.get(ROOT, ()))), loose)
    if id not in by_id:
        raise FolderNotFound(id=id)
    return folder(id)


async def hold(conn: Connection, id: int) -> None:
    """Keep a folder from being deleted before this transaction ends. Raises FolderNotFound."""
    if await _queries.one(conn, "hold", id=id) is None:
        raise FolderNotFound(id=id)


async def create(conn: Connection, name: str, parent: int, now: datetime) -> Folder:
    """Make a folder in another, or at the root. Raises FolderNotFound or FolderInvalid."""
    await _queries.run(conn, "alone")
    name = _named(name)
    if parent != ROOT:
        await hold(conn, parent)
    row = await _queries.one(conn, "create", name=name, parent=parent or None, now=now)
    if row is None:
        raise _taken(name)
    return await read(conn, row.id)


async def rename(conn: Connection, id: int, name: str, now: datetime) -> Folder:
    """Raises FolderNotFound or FolderInvalid."""
    await _queries.run(conn, "alone")
    return await _change(conn, await read(conn, id), _named(name), None, now)


async def move(conn: Connection, id: int, parent: int, now: datetime) -> Folder:
    """Put a folder and what lies in it into another. Raises FolderNotFound or FolderInvalid."""
    await _queries.run(conn, "alone")
    folder = await read(conn, id)
    target = await read(conn, parent)
    if target.id in _within(folder):
        raise _invalid(Text("a folder cannot lie in itself"), "newParentFolderId")
    return await _change(conn, folder, folder.name, target.id, now)


async def delete(conn: Connection, id: int) -> None:
    """Delete an empty folder. Raises FolderNotFound or FolderInvalid."""
    await _queries.run(conn, "alone")
    folder = await read(conn, id)
    if folder.id == ROOT:
        raise FolderNotFound(id=id)
    if folder.folders or folder.lists:
        raise _invalid(Text("the folder is not empty: move what lies in it first"), "folderId")
    await _queries.run(conn, "release", id=id)
    await _queries.run(conn, "delete", id=id)


async def move_list(conn: Connection, id: int, folder: int, actor: str, now: datetime) -> None:
    """Put a list into a folder, or at the root. Raises ListNotFound or FolderNotFound."""
    if folder != ROOT:
        await hold(conn, folder)
    moved = await _queries.run(
        conn, "move_list", id=id, folder=folder or None, now=now, actor=actor
    )
    if not moved:
        raise ListNotFound(id=id)


async def names(conn: Connection) -> Mapping[int, str]:
    """The name of each folder, by its id."""
    return {row.id: row.name for row in await _queries.rows(conn, "all")}


async def _change(
    conn: Connection, folder: Folder, name: str, parent: int | None, now: datetime
) -> Folder:
    if folder.id == ROOT:
        raise FolderNotFound(id=ROOT)
    into = folder.parent_id if parent is None else parent
    row = await _queries.one(conn, "change", id=folder.id, name=name, parent=into or None, now=now)
    if row is None:
        raise _taken(name)
    return await read(conn, folder.id)


def _within(folder: Folder) -> set[int]:
    return {folder.id}.union(*(_within(inner) for inner in folder.folders))


def _named(name: str) -> str:
    if not name.strip():
        raise _invalid(Text("a folder needs a name"), "name")
    return name.strip()


def _taken(name: str) -> FolderInvalid:
    return _invalid(Text('there is already a folder "{name}" there', name=name), "name")


def _invalid(text: Text, where: str) -> FolderInvalid:
    return FolderInvalid(problems=[Problem(text, where, FolderInvalid.code)])
