"""The filters and tests of mail templates. A filter pays for the text that it takes and gives."""

import re
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote

from jinja2 import pass_context
from jinja2.runtime import Context

from penstock.emails.budget import Sheet


def _default(context: Context, value: Any, other: Any = "", always: bool = True) -> str:
    return str(value) or str(other)


def _upper(context: Context, value: Any) -> str:
    return _paid(context, value).upper()


def _lower(context: Context, value: Any) -> str:
    return _paid(context, value).lower()


def _capitalize(context: Context, value: Any) -> str:
    return _paid(context, value).capitalize()


def _title(context: Context, value: Any) -> str:
    return re.sub(r"\S+", lambda word: word[0].capitalize(), _paid(context, value))


def _trim(context: Context, value: Any) -> str:
    return _paid(context, value).strip()


def _escape(context: Context, value: Any) -> str:
    # Every value is escaped where it lands; to do it here would do it twice.
    return str(value)


def _truncate(
    context: Context, value: Any, length: int = 255, killwords: bool = False, end: str = "..."
) -> str:
    text = _paid(context, value)
    if len(text) <= length:
        return text
    kept = text[: max(0, length - len(end))]
    return (kept if killwords else kept.rsplit(" ", 1)[0]) + end


def _replace(context: Context, value: Any, old: str, new: str) -> str:
    text = _paid(context, value)
    _sheet(context).spend(text.count(old) * len(new))
    return text.replace(old, new)


def _urlencode(context: Context, value: Any) -> str:
    return _paid(context, quote(_paid(context, value), safe=""))


def _length(context: Context, value: Any) -> int:
    return len(str(value))


def _int(context: Context, value: Any, default: int = 0) -> int:
    try:
        return int(_paid(context, value))
    except ValueError:
        return default


def _float(context: Context, value: Any, default: float = 0.0) -> float:
    try:
        return float(_paid(context, value))
    except ValueError:
        return default


def _sheet(context: Context) -> Sheet:
    sheet: Sheet = context["values"]
    return sheet


def _paid(context: Context, value: Any) -> str:
    text = str(value)
    _sheet(context).spend(len(text))
    return text


_FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "capitalize": _capitalize,
    "default": _default,
    "e": _escape,
    "escape": _escape,
    "float": _float,
    "int": _int,
    "length": _length,
    "lower": _lower,
    "replace": _replace,
    "title": _title,
    "trim": _trim,
    "truncate": _truncate,
    "upper": _upper,
    "urlencode": _urlencode,
}

FILTERS: Final = {name: pass_context(function) for name, function in _FUNCTIONS.items()}

TESTS: Final[dict[str, Callable[[Any], bool]]] = {
    "defined": bool,
    "none": lambda value: not value,
    "undefined": lambda value: not value,
}
"""A token that has no value is not defined."""
