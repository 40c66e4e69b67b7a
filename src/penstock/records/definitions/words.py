"""What names, labels and options of definitions may look like."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.model import Option
from penstock.records.values import BadValue, text_of

LONGEST_NAME: Final = 100
LONGEST_LABEL: Final = 255

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_OTHER: Final = re.compile(r"[^a-z0-9_]+")


def name_from(text: str) -> str:
    """The name that a text suggests: "Favourite food (2)" gives "favourite_food_2"."""
    name = _OTHER.sub("_", text.strip().lower()).strip("_")
    return (name if name[:1].isalpha() else f"n_{name}".rstrip("_"))[:LONGEST_NAME]


def check_name(raw: str, problems: list[Problem], where: str = "name") -> str:
    """The name in lower case; adds a problem when it breaks HubSpot's rule for names."""
    name = raw.strip().lower()
    if not _NAME.fullmatch(name):
        text = Text(
            '"{name}" is not a name: it consists of the letters a to z, digits and underscores, '
            'and begins with a letter, such as "{example}"',
            name=name[:LONGEST_NAME],
            example=name_from(name),
        )
        problems.append(Problem(text, where=where, code="INVALID_NAME"))
    elif len(name) > LONGEST_NAME:
        problems.append(_too_long(where, LONGEST_NAME))
    return name


def check_label(
    raw: str, problems: list[Problem], where: str = "label", longest: int = LONGEST_LABEL
) -> str:
    """The label without outer blanks; adds a problem when nothing is left of it."""
    label = check_text(raw, problems, where, longest).strip()
    if not label:
        problems.append(
            Problem(Text('"{where}" must not be empty', where=where), where, "REQUIRED_FIELD")
        )
    return label


def check_text(raw: str, problems: list[Problem], where: str, longest: int | None = None) -> str:
    """The text; adds a problem when it cannot be stored or is too long."""
    try:
        text = text_of(raw)
    except BadValue as bad:
        problems.append(Problem(bad.text, where=where, code=bad.code))
        return ""
    if longest is not None and len(text) > longest:
        problems.append(_too_long(where, longest))
    return text


def _too_long(where: str, limit: int) -> Problem:
    return Problem(Text("it is longer than {limit} characters", limit=limit), where, "TOO_LONG")


def check_options(options: Iterable[Option], problems: list[Problem]) -> tuple[Option, ...]:
    """The options without outer blanks; adds a problem for each that is empty, split or doubled."""
    cleaned = [_option(option, place, problems) for place, option in enumerate(options)]
    for value in doubled([option.value for option in cleaned]):
        text = Text('the value "{value}" occurs more than once', value=value)
        problems.append(Problem(text, where="options", code="DUPLICATE_OPTION_VALUE"))
    return tuple(cleaned)


def _option(option: Option, place: int, problems: list[Problem]) -> Option:
    where = f"options[{place}]"
    cleaned = replace(
        option,
        value=check_label(option.value, problems, f"{where}.value"),
        label=check_label(option.label, problems, f"{where}.label"),
        description=check_text(option.description, problems, f"{where}.description"),
    )
    if ";" in cleaned.value:
        text = Text("a value cannot contain a semicolon, which separates several values")
        problems.append(Problem(text, where=f"{where}.value", code="INVALID_OPTION_VALUE"))
    return cleaned


def doubled(words: Sequence[str]) -> list[str]:
    """The words that occur more than once."""
    return [word for word, count in Counter(words).items() if count > 1]
