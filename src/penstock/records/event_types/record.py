"""What happens to a record of any type by being written: read off its history, never sent."""

from functools import partial

from penstock.records.defaults import text
from penstock.records.model import EventType

_record = partial(EventType, object_type=None)

PROPERTY_CHANGED = _record(
    "4-655002",
    "e_property_value_changed",
    "Property value changed",
    properties=(text("hs_name", "Property"), text("hs_value", "New value")),
)
RECORD_CREATED = _record("4-1463224", "e_record_created", "Record created")
