"""One filling-in of a template: the values, the slots they land in, and how much it may handle."""

import re
from collections.abc import Mapping
from html import escape
from typing import Final

MOST_CHARACTERS: Final = 2_000_000
"""Characters that the filters and the output of one template may handle together."""

OPEN, CLOSE = "\ufdd0", "\ufdd1"
"""Around the number of a slot: no characters of Unicode, and refused in a source."""

SLOT: Final = re.compile(f"{OPEN}([0-9]+){CLOSE}")


class BudgetSpent(ValueError):
    """A template handles more text than an e-mail may."""


class Sheet(dict[str, str]):
    """The values by path; what has none is empty text. The skeleton holds slots in their places.

    Values do not go through the page itself: what the page looks like depends on the conditions
    alone, and is worked out once for all who meet the same ones.
    """

    def __init__(self, values: Mapping[str, str | None]) -> None:
        super().__init__((path, value) for path, value in values.items() if value)
        self.skeleton = ""
        self.slots: list[str] = []
        self._left = MOST_CHARACTERS

    def __missing__(self, path: str) -> str:
        return ""

    def spend(self, characters: int) -> None:
        self._left -= characters
        if self._left < 0:
            raise BudgetSpent

    def place(self, value: str) -> str:
        """Keep a value for its slot, and return the slot."""
        self.spend(len(value))
        self.slots.append(value)
        return f"{OPEN}{len(self.slots) - 1}{CLOSE}"

    def text(self, *, markup: bool = False) -> str:
        """The skeleton with the values in their places, as they are or, in `markup`, escaped."""
        slots = [escape(slot) for slot in self.slots] if markup else self.slots
        return SLOT.sub(lambda slot: slots[int(slot[1])], self.skeleton)
