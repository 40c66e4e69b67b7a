"""Texts kept as JSON, to be told later in the language of whoever asks."""

from typing import Any, Final

from penstock.kernel.texts import Text

_LONGEST: Final = 200


def storable(text: str) -> str:
    """A text from outside without what the database cannot hold."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def shortened(text: str) -> str:
    """A value as a report shows it: whole if it is short."""
    safe = storable(text)
    return safe if len(safe) <= _LONGEST else f"{safe[: _LONGEST - 1]}…"


def as_json(text: Text) -> dict[str, Any]:
    return {
        "pattern": text.pattern,
        "arguments": {name: _argument(value) for name, value in text.arguments.items()},
    }


def _argument(value: Any) -> Any:
    if isinstance(value, Text):
        return as_json(value)
    return value if isinstance(value, int) else shortened(str(value))


def from_json(stored: dict[str, Any]) -> Text:
    arguments = {
        name: from_json(value) if isinstance(value, dict) else value
        for name, value in stored["arguments"].items()
    }
    return Text(stored["pattern"], **arguments)
