"""Who writes, why and when: the circumstances that every write hands on to history and engine."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from typing import Any


class Lane(IntEnum):
    """Which queue the engine takes a change from: fresh ones never wait behind a backfill."""

    FRESH = 0
    BACKFILL = 1


@dataclass(frozen=True)
class Source:
    """Where a write comes from, in HubSpot's words: API, IMPORT, AUTOMATION_PLATFORM, CRM_UI, …"""

    kind: str
    id: str = ""

    def __str__(self) -> str:
        return f"{self.kind}/{self.id}" if self.id else self.kind

    @classmethod
    def read(cls, text: str) -> "Source":
        kind, _, id = text.partition("/")
        return cls(kind, id)


@dataclass(frozen=True)
class Write:
    """The circumstances of a write. `depth` counts the steps of workflows that led to it.

    `bucket` is the only one that may be written, as in a turn; None: the ids say where.
    """

    source: Source
    now: datetime
    lane: Lane = Lane.FRESH
    depth: int = 0
    bucket: int | None = None

    @property
    def bound(self) -> dict[str, Any]:
        """As parameters of a statement."""
        return {
            "source": str(self.source),
            "now": self.now,
            "lane": int(self.lane),
            "depth": self.depth,
            "bucket": self.bucket,
        }

    def backfill(self) -> "Write":
        return replace(self, lane=Lane.BACKFILL)
