"""What explains a verdict, as the wire writes it and as people read it."""

from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from penstock.filters.judgement import Role, Shown
from penstock.kernel.texts import Text
from penstock.records.model import Property
from penstock.records.values import TYPES, Json, format, instant_text


class Fact(NamedTuple):
    """Something that explains a verdict, as on the wire; `label` is how people call it.

    Moments are told in the account's zone.
    """

    role: Role
    value: str | int | bool | None
    label: Text | None = None

    @property
    def sentence(self) -> Text:
        """It in words."""
        pattern = _PATTERNS[self.role]
        if self.role == "value" and self.value is None:
            pattern = "there is no value"
        elif self.role == "changed" and self.value is None:
            pattern = "it has never changed"
        elif self.role == "member" and not self.value:
            pattern = "not a member"
        return Text(pattern, value=self.label or self.value)


_PATTERNS: Final[dict[Role, str]] = {
    "value": "the value is {value}",
    "changed": "it last changed {value}",
    "compared": "it is compared with {value}",
    "lower": "from {value}",
    "upper": "until {value}",
    "all": "there are {value}",
    "matching": "{value} of them count",
    "member": "a member",
    "since": "since {value}",
}


def fact(shown: Shown, value: Json, zone: ZoneInfo) -> Fact:
    """What SQL gave, told in an account's zone."""
    if shown.property is not None:
        return _valued(shown.role, shown.property, value, zone)
    if isinstance(value, Decimal):
        value = int(value)
    if isinstance(value, str):
        return _moment(shown.role, value, zone)
    return Fact(shown.role, value)


def _valued(role: Role, property: Property, value: Json, zone: ZoneInfo) -> Fact:
    """A value of a property as the wire writes it, with its labels."""
    if value is None:
        return Fact(role, None)
    if TYPES[property.type].storage == "instant":
        instant = datetime.fromisoformat(value)
        return _moment(role, value, zone)._replace(value=instant_text(instant))
    if property.column is not None:
        return Fact(role, str(value))
    written = format(property, value) or ""
    if property.type == "bool":
        return Fact(role, written, Text("yes") if value else Text("no"))
    labels = {option.value: option.label for option in property.options}
    chosen = value if property.multiple else [written]
    if any(each in labels for each in chosen):
        said = ", ".join(labels.get(each, each) for each in chosen)
        return Fact(role, written, Text("{value}", value=said))
    return Fact(role, written)


def _moment(role: Role, value: str, zone: ZoneInfo) -> Fact:
    """An instant in the account's zone, or a day, which lies in none."""
    if len(value) == len("2026-03-02"):
        return Fact(role, value)
    there = datetime.fromisoformat(value).astimezone(zone)
    said = Text("{value}", value=f"{there:%Y-%m-%d %H:%M:%S}".removesuffix(":00"))
    return Fact(role, there.isoformat(timespec="milliseconds"), said)
