"""Rotate record to owner."""

from penstock.actions.base import Action, Batch, Departures, Place
from penstock.kernel.errors import Problem
from penstock.kernel.forms import field
from penstock.kernel.texts import Text


class RotateOwner(
    Action,
    type_id="0-11",
    label="Rotate record to owner",
    summary="Rotate the record among owners",
    icon="rotate",
    category="CRM",
):
    """Give every enrolled record to the next of several owners, so that all get equally many."""

    user_ids: tuple[str, ...] = field("Users", widget="users", default=())
    team_ids: tuple[str, ...] = field("Teams", widget="teams", default=())
    target_property: str = field("Property", widget="property", default="hubspot_owner_id")
    overwrite_current_owner: bool = field(
        "Also records that have an owner", widget="toggle", default=False
    )

    async def run(self, batch: Batch) -> Departures:
        departures = Departures()
        rotating = list(batch.members)
        if not self.overwrite_current_owner:
            values = await batch.values([self.target_property])
            rotating = []
            for member in batch.members:
                if values[member.record_id][self.target_property]:
                    departures.skip(Text("it has an owner already"), member)
                else:
                    rotating.append(member)
        owners = await batch.owners(users=_numbers(self.user_ids), teams=_numbers(self.team_ids))
        if not owners:
            nobody = Text("there is nobody to rotate to")
            departures.failures += [(member, nobody) for member in rotating]
            return departures
        numbers = await batch.rotation([member.record_id for member in rotating])
        chosen = {id: owners[number % len(owners)] for id, number in numbers.items()}
        refused = await batch.write_each(
            {id: {self.target_property: str(owner.id)} for id, owner in chosen.items()}
        )
        for member in rotating:
            if member.record_id in refused:
                departures.failures.append((member, refused[member.record_id]))
            else:
                owner = chosen[member.record_id]
                departures.tell(Text("Given to {who}", who=owner.email), member)
                departures.leave("", [member])
        return departures

    def problems(self, place: Place) -> list[Problem]:
        problems = place.writing_problems(self.target_property, "target_property")
        if not self.user_ids and not self.team_ids:
            text = Text("choose users or teams")
            problems.append(Problem(text, f"{place.where}.user_ids", "REQUIRED"))
        return problems


def _numbers(ids: tuple[str, ...]) -> list[int]:
    return [int(id) for id in ids if id.isdecimal()]
