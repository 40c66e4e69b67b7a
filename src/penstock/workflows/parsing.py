"""Settings become their classes, with a problem per field that is wrong."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from penstock.filters.model import reason_of
from penstock.kernel.errors import Problem
from penstock.records.values import BadValue

Model = TypeVar("Model", bound=BaseModel)


def parsed(
    entry: type[Model], raw: Mapping[str, Any], where: str, problems: list[Problem]
) -> Model | None:
    """The settings as their class, or None with a problem per field that is wrong."""
    try:
        return entry.model_validate(raw)
    except ValidationError as error:
        for detail in error.errors():
            path = "".join(
                f"[{part}]" if isinstance(part, int) else f".{part}"
                for part in (*_place(raw, detail["loc"]), *_chooser(detail))
            )
            problems.append(misfit(detail, f"{where}{path}"))
        return None


def misfit(detail: ErrorDetails, where: str) -> Problem:
    """What is wrong with the value at a place."""
    cause = detail.get("ctx", {}).get("error")
    if isinstance(cause, BadValue):
        return Problem(cause.text, where, cause.code)
    return Problem(reason_of(detail), where, detail["type"].upper())


def _place(raw: Any, path: Sequence[int | str]) -> Iterator[int | str]:
    """A path as the document has it: pydantic also names the form that it took something for."""
    for index, part in enumerate(path):
        if isinstance(raw, Mapping) and part not in raw and index < len(path) - 1:
            continue
        yield part
        if isinstance(raw, Mapping):
            raw = raw.get(part)
        elif isinstance(raw, Sequence) and isinstance(part, int) and part < len(raw):
            raw = raw[part]


def _chooser(detail: ErrorDetails) -> Iterator[str]:
    """The field by whose value a form is chosen, where none could be."""
    name = detail.get("ctx", {}).get("discriminator")
    if name is not None:
        yield name.strip("'")
