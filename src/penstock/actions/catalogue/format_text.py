"""Format data."""

from collections.abc import Collection
from typing import Final

from penstock.actions.base import ONWARD, Action, Batch, Departures, Place
from penstock.kernel.errors import Problem
from penstock.kernel.forms import field
from penstock.kernel.texts import Text

FORMATTED: Final = "formatted_value"


class FormatText(
    Action,
    type_id="0-33",
    label="Format data",
    summary="Format {template}",
    icon="text-size",
    category="Data",
):
    """Make a text of values and filters (upper, lower, title, trim, replace and others), for later
    steps: its output formatted_value.
    """

    template: str = field("Text", widget="template")
    locale: str | None = field("Language", widget="locale", default=None)

    async def run(self, batch: Batch) -> Departures:
        texts = await batch.render(self.template)
        departures = Departures()
        for member in batch.members:
            departures.outputs[member.enrollment_id] = {FORMATTED: texts[member.record_id]}
            departures.leave(ONWARD, [member])
        return departures

    def puts_out(self) -> Collection[str]:
        return (FORMATTED,)

    def problems(self, place: Place) -> list[Problem]:
        if self.locale is None or self.locale.lower().startswith("en"):
            return []
        text = Text("texts are formatted in English alone")
        return [Problem(text, f"{place.where}.locale", "SETTING_UNSUPPORTED")]

    def sentence(self) -> Text:
        return Text("Format data")
