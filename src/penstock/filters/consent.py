"""What people said about being written to: a channel as a whole, and the kinds of mail on it."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    SmallInteger,
    and_,
    column,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    table,
)
from sqlalchemy import Text as SqlText

from penstock.filters.dependencies import Dependency
from penstock.filters.judgement import Judgement
from penstock.filters.subject import Scope
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text

Status = Literal["OPT_IN", "OPT_OUT", "NOT_OPTED"]
Channel = Literal["EMAIL", "WHATSAPP", "SMS"]

_SUBSCRIPTIONS: Final = table(
    "subscriptions",
    column("bucket", SmallInteger),
    column("record_id", BigInteger),
    column("channel", SqlText),
    column("subscription_type", BigInteger),
    column("status", SqlText),
)
_OPTED_OUT: Final = "hs_email_optout"
_ALL: Final[ColumnElement[Any]] = literal_column("0")
_NONE: Final[ColumnElement[Any]] = literal_column("0")
_IN: Final[ColumnElement[Any]] = literal_column("'SUBSCRIBED'")
_OUT: Final[ColumnElement[Any]] = literal_column("'UNSUBSCRIBED'")
_YES: Final[ColumnElement[Any]] = literal_column("'true'")


def said_of(
    scope: Scope, channel: Channel, types: Sequence[int], accepted: Sequence[Status]
) -> Judgement:
    """Whether any of the types, or the channel as a whole where there are none, is as accepted.

    Who opted out of a channel, opted out of all its types, whatever was said of those.
    """
    candidates, said, bound = scope.candidates, _SUBSCRIPTIONS, scope.parameters.bound
    wanted = bound([0, *types], ARRAY(BigInteger()))
    one, whole = said.c.subscription_type != _ALL, said.c.subscription_type == _ALL
    fact = scope.know(
        select(
            candidates.c.id,
            func.bool_or(whole & (said.c.status == _OUT)).label("all_out"),
            func.bool_or(whole & (said.c.status == _IN)).label("all_in"),
            func.count().filter(one & (said.c.status == _OUT)).label("out"),
            func.count().filter(one & (said.c.status == _IN)).label("into"),
        )
        .select_from(
            candidates.join(
                said,
                (said.c.bucket == candidates.c.bucket)
                & (said.c.record_id == candidates.c.id)
                & (said.c.channel == bound(channel, SqlText()))
                & (said.c.subscription_type == func.any(wanted)),
            )
        )
        .group_by(candidates.c.id)
    )
    all_out: ColumnElement[bool] = func.coalesce(fact.c.all_out, false())
    all_in: ColumnElement[bool] = func.coalesce(fact.c.all_in, false())
    out, into = func.coalesce(fact.c.out, _NONE), func.coalesce(fact.c.into, _NONE)
    if channel == "EMAIL" and _OPTED_OUT in scope.type.properties:
        refused = scope.value(_OPTED_OUT).text == _YES
        all_out = or_(all_out, func.coalesce(refused, false()))
    many = bound(len(types), BigInteger())
    is_so: dict[Status, ColumnElement[bool]] = {
        "OPT_OUT": or_(all_out, out > _NONE) if types else all_out,
        "OPT_IN": and_(not_(all_out), or_(into > _NONE, and_(all_in, out < many)))
        if types
        else and_(not_(all_out), all_in),
        "NOT_OPTED": and_(not_(all_out), not_(all_in), out + into < many)
        if types
        else and_(not_(all_out), not_(all_in)),
    }
    return Judgement(or_(*(is_so[status] for status in accepted)))


def depends(scope: Scope, channel: Channel) -> Iterator[Dependency]:
    yield Dependency("subscription", "", scope.across)
    if channel == "EMAIL" and _OPTED_OUT in scope.type.properties:
        yield Dependency("property", f"{scope.type.id}/{_OPTED_OUT}", scope.across)


def problems(
    scope: Scope, types: Sequence[int], word: str | None, kinds: Sequence[str], where: str
) -> Iterator[Problem]:
    """What keeps it from being asked; `kinds` are the words for one type and for the whole."""
    if scope.type.id != "0-1":
        text = Text("{found} have no subscriptions", found=scope.type.plural_label)
        yield Problem(text, f"{where}.filterType", "INVALID_OBJECT_TYPE")
    one, whole = kinds
    if word not in (None, one, whole):
        text = Text(
            '"{word}" is not recorded here; there are: {known}', word=word, known=", ".join(kinds)
        )
        yield Problem(text, f"{where}.subscriptionType", "NOT_RECORDED")
    elif word == whole and types:
        text = Text("this is about all mail: name no subscriptions")
        yield Problem(text, f"{where}.subscriptionIds", "CONTRADICTION")
    elif word != whole and not types:
        text = Text("{field} is required", field="subscriptionIds")
        yield Problem(text, f"{where}.subscriptionIds", "REQUIRED")


_LABELS: Final = {
    "OPT_IN": "subscribes to {what}",
    "OPT_OUT": "has unsubscribed from {what}",
    "NOT_OPTED": "has said nothing about {what}",
}
_CHANNELS: Final = {"EMAIL": "email", "WHATSAPP": "WhatsApp messages", "SMS": "text messages"}


def sentence(channel: Channel, types: Sequence[int], accepted: Sequence[Status]) -> Text:
    what = Text(_CHANNELS[channel])
    if types:
        ids = ", ".join(map(str, types))
        what = Text("{channel} of the subscription {ids}", channel=what, ids=ids)
    said = [Text(_LABELS[status], what=what) for status in accepted]
    sentence = said[-1]
    for first in reversed(said[:-1]):
        sentence = Text("{first} or {rest}", first=first, rest=sentence)
    return sentence if len(said) == 1 else Text("({inner})", inner=sentence)
