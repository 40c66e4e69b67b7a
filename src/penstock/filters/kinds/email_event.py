"""Filters that ask what became of a marketing e-mail."""

from typing import Annotated, Any, Final, NamedTuple

from pydantic import AfterValidator, Field

from penstock.filters.fields import Word
from penstock.filters.sought import Occurred, Sought, Trait, equal
from penstock.filters.subject import Scope
from penstock.kernel.texts import Text
from penstock.records.values import BadValue

_SENT = ("4-667638",)
_RECEIVED = ("4-665536",)
_OPENED = ("4-666440",)
_CLICKED = ("4-666288",)
_REPLIED = ("4-665538",)
_BOUNCED = ("4-5470331", "4-666439")
_MARKED_SPAM = ("4-1",)
_UPDATED = ("4-666289",)


class Fate(NamedTuple):
    """What happened to an e-mail, what did not beside, and how that is said."""

    happened: tuple[str, ...]
    label: str
    unless: tuple[str, ...] | None = None


FATES: Final = {
    "SENT": Fate(_SENT, "was sent {email}"),
    "RECEIVED": Fate(_RECEIVED, "has received {email}"),
    "OPENED": Fate(_OPENED, "has opened {email}"),
    "LINK_CLICKED": Fate(_CLICKED, "has clicked {link} in {email}"),
    "REPLIED": Fate(_REPLIED, "has replied to {email}"),
    "BOUNCED": Fate(_BOUNCED, "could not be reached with {email}"),
    "MARKED_SPAM": Fate(_MARKED_SPAM, "has marked {email} as spam"),
    "UNSUBSCRIBED": Fate(_UPDATED, "has unsubscribed through {email}"),
    "SENT_BUT_NOT_RECEIVED": Fate(_SENT, "was sent {email}, but has not received it", _RECEIVED),
    "SENT_BUT_LINK_NOT_CLICKED": Fate(
        _SENT, "was sent {email}, but has not clicked {link} in it", _CLICKED
    ),
    "RECEIVED_BUT_NOT_OPENED": Fate(
        _RECEIVED, "has received {email}, but has not opened it", _OPENED
    ),
    "OPENED_BUT_LINK_NOT_CLICKED": Fate(
        _OPENED, "has opened {email}, but has not clicked {link} in it", _CLICKED
    ),
    "OPENED_BUT_NOT_REPLIED": Fate(
        _OPENED, "has opened {email}, but has not replied to it", _REPLIED
    ),
}
"""By the operators of the wire."""


def _known(word: str) -> str:
    if word not in FATES:
        known = ", ".join(FATES)
        raise BadValue(Text("it must be one of: {known}", known=known), "UNKNOWN_OPERATOR")
    return word


class EmailEvent(Occurred):
    """What became of a marketing e-mail that the record was sent; without an id, of any."""

    type_id = "EMAIL_EVENT"

    email_id: Word | None = None
    app_id: Word | None = None
    level: Word | None = None
    click_url: Word | None = None
    operator: Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": list(FATES)})]

    def sought(self, scope: Scope) -> Sought:
        return self._of(FATES[self.operator].happened)

    def unless(self, scope: Scope) -> Sought | None:
        unless = FATES[self.operator].unless
        return None if unless is None else self._of(unless)

    def _of(self, types: tuple[str, ...]) -> Sought:
        traits: list[Trait] = []
        if self.email_id is not None:
            traits.append(Trait("hs_email_id", "emailId", equal(self.email_id)))
        if self.click_url is not None and types == _CLICKED:
            traits.append(Trait("hs_click_url", "clickUrl", equal(self.click_url)))
        if types == _UPDATED:
            unsubscribed = equal("UNSUBSCRIBED")
            traits.append(Trait("hs_subscription_status", "operator", unsubscribed))
        return Sought(types, tuple(traits))

    def said(self, scope: Scope) -> Text:
        words: dict[str, Any] = {"email": Text("a marketing email"), "link": Text("a link")}
        if self.email_id is not None:
            words["email"] = Text('the email "{id}"', id=self.email_id)
        if self.click_url is not None:
            words["link"] = Text('the link "{url}"', url=self.click_url)
        return Text(FATES[self.operator].label, **words)
