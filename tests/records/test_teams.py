"""Teams of owners."""

import pytest

from penstock.records import owners, teams
from penstock.records.errors import DefinitionExists, DefinitionInvalid, DefinitionNotFound
from penstock.records.owners import Membership, OwnerDraft
from tests.conftest import NOW, House


async def two(house: House) -> list[int]:
    drafts = [OwnerDraft("ada@example.test"), OwnerDraft("bob@example.test")]
    async with house.database.unit() as conn:
        return [owner.id for owner in await owners.create(conn, drafts, house.write)]


async def test_an_owner_has_one_primary_team_and_any_number_of_others(house: House) -> None:
    ada, bob = await two(house)
    async with house.database.unit() as conn:
        sales = await teams.create_one(conn, "Sales", NOW, members=[ada, bob])
        help = await teams.create_one(conn, "Help", NOW, members=[bob], secondary_members=[ada])
        assert await teams.read(conn) == [
            teams.Team(sales.id, "Sales", NOW, (ada,), ()),
            teams.Team(help.id, "Help", NOW, (bob,), (ada,)),
        ]
        assert (await owners.read_one(conn, ada)).teams == (
            Membership(sales.id, "Sales", primary=True),
            Membership(help.id, "Help", primary=False),
        )


async def test_a_team_changes(house: House) -> None:
    ada, bob = await two(house)
    async with house.database.unit() as conn:
        sales = await teams.create_one(conn, "Sales", NOW, members=[ada])
        renamed = await teams.update_one(conn, sales.id, name="Selling")
        assert (renamed.name, renamed.members) == ("Selling", (ada,))
        changed = await teams.update_one(conn, sales.id, members=[bob])
        assert (changed.name, changed.members) == ("Selling", (bob,))
        await teams.delete_one(conn, sales.id)
        assert (await owners.read_one(conn, bob)).teams == ()
        with pytest.raises(DefinitionNotFound):
            await teams.read_one(conn, sales.id)


async def test_an_archived_owner_is_in_no_team(house: House) -> None:
    ada, bob = await two(house)
    async with house.database.unit() as conn:
        sales = await teams.create_one(conn, "Sales", NOW, members=[ada, bob])
        await owners.archive(conn, [ada], house.write)
        assert (await teams.read_one(conn, sales.id)).members == (bob,)
        changed = await teams.update_one(conn, sales.id, secondary_members=[])
    assert changed.members == (bob,)


async def test_a_wrong_team_is_refused(house: House) -> None:
    async with house.database.unit() as conn:
        await teams.create_one(conn, "Sales", NOW)
        with pytest.raises(DefinitionExists):
            await teams.create_one(conn, "Sales", NOW)
        with pytest.raises(DefinitionInvalid):
            await teams.create_one(conn, " ", NOW)
        with pytest.raises(DefinitionInvalid):
            await teams.create_one(conn, "Help", NOW, members=[5])
