"""Whether the service and its database are there, and whether the engine is well."""

from contextlib import aclosing
from typing import Any, Literal

from pydantic import Field

from penstock.api.attending import attended
from penstock.api.call import Call, ThisCall
from penstock.api.models import Wire
from penstock.api.routing import Router
from penstock.engine.health import Load, load_of
from penstock.engine.verify import Finding, verify
from penstock.kernel.clock import Clock
from penstock.records.schema import Schemas
from penstock.records.values import instant_text

router = Router("health", "Service")

MOST = 100
"""Findings that are told."""


class Health(Wire):
    status: Literal["ok"]


class FindingShape(Wire):
    """Something that must hold and does not."""

    code: str
    message: str


class LoadShape(Wire):
    """What the engine has to do now."""

    changes: int = Field(description="Changes of records that are still to be looked at")
    fresh: int = Field(description="Enrollments that are due")
    backfill: int = Field(description="Enrollments of existing records that are due")
    active: int = Field(description="Enrollments that are in a workflow")
    standing: int = Field(description="Filters that are still being judged over all records")
    set_aside: int = Field(description="Changes that ended the process which took them, each time")
    oldest_due_at: str | None = Field(description="Since when the oldest fresh work is due")
    last_turn_at: str | None
    effects: dict[str, int] = Field(
        description="What leaves the building and is not done, by state"
    )


class EngineHealth(Wire):
    status: Literal["ok", "broken"]
    checked_at: str
    findings: list[FindingShape] = Field(description=f"At most {MOST}")
    load: LoadShape


@router.get("/health", model=Health, key=False)
async def check(call: ThisCall) -> dict[str, str]:
    """Whether the service works; the database has been asked."""
    return {"status": "ok"}


@router.get("/api/health/engine", model=EngineHealth)
async def check_engine(call: ThisCall, levels: bool = False) -> dict[str, Any]:
    """What must hold of workflows at every moment, checked on the live system.

    With `levels` every record is judged anew by every filter of a workflow that is on or of a list,
    which takes its time.
    """
    call.require("automation")
    services = call.request.app.state.services
    work = _found(call, services.schemas, services.clock, levels=levels)
    found = await attended(call.request, work)
    return {
        "status": "broken" if found else "ok",
        "checkedAt": instant_text(call.now),
        "findings": [{"code": code, "message": text.render(call.language)} for code, text in found],
        "load": _load(await load_of(call.conn, call.now)),
    }


async def _found(call: Call, schemas: Schemas, clock: Clock, *, levels: bool) -> list[Finding]:
    found: list[Finding] = []
    looking = verify(call.conn, schemas, clock, levels=levels)
    async with call.conn.transaction(), aclosing(looking):
        async for finding in looking:
            found.append(finding)
            if len(found) == MOST:
                break
    return found


def _load(load: Load) -> dict[str, Any]:
    return {
        "changes": load.changes,
        "fresh": load.fresh,
        "backfill": load.backfill,
        "active": load.active,
        "standing": load.standing,
        "setAside": load.set_aside,
        "oldestDueAt": None if load.oldest is None else instant_text(load.oldest),
        "lastTurnAt": None if load.turned is None else instant_text(load.turned),
        "effects": load.effects,
    }
