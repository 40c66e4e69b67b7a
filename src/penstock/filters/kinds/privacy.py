"""Filters that ask whether somebody agreed to be tracked."""

from collections.abc import Iterator
from typing import Literal

from penstock.filters.fields import Word
from penstock.filters.nodes import Filter
from penstock.filters.subject import Scope
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text


class Privacy(Filter):
    """Kept as it came, and never so: consent to be tracked is not recorded here."""

    type_id = "PRIVACY"

    privacy_name: Word
    operator: Literal["PRIVACY_CONSENT_GRANTED", "PRIVACY_CONSENT_NOT_GRANTED"]

    def problems(self, scope: Scope) -> Iterator[Problem]:
        text = Text("consent to be tracked is not recorded here, so it cannot be asked about")
        yield Problem(text, f"{self.where}.filterType", "NOT_RECORDED")

    def sentence(self, scope: Scope) -> Text:
        pattern = 'has given the consent "{name}"'
        if self.operator == "PRIVACY_CONSENT_NOT_GRANTED":
            pattern = 'has not given the consent "{name}"'
        return Text(pattern, name=self.privacy_name)
