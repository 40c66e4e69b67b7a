"""What the server says to people: an English pattern with arguments, and its translations."""

import json
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "sv")
_LOCALES = Path(__file__).parent.parent / "locales"


class Text:
    """A sentence as (pattern, arguments); the English pattern is the key of its translations.

    Arguments that are texts are rendered in the same language.
    """

    __slots__ = ("arguments", "pattern")

    def __init__(self, pattern: str, /, **arguments: Any) -> None:
        self.pattern = pattern
        self.arguments = arguments

    def render(self, language: str = "en") -> str:
        pattern = unwrapped(patterns(language).get(self.pattern, self.pattern))
        arguments = {
            name: value.render(language) if isinstance(value, Text) else value
            for name, value in self.arguments.items()
        }
        return pattern.format(**arguments) if arguments else pattern

    def __str__(self) -> str:
        return self.render()

    def __repr__(self) -> str:
        return f"Text({self.pattern!r}, {self.arguments!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and (self.pattern, self.arguments) == (
            other.pattern,
            other.arguments,
        )

    def __hash__(self) -> int:
        return hash(self.pattern)


@lru_cache(4096)
def unwrapped(pattern: str) -> str:
    """The pattern without the line breaks that only keep the lines of the source short.

    Kept are those between paragraphs, and those behind a colon or a placeholder, which begin
    something of their own.
    """
    return _WRAP.sub(" ", pattern)


_WRAP = re.compile(r"(?<![\n:}])\n(?!\n)")


@cache
def patterns(language: str) -> dict[str, str]:
    """The translations of one language, by English pattern; empty for English."""
    path = _LOCALES / f"{language}.json"
    if not path.exists():
        return {}
    loaded: dict[str, str] = json.loads(path.read_text("utf-8"))
    return loaded


def preferred(accept_language: str | None) -> str:
    """The language to answer in, from an Accept-Language header; English when none fits."""
    if not accept_language:
        return "en"
    ranked: list[tuple[float, int, str]] = []
    for order, part in enumerate(accept_language.split(",")):
        tag, _, parameters = part.strip().partition(";")
        quality = parameters.strip().removeprefix("q=") or "1"
        try:
            ranked.append((-float(quality), order, tag.split("-")[0].lower()))
        except ValueError:
            continue
    return next((tag for _, _, tag in sorted(ranked) if tag in LANGUAGES), "en")
