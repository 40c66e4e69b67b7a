"""Scopes: what a key may do, under HubSpot's names, and `all`."""

import re
from collections.abc import Collection, Iterable
from typing import Final, Literal

from penstock.accounts.errors import ScopeUnknown

Verb = Literal["read", "write"]

ALL: Final = "all"

FIXED: Final = frozenset(
    {
        ALL,
        "account-info.security.read",
        "analytics.behavioral_events.send",
        "automation",
        "automation.sequences.enrollments.write",
        "automation.sequences.read",
        "behavioral_events.event_definitions.read_write",
        "business-intelligence",
        "communication_preferences.read",
        "communication_preferences.read_write",
        "communication_preferences.write",
        "content",
        "crm.export",
        "crm.import",
        "crm.lists.read",
        "crm.lists.write",
        "crm.objects.owners.read",
        "forms",
        "forms-uploaded-files",
        "marketing-email",
        "marketing.campaigns.read",
        "marketing.campaigns.write",
        "oauth",
        "settings.users.read",
        "settings.users.teams.read",
        "settings.users.write",
        "timeline",
        "transactional-email",
    }
)

_OF_TYPES: Final = re.compile(r"crm\.(objects|schemas)\.[a-z0-9_]+\.(read|write)")


def objects(noun: str, verb: Verb) -> str:
    """The scope of records; `noun` is a built-in type's plural, or "custom"."""
    return f"crm.objects.{noun}.{verb}"


def schemas(noun: str, verb: Verb) -> str:
    """The scope of definitions; `noun` is a built-in type's plural, or "custom"."""
    return f"crm.schemas.{noun}.{verb}"


def covers(granted: Collection[str], scope: str) -> bool:
    return scope in granted or ALL in granted


def check(wanted: Iterable[str]) -> list[str]:
    """The scopes, sorted and each once. Raises ScopeUnknown."""
    scopes = sorted(set(wanted))
    for scope in scopes:
        if scope not in FIXED and not _OF_TYPES.fullmatch(scope):
            raise ScopeUnknown(scope=scope, known=", ".join(sorted(FIXED)))
    return scopes
