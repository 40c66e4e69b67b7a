"""The branch whose content may not be seen."""

from collections.abc import Iterator
from typing import Any

from pydantic import ConfigDict, model_validator
from pydantic.alias_generators import to_camel

from penstock.filters.nodes import Branch, in_order
from penstock.filters.subject import Scope
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text


class Restricted(Branch):
    """What whoever wrote it may not show: it is kept as it came, and lets nobody through."""

    model_config = ConfigDict(alias_generator=to_camel, extra="allow", frozen=True)

    type_id = "RESTRICTED"

    @model_validator(mode="before")
    @classmethod
    def _in_order(cls, raw: Any) -> Any:
        return in_order(raw)

    def problems(self, scope: Scope) -> Iterator[Problem]:
        text = Text("the content of this branch cannot be seen, so it cannot be asked")
        yield Problem(text, self.where, "RESTRICTED")

    def sentence(self, scope: Scope) -> Text:
        return Text("something that cannot be seen")
