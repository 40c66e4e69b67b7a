"""Send marketing e-mail to given recipients."""

from collections.abc import Mapping

from penstock.actions.base import Action, Batch, Departures, Place
from penstock.emails.checking import is_address
from penstock.kernel.errors import Problem
from penstock.kernel.forms import field
from penstock.kernel.texts import Text


class SendEmailTo(
    Action,
    type_id="0-23",
    label="Send e-mail to given recipients",
    summary="Send e-mail {email_content_id} to given recipients",
    icon="mail-share",
    category="Communication",
):
    """Send a marketing e-mail with the values of every enrolled record to fixed addresses."""

    email_content_id: str = field("E-mail", widget="email")
    recipient_emails: tuple[str, ...] = field("Recipients", widget="addresses")

    async def run(self, batch: Batch) -> Departures:
        addresses = sorted({address.strip().lower() for address in self.recipient_emails})
        recipients = {member.record_id: addresses for member in batch.members}
        refused = await batch.mail_to(self.email_content_id, recipients)
        return Departures.sorted_by(batch.members, refused)

    def mails(self) -> Mapping[str, str]:
        return {"email_content_id": self.email_content_id}

    def problems(self, place: Place) -> list[Problem]:
        problems: list[Problem] = []
        if self.email_content_id not in place.emails:
            text = Text("there is no published e-mail with the id {id}", id=self.email_content_id)
            where = f"{place.where}.email_content_id"
            problems.append(Problem(text, where, "EMAIL_DOESNT_EXIST"))
        where = f"{place.where}.recipient_emails"
        if not self.recipient_emails:
            problems.append(Problem(Text("choose recipients"), where, "REQUIRED"))
        for index, address in enumerate(self.recipient_emails):
            if not is_address(address.strip()):
                text = Text('"{value}" is no e-mail address', value=address)
                problems.append(Problem(text, f"{where}[{index}]", "INVALID_EMAIL"))
        return problems
