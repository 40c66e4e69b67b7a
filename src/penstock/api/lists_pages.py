"""Pages of members, in both of their orders: each place between two pages can be named."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import Request

from penstock.api.call import Call
from penstock.api.lists_shapes import MemberPageQuery
from penstock.kernel.db import Connection
from penstock.kernel.errors import Invalid
from penstock.lists import members
from penstock.lists.members import Member, Place
from penstock.lists.model import List
from penstock.records.values import instant_text

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST: Final = 18
"""Digits of a number in the name of a place."""


class PlaceInvalid(Invalid):
    """ "{name}" is not where a page ended: "{given}\""""


@dataclass(frozen=True)
class Order:
    """One order of members: how to read a page, and how its end is written and read."""

    page: Callable[[Connection, List, Place, int], Awaitable[Sequence[Member]]]
    write: Callable[[Member], str]
    read: Callable[[Sequence[int]], Place]
    numbers: int
    """How many numbers name a place."""

    def place(self, name: str, given: str) -> Place:
        """Raises PlaceInvalid."""
        words = given.split("-")
        numbers = [int(word) for word in words if word.isdecimal() and len(word) <= _LONGEST]
        if len(numbers) != len(words) or len(words) != self.numbers:
            raise PlaceInvalid(name=name, given=given)
        try:
            return self.read(numbers)
        except OverflowError:
            raise PlaceInvalid(name=name, given=given) from None


BY_ID: Final = Order(
    page=members.page,
    write=lambda member: str(member.record_id),
    read=lambda numbers: Place(numbers[0]),
    numbers=1,
)

BY_JOINING: Final = Order(
    page=members.page_by_joining,
    write=lambda member: f"{_microseconds(member.joined_at)}-{member.record_id}",
    read=lambda numbers: Place(numbers[1], _EPOCH + timedelta(microseconds=numbers[0])),
    numbers=2,
)


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


async def page(call: Call, of: List, order: Order, query: MemberPageQuery) -> dict[str, Any]:
    """A page of members with links to the pages around it. Raises PlaceInvalid."""
    place = members.START
    if query.after:
        place = order.place("after", query.after)
    elif query.before:
        start = order.place("before", query.before)
        place = Place(start.id, start.at, backwards=True)
    # One more than is shown tells whether there are more.
    fetched = await order.page(call.conn, of, place, query.limit + 1)
    shown = fetched[: query.limit]
    more = len(fetched) > len(shown)
    links: dict[str, Any] = {}
    if more:
        name, word = ("prev", "before") if place.backwards else ("next", "after")
        links[name] = _link(call.request, word, order.write(shown[-1]))
    if shown and query.after:
        links["prev"] = _link(call.request, "before", order.write(shown[0]))
    sizes = await members.sizes(call.conn, [of])
    return {
        "results": [
            {
                "recordId": str(member.record_id),
                "membershipTimestamp": instant_text(member.joined_at),
            }
            for member in shown
        ],
        "total": sizes[of.id].size,
        **({"paging": links} if links else {}),
    }


def _link(request: Request, name: str, place: str) -> dict[str, str]:
    kept = [
        (key, value)
        for key, value in request.query_params.multi_items()
        if key not in {"after", "before"}
    ]
    url = request.url
    query = urlencode([*kept, (name, place)])
    return {name: place, "link": f"{url.scheme}://{url.netloc}{url.path}?{query}"}
