"""Actions that tell people of the team: chosen ones, whole teams, and who owns the record."""

from collections.abc import Mapping

from penstock.actions.base import Action, Batch, Place
from penstock.kernel.errors import Problem
from penstock.kernel.forms import field
from penstock.kernel.texts import Text
from penstock.records.owners import Owner


class ToColleagues(Action):
    """What such actions have in common: whom they tell."""

    user_ids: tuple[str, ...] = field("Users", widget="users", default=())
    team_ids: tuple[str, ...] = field("Teams", widget="teams", default=())
    owner_properties: tuple[str, ...] = field(
        "Owners of the record", widget="owner_properties", default=()
    )

    async def people(self, batch: Batch) -> Mapping[int, Mapping[int, Owner]]:
        """Whom to tell by record id, each by id."""
        shared = {
            owner.id: owner
            for owner in await batch.owners(users=ids(self.user_ids), teams=ids(self.team_ids))
        }
        if not self.owner_properties:
            return {member.record_id: shared for member in batch.members}
        values = await batch.values(self.owner_properties)
        own = {
            id: ids(tuple(value for value in of_record.values() if value))
            for id, of_record in values.items()
        }
        wanted = {owner for owners in own.values() for owner in owners}
        known = {owner.id: owner for owner in await batch.owners(ids=wanted)}
        return {
            id: shared | {owner: known[owner] for owner in owners if owner in known}
            for id, owners in own.items()
        }

    def problems(self, place: Place) -> list[Problem]:
        if not (self.user_ids or self.team_ids or self.owner_properties):
            text = Text("choose users, teams or owners")
            return [Problem(text, f"{place.where}.user_ids", "REQUIRED")]
        return [
            problem
            for index, name in enumerate(self.owner_properties)
            for problem in place.property_problem(name, f"owner_properties[{index}]")
        ]


def ids(words: tuple[str, ...]) -> list[int]:
    """Ids as the wire writes them; what is none is left out."""
    return [int(word) for word in words if word.isdecimal()]
