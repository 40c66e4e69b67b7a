"""Exact numbers: every digit that was given is kept."""

from decimal import Context, Decimal, InvalidOperation
from typing import Any

from penstock.kernel.texts import Text
from penstock.records.model import Property
from penstock.records.values import BadValue, PropertyType, text_of

_DIGITS = 100
_EXPONENT = 300
_EXACT = Context(prec=_DIGITS)


def _parse(raw: Any, property: Property) -> int | Decimal:
    text = text_of(raw).strip()
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or "_" in text or isinstance(raw, bool):
        raise BadValue(Text('"{value}" is not a number', value=text), "INVALID_NUMBER")
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    if len(digits) > _DIGITS or abs(exponent) > _EXPONENT:
        raise BadValue(Text('the number "{value}" is too long', value=text), "INVALID_NUMBER")
    if number == 0:
        return 0
    if number == number.to_integral_value():
        return int(number)
    return number.normalize(_EXACT)


def _format(value: int | Decimal) -> str:
    return str(value) if isinstance(value, int) else format(value, "f")


NUMBER = PropertyType(
    name="number",
    label="Number",
    field_types=("number", "calculation_equation", "text"),
    parse=_parse,
    format=_format,
    storage="numeric",
)
