"""Whether the service and its database are there."""

from typing import Literal

from penstock.api.call import ThisCall
from penstock.api.models import Wire
from penstock.api.routing import Router

router = Router("health", "Service")


class Health(Wire):
    status: Literal["ok"]


@router.get("/health", model=Health, key=False)
async def check(call: ThisCall) -> dict[str, str]:
    """Whether the service works; the database has been asked."""
    return {"status": "ok"}
