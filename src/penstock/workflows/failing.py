"""What becomes of those for whom a step fails: our key errorPolicy of an action."""

from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from penstock.kernel.errors import Problem
from penstock.workflows.parsing import parsed

MOST_RETRIES: Final = 100
MOST_MINUTES: Final = 30 * 24 * 60


class ErrorPolicy(BaseModel):
    """What happens when a step fails for a record, before it leaves."""

    model_config = ConfigDict(frozen=True, extra="allow")

    retries: int = Field(
        0, ge=0, le=MOST_RETRIES, description="How often the step is tried again before it fails"
    )
    minutes: int = Field(5, ge=1, le=MOST_MINUTES, description="Minutes between two tries")
    then: Literal["GO_ON", "FAIL"] = Field(
        "GO_ON",
        description="Whether the record goes on, by the exit for errors where there is one, or its"
        " passage fails with the step",
    )

    @property
    def fatal(self) -> bool:
        return self.then == "FAIL"

    @classmethod
    def read(cls, raw: Any) -> "ErrorPolicy":
        """A policy with problems is as if it were not there."""
        return cls._parsed(raw, "", []) or cls()

    @classmethod
    def problems(cls, raw: Any, where: str) -> list[Problem]:
        found: list[Problem] = []
        cls._parsed(raw, where, found)
        return found

    @classmethod
    def _parsed(cls, raw: Any, where: str, found: list[Problem]) -> "ErrorPolicy | None":
        return cls() if raw is None else parsed(cls, raw, where, found)
