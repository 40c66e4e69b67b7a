"""A letter as a message of RFC 5322: text, and html beside it."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from penstock.delivery.mail import Letter, domain

# Seven bits pass through every server.
_POLICY = SMTP.clone(cte_type="7bit")


def address(name: str, of: str) -> Address:
    """A header's address; a domain beyond ASCII is written in its ASCII form."""
    return Address(name, of.rpartition("@")[0], domain(of))


def compose(letter: Letter, now: datetime) -> EmailMessage:
    """The message of a letter. Raises ValueError when an address cannot stand in a header."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = address(letter.from_name, letter.from_address)
    message["To"] = address("", letter.to)
    if letter.reply_to:
        message["Reply-To"] = address("", letter.reply_to)
    message["Subject"] = letter.body.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = letter.message_id
    message.set_content(letter.body.text)
    if letter.body.html:
        message.add_alternative(letter.body.html, subtype="html")
    return message
