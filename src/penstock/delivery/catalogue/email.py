"""Mail: kept in the outbox, or handed to a mail server when one is set."""

from penstock.delivery.base import Carrier, Delivery, Keeper
from penstock.delivery.mail import Letter, prepare, sender
from penstock.delivery.outbox import Outbox
from penstock.delivery.smtp import MailServer
from penstock.kernel.settings import Settings


def _carrier(settings: Settings) -> Carrier[Letter] | Keeper[Letter]:
    sender(settings)
    return Outbox() if settings.smtp_url is None else MailServer.of(settings)


MAIL = Delivery(kind="mail", repeatable=False, prepare=prepare, carrier=_carrier)
