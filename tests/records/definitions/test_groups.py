"""Property groups."""

import pytest

from penstock.records.definitions import groups, properties
from penstock.records.errors import (
    DefinitionExists,
    DefinitionInvalid,
    DefinitionNotFound,
    GroupNotEmpty,
)
from penstock.records.model import Group, Property
from tests.conftest import NOW, House


async def test_a_group_is_made_changed_and_archived(house: House) -> None:
    async with house.database.unit() as conn:
        made = await groups.create_one(conn, "deals", Group("Hobbies", " Hobbies "))
        assert made == Group("hobbies", "Hobbies", -1)
        changed = await groups.update_one(conn, "0-3", "HOBBIES", {"display_order": 4})
        assert changed == Group("hobbies", "Hobbies", 4)
    assert "hobbies" in (await house.schema()).type("deals").groups
    async with house.database.unit() as conn:
        await groups.archive_one(conn, "deals", "hobbies", NOW)
    assert "hobbies" not in (await house.schema()).type("deals").groups


async def test_a_group_of_that_name_exists_only_once(house: House) -> None:
    async with house.database.unit() as conn:
        await groups.create_one(conn, "deals", Group("hobbies", "Hobbies"))
        with pytest.raises(DefinitionExists):
            await groups.create_one(conn, "deals", Group("hobbies", "Hobbies"))
        await groups.archive_one(conn, "deals", "hobbies", NOW)
        again = await groups.create_one(conn, "deals", Group("hobbies", "Pastimes"))
    assert again.label == "Pastimes"


async def test_a_group_that_holds_properties_stays(house: House) -> None:
    async with house.database.unit() as conn:
        await groups.create_one(conn, "deals", Group("hobbies", "Hobbies"))
        await properties.create(conn, "deals", [Property("sport", "Sport", group="hobbies")], NOW)
        with pytest.raises(GroupNotEmpty, match="sport"):
            await groups.archive_one(conn, "deals", "hobbies", NOW)


async def test_a_group_needs_a_name_and_a_label(house: House) -> None:
    async with house.database.unit() as conn:
        with pytest.raises(DefinitionInvalid) as caught:
            await groups.create_one(conn, "deals", Group("my group", ""))
    assert [problem.where for problem in caught.value.problems] == ["name", "label"]


async def test_what_does_not_exist_cannot_be_changed(house: House) -> None:
    async with house.database.unit() as conn:
        with pytest.raises(DefinitionNotFound):
            await groups.update_one(conn, "deals", "nowhere", {"label": "x"})
        with pytest.raises(DefinitionNotFound):
            await groups.archive_one(conn, "deals", "nowhere", NOW)
