"""What happens between colleagues and those they deal with: meetings, calls, sequences."""

from functools import partial

from penstock.records.defaults import text
from penstock.records.model import EventType

_meeting = partial(
    EventType,
    properties=(
        text("hs_meeting_id", "Meeting"),
        text("hs_meeting_type", "Meeting type"),
        text("hs_meeting_outcome", "Meeting outcome"),
    ),
)
_call = partial(
    EventType,
    properties=(
        text("hs_call_id", "Call"),
        text("hs_call_direction", "Call direction"),
        text("hs_call_disposition", "Call outcome"),
    ),
)
_sequence = partial(EventType, properties=(text("hs_sequence_id", "Sequence"),))
_playbook = partial(EventType, properties=(text("hs_playbook_id", "Playbook"),))

MEETING_BOOKED = _meeting("4-1720599", "e_meeting_booked", "Meeting booked")
MEETING_OUTCOME_CHANGED = _meeting(
    "4-1724222", "e_meeting_outcome_changed", "Meeting outcome changed"
)
CALL_STARTED = _call("4-1733817", "e_call_started", "Call started")
CALL_ENDED = _call("4-1741072", "e_call_ended", "Call ended")
SEQUENCE_ENROLLED = _sequence("4-675777", "e_sequence_enrolled", "Enrolled in a sequence")
SEQUENCE_FINISHED = _sequence("4-675778", "e_sequence_finished", "Finished a sequence")
SEQUENCE_UNENROLLED = _sequence("4-675776", "e_sequence_unenrolled", "Unenrolled from a sequence")
SEQUENCE_MEETING = _sequence("4-675773", "e_sequence_meeting", "Meeting booked through a sequence")
PLAYBOOK_LOGGED = _playbook("4-1814177", "e_playbook_logged", "Playbook logged")
