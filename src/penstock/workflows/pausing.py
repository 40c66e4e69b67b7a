"""The end of a pause: what becomes of those whose time came meanwhile (semantics decision 7)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args

from psycopg.types.json import Jsonb

from penstock.kernel.db import Connection
from penstock.kernel.queries import load

_queries = load("penstock.workflows")

Policy = Literal["RUN_NOW", "SKIP", "SHIFT"]
POLICIES: tuple[Policy, ...] = get_args(Policy)


@dataclass(frozen=True)
class Resumption:
    """By policy: those whose time came during the pause go on now, or they go on now and do nothing
    until they wait again; or all times are later by the length of the pause.

    `rate` is how many go on in a minute, None: all at once. `steps` has policies of single steps,
    by id: the step that an enrollment stands at, or the one that it is about to come to. With
    `enrolls` those who came to match during the pause enrol too.
    """

    policy: Policy = "RUN_NOW"
    rate: int | None = None
    steps: Mapping[str, Policy] = field(default_factory=dict)
    enrolls: bool = False

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> "Resumption":
        """From its stored form."""
        return cls(raw["policy"], raw["rate"], raw["steps"], raw["enrolls"])

    @property
    def raw(self) -> dict[str, Any]:
        """Its stored form."""
        return {
            "policy": self.policy,
            "rate": self.rate,
            "steps": dict(self.steps),
            "enrolls": self.enrolls,
        }


async def release(
    conn: Connection, id: int, paused_at: datetime, resumption: Resumption, now: datetime
) -> None:
    """Have every bucket let go of those who were frozen."""
    await _queries.run(
        conn, "resume", id=id, paused_at=paused_at, choice=Jsonb(resumption.raw), now=now
    )
