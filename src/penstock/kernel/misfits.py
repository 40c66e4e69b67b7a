"""How people read what pydantic refuses: what is expected of a value, in their language."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from penstock.kernel.texts import Text


def expectation(error: Mapping[str, Any]) -> Text | None:
    """What is expected where a value is wrong; None for what there are no words for."""
    kind = error["type"]
    if kind in _SAID:
        return _SAID[kind]({"field": error["loc"][-1:], **error.get("ctx", {})})
    form = next((form for form in _EXPECTED if kind.startswith(f"{form}_")), None)
    return _EXPECTED[form] if form and kind.endswith(_WRONG_FORM) else None


def in_words(error: Mapping[str, Any]) -> Text:
    """What is expected, or what pydantic says where there are no words for it."""
    return expectation(error) or Text("{reason}", reason=error["msg"])


def _listed(choices: str) -> str:
    """Without quotes and words, so that it reads in every language."""
    return choices.replace("' or '", ", ").replace("'", "")


_WRONG_FORM: Final = ("_type", "_parsing", "_parsing_size", "_from_float", "_aware")

_EXPECTED: Final = {
    "int": Text("a whole number is expected"),
    "float": Text("a number is expected"),
    "decimal": Text("a number is expected"),
    "bool": Text("true or false is expected"),
    "string": Text("a text is expected"),
    "list": Text("a list is expected"),
    "tuple": Text("a list is expected"),
    "model": Text("an object is expected"),
    "dict": Text("an object is expected"),
    "datetime": Text("a moment is expected, such as 2026-01-31T09:00:00Z"),
    "timezone": Text("a moment is expected, such as 2026-01-31T09:00:00Z"),
}

_SAID: Final[Mapping[str, Callable[[Mapping[str, Any]], Text]]] = {
    "missing": lambda of: Text("{field} is required", field=of["field"][0]),
    "union_tag_not_found": lambda of: Text(
        "{field} is required", field=of["discriminator"].strip("'")
    ),
    "union_tag_invalid": lambda of: Text(
        'there is no "{given}" here; there are: {known}',
        given=of["tag"],
        known=_listed(of["expected_tags"]),
    ),
    "literal_error": lambda of: Text("it must be one of: {known}", known=_listed(of["expected"])),
    "enum": lambda of: Text("it must be one of: {known}", known=_listed(of["expected"])),
    "too_short": lambda _: Text("at least one value is needed"),
    "string_too_long": lambda of: Text(
        "it is longer than {limit} characters", limit=of["max_length"]
    ),
    "greater_than_equal": lambda of: Text("it must be at least {limit}", limit=of["ge"]),
    "less_than_equal": lambda of: Text("it must be at most {limit}", limit=of["le"]),
    "finite_number": lambda _: _EXPECTED["float"],
    "value_error": lambda of: Text("{reason}", reason=of["error"]),
}
