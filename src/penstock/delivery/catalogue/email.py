"""Mail: kept in the outbox, or handed to a mail server when one is set."""

from datetime import timedelta

from penstock.delivery.base import Carrier, Delivery, Effect, Keeper, Limit, Schedule
from penstock.delivery.mail import Letter, prepare, sender
from penstock.delivery.outbox import Outbox
from penstock.delivery.smtp import MailServer
from penstock.kernel.settings import Settings


def _carrier(settings: Settings) -> Carrier[Letter] | Keeper[Letter]:
    sender(settings)
    return Outbox() if settings.smtp_url is None else MailServer.of(settings)


def _limit(effect: Effect, settings: Settings) -> Limit | None:
    if settings.smtp_url is None or not settings.mails_per_second:
        return None
    return Limit(f"mail/{MailServer.of(settings).host}", settings.mails_per_second)


MAIL = Delivery(
    kind="mail",
    repeatable=False,
    prepare=prepare,
    carrier=_carrier,
    # RFC 5321 section 4.5.4.1 asks for four or five days.
    schedule=Schedule(longest=timedelta(hours=1), lasting=timedelta(days=4)),
    limit=_limit,
    per_line=5,
)
