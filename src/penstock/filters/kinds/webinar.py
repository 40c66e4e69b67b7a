"""Filters that ask whether somebody registered for a webinar, or attended it."""

from typing import Final, Literal

from penstock.filters.fields import Word
from penstock.filters.sought import Occurred, Sought, Trait, equal
from penstock.filters.subject import Scope
from penstock.kernel.texts import Text

_REGISTERED: Final = "4-68559"
_ATTENDED: Final = "4-2"

_SAID: Final = {
    "HAS_WEBINAR_REGISTRATION": "has registered for {webinar}",
    "NOT_HAS_WEBINAR_REGISTRATION": "has not registered for {webinar}",
    "HAS_WEBINAR_ATTENDANCE": "has attended {webinar}",
    "NOT_HAS_WEBINAR_ATTENDANCE": "has not attended {webinar}",
}


class Webinar(Occurred):
    """Whether the record has registered for a webinar or attended it; without an id, for any."""

    type_id = "WEBINAR"

    webinar_id: Word | None = None
    operator: Literal[
        "HAS_WEBINAR_REGISTRATION",
        "NOT_HAS_WEBINAR_REGISTRATION",
        "HAS_WEBINAR_ATTENDANCE",
        "NOT_HAS_WEBINAR_ATTENDANCE",
    ]

    @property
    def negative(self) -> bool:
        return self.operator.startswith("NOT_")

    def sought(self, scope: Scope) -> Sought:
        type = _REGISTERED if self.operator.endswith("_REGISTRATION") else _ATTENDED
        if self.webinar_id is None:
            return Sought((type,))
        trait = Trait("hs_marketing_event_id", "webinarId", equal(self.webinar_id))
        return Sought((type,), (trait,))

    def said(self, scope: Scope) -> Text:
        webinar = Text("a webinar")
        if self.webinar_id is not None:
            webinar = Text('the webinar "{id}"', id=self.webinar_id)
        return Text(_SAID[self.operator], webinar=webinar)
