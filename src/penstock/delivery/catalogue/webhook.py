"""Webhooks: requests to a host on the web, which knows a repeat by its Idempotency-Key."""

from datetime import timedelta

from penstock.delivery.base import Carrier, Delivery, Schedule
from penstock.delivery.http import Http
from penstock.delivery.request import Request
from penstock.delivery.targets import Targets
from penstock.delivery.webhook import limit, prepare
from penstock.kernel.settings import Settings


def _carrier(settings: Settings) -> Carrier[Request]:
    return Http(Targets(settings.allowed_targets), settings.webhook_connections)


WEBHOOK = Delivery(
    kind="http",
    repeatable=True,
    prepare=prepare,
    carrier=_carrier,
    schedule=Schedule(longest=timedelta(hours=8), lasting=timedelta(days=3)),
    limit=limit,
)
