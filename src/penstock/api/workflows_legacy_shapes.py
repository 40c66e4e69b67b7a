"""The shapes of workflows on the wire, as they were before v4."""

from typing import Any, Literal

from penstock.api.models import Wire


class ContactCounts(Wire):
    active: int
    enrolled: int


class LegacyShape(Wire):
    """A workflow of contacts in short; moments are milliseconds of the epoch."""

    id: int
    name: str
    type: Literal["DRIP_DELAY", "STATIC_ANCHOR", "PROPERTY_ANCHOR"]
    enabled: bool
    inserted_at: int
    updated_at: int
    contact_counts: ContactCounts
    migration_status: dict[str, Any]


class LegacyDetail(LegacyShape):
    """With its steps in the order in which they come; where branches part is not told here."""

    actions: list[dict[str, Any]]
    suppression_list_ids: list[Any]
    unenrollment_setting: dict[str, Any]
    allow_contact_to_trigger_multiple_times: bool


class LegacyList(Wire):
    workflows: list[LegacyShape]
