"""Tokens: words between double braces for what is known at a step, in texts and value sources."""

import re
from typing import Final, NamedTuple, Self

ENROLLED: Final = "enrolled_object"
FETCHED: Final = "fetched_objects"
OUTPUTS: Final = "action_outputs"
EVENT: Final = "enrollment_event"

_OUTPUT: Final = "action_output_"
_WRITTEN: Final = re.compile(r"\s*\{\{\s*([A-Za-z_][\w.-]*)\s*\}\}\s*")


class Token(NamedTuple):
    """What one token means: something in `key`, of what `root` and `of` say.

    The root is one of the words above, or the name of an object type. `of` is the name of a data
    source or the id of a step. Without a key the record itself is meant.
    """

    root: str
    of: str = ""
    key: str = ""

    @classmethod
    def of_path(cls, path: str) -> Self:
        """The token of a dotted path: `enrolled_object.city`, `fetched_objects.boss.email`."""
        root, _, rest = path.partition(".")
        if root not in (FETCHED, OUTPUTS):
            return cls(root, "", rest)
        of, _, key = rest.partition(".")
        return cls(root, of.removeprefix(_OUTPUT) if root == OUTPUTS else of, key)

    @property
    def path(self) -> str:
        of = f"{_OUTPUT}{self.of}" if self.root == OUTPUTS else self.of
        return ".".join(part for part in (self.root, of, self.key) if part)


def sole(text: str) -> Token | None:
    """The token that is all of a text, braces included; None for any other text."""
    written = _WRITTEN.fullmatch(text)
    return None if written is None else Token.of_path(written[1])


def own(property: str) -> Token:
    """A property of the enrolled record."""
    return Token(ENROLLED, "", property)
