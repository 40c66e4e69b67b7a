"""Delete record."""

from penstock.actions.base import Action, Batch, Departures, Place
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text


class DeleteRecord(
    Action,
    type_id="0-18224765",
    label="Delete record",
    summary="Delete the record",
    icon="trash",
    category="CRM",
):
    """Archive every enrolled record, which ends all its passages through workflows. No step can
    follow.
    """

    async def run(self, batch: Batch) -> Departures:
        await batch.archive()
        return Departures().end("unenrolled", "record_deleted", batch.members)

    def problems(self, place: Place) -> list[Problem]:
        if place.last:
            return []
        text = Text("nothing can follow once the record is deleted")
        return [Problem(text, place.where, "NOT_LAST")]
