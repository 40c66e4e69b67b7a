"""Lists lie in folders, and folders in others."""

import pytest

from penstock.lists import folders
from penstock.lists.errors import FolderInvalid, FolderNotFound, ListNotFound
from penstock.lists.folders import ROOT
from tests.conftest import NOW
from tests.lists.shelf import Shelf


async def make(shelf: Shelf, name: str, parent: int = ROOT) -> int:
    async with shelf.story.house.database.unit() as conn:
        return (await folders.create(conn, name, parent, NOW)).id


async def test_what_lies_in_a_folder_is_shown_with_it(shelf: Shelf) -> None:
    outer = await make(shelf, "Outer")
    inner = await make(shelf, "Inner", outer)
    loose, kept = await shelf.make("Loose", "MANUAL"), await shelf.make("Kept", "MANUAL")
    async with shelf.story.house.database.unit() as conn:
        await folders.move_list(conn, kept, inner, "story", NOW)
        root = await folders.read(conn)
        assert (root.id, root.lists) == (ROOT, (loose,))
        (first,) = root.folders
        assert (first.id, first.parent_id, first.lists) == (outer, ROOT, ())
        assert first.folders[0].lists == (kept,)
        await folders.move_list(conn, kept, ROOT, "story", NOW)
        assert (await folders.read(conn)).lists == (loose, kept)


async def test_a_folder_moves_with_all_that_lies_in_it(shelf: Shelf) -> None:
    a, b = await make(shelf, "A"), await make(shelf, "B")
    c = await make(shelf, "C", a)
    async with shelf.story.house.database.unit() as conn:
        await folders.move(conn, a, b, NOW)
        assert (await folders.read(conn, b)).folders[0].folders[0].id == c
        for target in (a, c):
            with pytest.raises(FolderInvalid):
                await folders.move(conn, a, target, NOW)
        assert (await folders.move(conn, a, ROOT, NOW)).parent_id == ROOT


async def test_two_folders_in_one_place_have_two_names(shelf: Shelf) -> None:
    a = await make(shelf, "A")
    b = await make(shelf, "B")
    inner = await make(shelf, "A", b)
    async with shelf.story.house.database.unit() as conn:
        for attempt in (
            folders.create(conn, " A ", ROOT, NOW),
            folders.rename(conn, b, "A", NOW),
            folders.move(conn, inner, ROOT, NOW),
            folders.create(conn, "  ", ROOT, NOW),
        ):
            with pytest.raises(FolderInvalid):
                await attempt
        assert (await folders.rename(conn, a, "a", NOW)).name == "a"


async def test_only_an_empty_folder_is_deleted(shelf: Shelf) -> None:
    a = await make(shelf, "A")
    kept = await shelf.make("Kept", "MANUAL")
    async with shelf.story.house.database.unit() as conn:
        await folders.move_list(conn, kept, a, "story", NOW)
        with pytest.raises(FolderInvalid):
            await folders.delete(conn, a)
    await shelf.delete(kept)
    async with shelf.story.house.database.unit() as conn:
        await folders.delete(conn, a)
        with pytest.raises(FolderNotFound):
            await folders.read(conn, a)
    await shelf.restore(kept)
    assert (await shelf.read(kept)).folder_id is None


async def test_what_does_not_exist_is_not_found(shelf: Shelf) -> None:
    a = await make(shelf, "A")
    async with shelf.story.house.database.unit() as conn:
        for attempt in (
            folders.read(conn, 998),
            folders.create(conn, "B", 998, NOW),
            folders.move(conn, a, 998, NOW),
            folders.rename(conn, ROOT, "B", NOW),
            folders.delete(conn, ROOT),
            folders.move_list(conn, 1, 998, "story", NOW),
        ):
            with pytest.raises(FolderNotFound):
                await attempt
        with pytest.raises(ListNotFound):
            await folders.move_list(conn, 998, a, "story", NOW)
