"""How mail of every kind travels: into the outbox, or to a mail server when one is set."""

from datetime import timedelta

from penstock.delivery.base import Carrier, Delivery, Effect, Keeper, Limit, Prepare, Schedule
from penstock.delivery.mail import Letter, sender
from penstock.delivery.outbox import Outbox
from penstock.delivery.smtp import MailServer
from penstock.kernel.settings import Settings


def mail(kind: str, prepare: Prepare[Letter]) -> Delivery[Letter]:
    """A kind of mail. Nobody can know of one that was interrupted whether it has left."""
    return Delivery(
        kind=kind,
        repeatable=False,
        prepare=prepare,
        carrier=_carrier,
        # RFC 5321 section 4.5.4.1 asks for four or five days.
        schedule=Schedule(longest=timedelta(hours=1), lasting=timedelta(days=4)),
        limit=_limit,
        per_line=5,
    )


def _carrier(settings: Settings) -> Carrier[Letter] | Keeper[Letter]:
    sender(settings)
    return Outbox() if settings.smtp_url is None else MailServer.of(settings)


def _limit(effect: Effect, settings: Settings) -> Limit | None:
    if settings.smtp_url is None or not settings.mails_per_second:
        return None
    return Limit(f"mail/{MailServer.of(settings).host}", settings.mails_per_second)
