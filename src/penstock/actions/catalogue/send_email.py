"""Send marketing e-mail."""

from collections.abc import Mapping

from penstock.actions.base import Action, Batch, Departures, Place
from penstock.actions.naming import Trace
from penstock.kernel.errors import Problem
from penstock.kernel.forms import field
from penstock.kernel.texts import Text


class SendEmail(
    Action,
    type_id="0-4",
    label="Send e-mail",
    summary="Send e-mail {content_id}",
    icon="mail",
    category="Communication",
):
    """Send a marketing e-mail to every enrolled record that has an address."""

    content_id: str = field("E-mail", widget="email")

    async def run(self, batch: Batch) -> Departures:
        refused = await batch.mail(self.content_id)
        return Departures.sorted_by(batch.members, refused)

    def mails(self) -> Mapping[str, str]:
        return {"content_id": self.content_id}

    def trace(self) -> Trace:
        return Trace("0-1", made=False, values={"hs_email_id": self.content_id})

    def problems(self, place: Place) -> list[Problem]:
        if self.content_id in place.emails:
            return []
        text = Text("there is no published e-mail with the id {id}", id=self.content_id)
        return [Problem(text, f"{place.where}.content_id", "EMAIL_DOESNT_EXIST")]
