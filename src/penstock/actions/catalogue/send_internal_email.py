"""Send internal e-mail."""

from penstock.actions.base import Batch, Departures
from penstock.actions.colleagues import ToColleagues
from penstock.kernel.forms import field


class SendInternalEmail(
    ToColleagues,
    type_id="0-8",
    label="Send internal e-mail",
    summary='Send internal e-mail "{subject}"',
    icon="mail-forward",
    category="Communication",
):
    """Send people of the team a plain e-mail about every enrolled record."""

    subject: str = field("Subject", widget="template")
    body: str = field("Text", widget="rich_text")

    async def run(self, batch: Batch) -> Departures:
        people = await self.people(batch)
        recipients = {
            id: sorted(owner.email for owner in owners.values()) for id, owners in people.items()
        }
        refused = await batch.inform(self.subject, self.body, recipients)
        return Departures.sorted_by(batch.members, refused)
