"""The shapes of lists, their members and their folders on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from penstock.api.models import Wire
from penstock.lists.model import Kind

MOST_MEMBERS = 100_000
"""Records that may be added or removed at once."""

LONGEST_PAGE = 250
LONGEST_SEARCH = 500

Id = Annotated[str, Field(coerce_numbers_to_str=True)]
RecordIds = Annotated[list[Id], Field(max_length=MOST_MEMBERS)]

Number = Annotated[int, Field(ge=0, le=2**63 - 1)]


class ListInput(Wire):
    name: str
    object_type_id: str
    processing_type: Kind
    list_folder_id: Number | None = None
    filter_branch: dict[str, Any] | None = None


class FilterInput(Wire):
    filter_branch: dict[str, Any]


class SearchInput(Wire):
    """Which lists to look for; what is left out or empty does not narrow the search.

    `sort` is hs_list_id, hs_list_name, hs_createdate or hs_lastmodifieddate, with a minus before it
    the other way round.
    """

    query: str | None = None
    count: int = Field(20, ge=1, le=LONGEST_SEARCH)
    offset: int = Field(0, ge=0, le=2**31 - 1)
    list_ids: list[Id] | None = None
    processing_types: list[Kind] | None = None
    additional_properties: list[str] | None = None
    sort: str | None = None


class ListHead(Wire):
    list_id: str
    list_version: int
    name: str
    object_type_id: str
    processing_type: Kind
    processing_status: Literal["COMPLETE", "PROCESSING"]
    created_at: datetime
    updated_at: datetime
    filters_updated_at: datetime | None = None
    created_by_id: str
    updated_by_id: str


class ListShape(ListHead):
    size: int
    filter_branch: dict[str, Any] | None = None


class ListFound(ListHead):
    additional_properties: dict[str, str]


class ManyLists(Wire):
    lists: list[ListShape]


class OneList(Wire):
    list_: ListShape = Field(alias="list")


class UpdatedList(Wire):
    updated_list: ListShape


class ListsFound(Wire):
    lists: list[ListFound]
    total: int
    offset: int
    has_more: bool


class MembershipChange(Wire):
    record_ids_to_add: RecordIds
    record_ids_to_remove: RecordIds


class MembershipsChanged(Wire):
    """What became of the records; the first key is spelled as HubSpot spells it."""

    records_ids_added: list[str]
    record_ids_removed: list[str]
    record_ids_missing: list[str]


class MemberPageQuery(Wire):
    """Which members to list; `after` and `before` are where a page ended or began."""

    after: str | None = None
    before: str | None = None
    limit: int = Field(100, ge=1, le=LONGEST_PAGE)


class MemberShape(Wire):
    record_id: str
    membership_timestamp: datetime


class After(Wire):
    after: str
    link: str


class Before(Wire):
    before: str
    link: str


class MemberPaging(Wire):
    next: After | None = None
    prev: Before | None = None


class MemberPage(Wire):
    results: list[MemberShape]
    paging: MemberPaging | None = None
    total: int


class RecordMembership(Wire):
    list_id: str
    list_version: int
    first_added_timestamp: datetime
    last_added_timestamp: datetime


class RecordMemberships(Wire):
    results: list[RecordMembership]
    total: int


class Mapped(Wire):
    list_id: str
    legacy_list_id: str


class MappedBatch(Wire):
    legacy_list_ids_to_ids_mapping: list[Mapped]
    missing_legacy_list_ids: list[str]


class ListUse(Wire):
    """A list or workflow that names a list."""

    kind: Literal["list", "workflow"]
    id: str
    name: str
    active: bool


class ListUses(Wire):
    results: list[ListUse]


class FolderInput(Wire):
    name: str
    parent_folder_id: Id | None = None


class ListMove(Wire):
    list_id: Id
    new_folder_id: Id


class FolderShape(Wire):
    """A folder; what lies in none lies in the folder 0."""

    id: int
    parent_folder_id: int
    name: str
    child_nodes: list["FolderShape"]
    child_lists: list[int]
    created_at: datetime | None = None
    updated_at: datetime | None = None


class OneFolder(Wire):
    folder: FolderShape
