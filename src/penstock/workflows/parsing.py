"""Settings become their classes, with a problem per field that is wrong."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text

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
                for part in _place(raw, detail["loc"])
            )
            problems.append(
                Problem(
                    Text("{reason}", reason=detail["msg"]), f"{where}{path}", detail["type"].upper()
                )
            )
        return None


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
