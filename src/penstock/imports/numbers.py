"""Numbers as people write them: with a decimal point or comma, groups of three, a currency."""

import re
from collections.abc import Iterable
from typing import Final

from penstock.imports.model import DecimalMark, Delimiter
from penstock.kernel.texts import Text
from penstock.records.values import BadValue

_GROUPED: Final = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?")
_PLAIN: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
_SPACED: Final = re.compile(r"(?<=\d)[\s'’](?=\d{3}(?!\d))")
_CURRENCY: Final = re.compile(r"^([+-]?)[$€£¥₹]\s*|\s*(?:[$€£¥₹]|kr\.?)$", re.IGNORECASE)
_LONGEST: Final = 150
"""Characters; no number is longer, and patterns are not tried on what is."""

_OTHER_MARK: Final = str.maketrans(".,", ",.")


def mark_of(values: Iterable[str], delimiter: Delimiter) -> DecimalMark | None:
    """The decimal mark of a file; None when its numbers contradict each other or tell nothing.

    A file that is divided by commas or tabs and tells nothing else has a decimal point; one that is
    divided by semicolons may have either.
    """
    seen = set()
    for value in values:
        point, comma = _read(value, "."), _read(value, ",")
        if (point is None) != (comma is None):
            seen.add("." if comma is None else ",")
    if seen == {","}:
        return ","
    return "." if seen == {"."} or (not seen and delimiter != ";") else None


def number_text(text: str, mark: DecimalMark | None) -> str:
    """The number with a decimal point and without groups. Raises BadValue."""
    readings = {
        reading for each in ((mark,) if mark else (".", ",")) if (reading := _read(text, each))
    }
    if len(readings) > 1:
        raise BadValue(
            Text('it is not clear which number "{value}" is: choose the decimal mark', value=text),
            "AMBIGUOUS_NUMBER",
        )
    if not readings:
        raise BadValue(_bad(text, mark), "INVALID_NUMBER")
    return readings.pop()


def _bad(text: str, mark: DecimalMark | None) -> Text:
    if mark == ",":
        return Text('"{value}" is not a number with a decimal comma', value=text)
    if mark == ".":
        return Text('"{value}" is not a number with a decimal point', value=text)
    return Text('"{value}" is not a number', value=text)


def _read(text: str, mark: DecimalMark) -> str | None:
    if len(text) > _LONGEST:
        return None
    number = _CURRENCY.sub(r"\1", text.replace("\u2212", "-"))
    number = _SPACED.sub("", number.strip())
    if mark == ",":
        number = number.translate(_OTHER_MARK)
    if _PLAIN.fullmatch(number):
        return number
    return number.replace(",", "") if _GROUPED.fullmatch(number) else None
