"""In which time zone a workflow lives: the account's, its own, or that of each record."""

from collections.abc import Mapping
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.schema import TypeSchema
from penstock.triggers.schedule import Setting


class WorkflowZone(Setting):
    """A zone by its IANA name, or the property in which each record holds one."""

    type: Literal["STATIC_TIME_ZONE", "RECORD_PROPERTY"]
    time_zone_id: str | None = None
    property_name: str | None = None

    def problems(self, where: str, type: TypeSchema) -> list[Problem]:
        if self.type == "RECORD_PROPERTY":
            if self.property_name in type.properties:
                return []
            text = Text(
                'there is no property "{name}" of {type}',
                name=self.property_name,
                type=type.plural_label,
            )
            return [Problem(text, f"{where}.propertyName", "PROPERTY_DOESNT_EXIST")]
        if zone_named(self.time_zone_id) is not None:
            return []
        text = Text('there is no time zone "{name}"', name=self.time_zone_id)
        return [Problem(text, f"{where}.timeZoneId", "TIME_ZONE_UNKNOWN")]


def zone_named(name: str | None) -> ZoneInfo | None:
    """A zone by its IANA name, or by the option of the wire that stands for it."""
    known = _names().get(_plain(name or ""))
    return None if known is None else ZoneInfo(known)


@cache
def _names() -> Mapping[str, str]:
    return {_plain(name): name for name in available_timezones()}


def _plain(name: str) -> str:
    # HubSpot's options of hs_timezone spell the signs out: america_slash_new_york.
    signs = {"_slash_": "/", "_hyphen_": "-", "_plus_": "+"}
    name = name.strip().lower()
    for word, sign in signs.items():
        name = name.replace(word, sign)
    return name
