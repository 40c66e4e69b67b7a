"""The kinds of error; every slice subclasses them, and a docstring is the default message.

PenstockError
├── NotFound      what was named does not exist
├── Conflict      it clashes with what exists
├── Invalid       the input is wrong, and says where
├── Forbidden     the caller may not
└── Unavailable   not now; the same call may work later
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from inspect import cleandoc
from typing import Any, ClassVar

from penstock.kernel.texts import Text


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: what, where (a JSON path, column or property name), and its code."""

    text: Text
    where: str | None = None
    code: str | None = None
    context: dict[str, list[str]] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.where}: {self.text}" if self.where else str(self.text)


class PenstockError(Exception):
    """Something went wrong"""

    code: ClassVar[str | None] = None

    def __init__(
        self,
        text: Text | None = None,
        *,
        problems: Sequence[Problem] = (),
        context: dict[str, list[str]] | None = None,
        where: str | None = None,
        **arguments: Any,
    ) -> None:
        self.text = text or Text(cleandoc(type(self).__doc__ or ""), **arguments)
        self.problems = tuple(problems)
        self.context = context or {}
        self.where = where
        super().__init__(str(self.text))

    def problem(self) -> Problem:
        """This error as one entry of a longer list."""
        return Problem(self.text, self.where, self.code, self.context)


class NotFound(PenstockError):
    """It does not exist"""


class Conflict(PenstockError):
    """It clashes with what exists"""


class Invalid(PenstockError):
    """The input is not valid"""


class Forbidden(PenstockError):
    """You may not do this"""


class Unavailable(PenstockError):
    """Not available right now; try again later"""
