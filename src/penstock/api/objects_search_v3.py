"""The search over records: `/crm/v3/objects/{type}/search`."""

from typing import Annotated, Any, Literal

from pydantic import Field

from penstock.api import objects_wire
from penstock.api.call import ThisCall
from penstock.api.models import DocumentedAs, Wire
from penstock.api.objects_shapes import RecordsFound
from penstock.api.routing import Router
from penstock.filters.search import parse, search

router = Router("objects_search", "Records")


class Filter(Wire):
    """A condition on a property, or on `associations.{type}` with record ids as values."""

    property_name: str
    operator: Literal[
        "EQ",
        "NEQ",
        "LT",
        "LTE",
        "GT",
        "GTE",
        "BETWEEN",
        "IN",
        "NOT_IN",
        "HAS_PROPERTY",
        "NOT_HAS_PROPERTY",
        "CONTAINS_TOKEN",
        "NOT_CONTAINS_TOKEN",
    ]
    value: str | None = None
    high_value: str | None = None
    values: list[str] | None = None


class FilterGroup(Wire):
    filters: list[Filter]


class Sort(Wire):
    property_name: str
    direction: Literal["ASCENDING", "DESCENDING"] = "ASCENDING"


class Search(Wire):
    """Groups are alternatives; what matches a group meets all of its filters."""

    filter_groups: list[FilterGroup] = Field([])
    filters: list[Filter] = Field([])
    query: str = ""
    sorts: list[str | Sort] = Field([])
    properties: list[str] = Field([])
    limit: int = Field(10, ge=0, le=200)
    after: int | str = "0"


@router.post("/crm/v3/objects/{object_type}/search", model=RecordsFound, mutates=False)
async def do_search(
    call: ThisCall, object_type: str, body: Annotated[dict[str, Any], DocumentedAs(Search)]
) -> dict[str, Any]:
    """The records that meet filters and words; exact, and never behind what was written."""
    type = call.objects(object_type, "read")
    request = parse(body, call.schema, type, call.settings.search_limits)
    found = await search(call.conn, call.schema, type, request, call.now)
    results = await objects_wire.shapes(call, type, found.records, properties=request.properties)
    paging = {} if found.after is None else {"paging": {"next": {"after": found.after}}}
    return {"total": found.total, "results": results, **paging}
