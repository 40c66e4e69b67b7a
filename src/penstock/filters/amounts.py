"""Amounts of time in words."""

from typing import Final

from penstock.kernel.texts import Text

UNITS: Final = {
    "years": ("1 year", "{count} years"),
    "quarters": ("1 quarter", "{count} quarters"),
    "months": ("1 month", "{count} months"),
    "weeks": ("1 week", "{count} weeks"),
    "days": ("1 day", "{count} days"),
    "hours": ("1 hour", "{count} hours"),
    "minutes": ("1 minute", "{count} minutes"),
    "seconds": ("1 second", "{count} seconds"),
    "milliseconds": ("1 millisecond", "{count} milliseconds"),
}


def amount(count: int, unit: str) -> Text:
    """So many of a unit, which is named in the plural."""
    one, many = UNITS[unit]
    return Text(one) if count == 1 else Text(many, count=count)
