"""Send in-app notification."""

from typing import Literal

from penstock.actions.base import Batch, Departures
from penstock.actions.colleagues import ToColleagues
from penstock.kernel.forms import field


class Notify(
    ToColleagues,
    type_id="0-9",
    label="Send in-app notification",
    summary='Notify people of "{subject}"',
    icon="bell",
    category="Communication",
):
    """Show people of the team a notification about every enrolled record, within Penstock."""

    subject: str = field("Title", widget="template")
    body: str = field("Text", widget="template", default="")
    delivery_method: Literal["APP"] = field("How", widget="select", default="APP", options=["APP"])

    async def run(self, batch: Batch) -> Departures:
        people = await self.people(batch)
        users = {
            id: sorted(owner.user_id for owner in owners.values()) for id, owners in people.items()
        }
        refused = await batch.notify(self.subject, self.body, users)
        return Departures.sorted_by(batch.members, refused)
