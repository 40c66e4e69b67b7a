"""Create note."""

from typing import Final

from penstock.actions.base import Action, Batch, Departures, Place
from penstock.kernel.errors import Problem
from penstock.kernel.forms import field
from penstock.kernel.texts import Text
from penstock.records.values import instant_text

_NOTE: Final = "0-46"


class CreateNote(
    Action,
    type_id="0-169425243",
    label="Create note",
    summary="Create a note",
    icon="note",
    category="CRM",
):
    """Create a note for every enrolled record, associated with it. The output hs_object_id is the
    note's id.
    """

    makes = _NOTE

    note_body: str = field("Note", widget="rich_text")
    pin_note: bool = field("Pin it", widget="toggle", default=False)

    async def run(self, batch: Batch) -> Departures:
        bodies = await batch.render(self.note_body, markup=True)
        now = instant_text(batch.now)
        notes = {
            member.record_id: {"hs_note_body": bodies[member.record_id], "hs_timestamp": now}
            for member in batch.members
        }
        return (await batch.create(_NOTE, notes)).depart(batch.members)

    def problems(self, place: Place) -> list[Problem]:
        if self.pin_note:
            text = Text("notes cannot be pinned")
            return [Problem(text, f"{place.where}.pin_note", "SETTING_UNSUPPORTED")]
        return []
