"""Lists as the wire has them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

from penstock.api.call import Call
from penstock.kernel.errors import Invalid
from penstock.lists import folders, members
from penstock.lists.folders import Folder
from penstock.lists.members import Size
from penstock.lists.model import List
from penstock.lists.store import Sort
from penstock.records.values import instant_text


class SortInvalid(Invalid):
    """Lists cannot be sorted by "{given}"; possible: {known}"""


_SORTS: Final[Mapping[str, Sort]] = {
    "hs_list_id": "id",
    "hs_list_name": "name",
    "hs_createdate": "created_at",
    "hs_lastmodifieddate": "updated_at",
}


def sort_of(word: str | None) -> tuple[Sort, bool]:
    """What to sort by, and whether the other way round. Raises SortInvalid."""
    name = (word or "hs_list_id").strip().lower()
    sort = _SORTS.get(name.removeprefix("-"))
    if sort is None:
        raise SortInvalid(given=word, known=", ".join(_SORTS))
    return sort, name.startswith("-")


async def shapes(
    call: Call, lists: Sequence[List], *, filters: bool = False
) -> list[dict[str, Any]]:
    """The lists with their sizes, and with their filters if asked for."""
    sizes = await members.sizes(call.conn, lists)
    return [
        {
            **head(each),
            "size": sizes[each.id].size,
            **({"filterBranch": each.document} if filters and each.document is not None else {}),
        }
        for each in lists
    ]


async def shape(call: Call, of: List, *, filters: bool = False) -> dict[str, Any]:
    (shaped,) = await shapes(call, [of], filters=filters)
    return shaped


def head(of: List) -> dict[str, Any]:
    shaped = {
        "listId": str(of.id),
        "listVersion": of.version,
        "name": of.name,
        "objectTypeId": of.object_type,
        "processingType": of.kind,
        "processingStatus": "PROCESSING" if of.processing else "COMPLETE",
        "createdAt": instant_text(of.created_at),
        "updatedAt": instant_text(of.updated_at),
        "createdById": of.created_by,
        "updatedById": of.updated_by,
    }
    if of.document_at is not None:
        shaped["filtersUpdatedAt"] = instant_text(of.document_at)
    return shaped


async def found(call: Call, lists: Sequence[List], wanted: Collection[str]) -> list[dict[str, Any]]:
    """The lists with the additional properties that are wanted and have a value."""
    sizes: Mapping[int, Size] = {}
    if _COUNTED & set(wanted):
        sizes = await members.sizes(call.conn, lists)
    names: Mapping[int, str] = {}
    if "hs_folder_name" in wanted:
        names = await folders.names(call.conn)
    facts = [_Facts(each, sizes.get(each.id, Size(0, None)), names) for each in lists]
    return [
        {**head(each.list), "additionalProperties": _additional(each, wanted)} for each in facts
    ]


class _Facts:
    """What additional properties are made of."""

    def __init__(self, of: List, size: Size, names: Mapping[int, str]) -> None:
        self.list = of
        self.size = size
        self.folder = None if of.folder_id is None else names.get(of.folder_id)


def _additional(facts: _Facts, wanted: Collection[str]) -> dict[str, str]:
    values = {name: _ADDITIONAL[name](facts) for name in wanted if name in _ADDITIONAL}
    return {name: value for name, value in values.items() if value is not None}


def _last_joined(facts: _Facts) -> str | None:
    at = facts.size.last_joined_at
    return None if at is None else instant_text(at)


_COUNTED: Final = frozenset({"hs_list_size", "hs_last_record_added_at"})

_ADDITIONAL: Final[Mapping[str, Callable[[_Facts], str | None]]] = {
    "hs_list_size": lambda facts: str(facts.size.size),
    "hs_last_record_added_at": _last_joined,
    "hs_list_id": lambda facts: str(facts.list.id),
    "hs_list_name": lambda facts: facts.list.name,
    "hs_object_id": lambda facts: str(facts.list.id),
    "hs_createdate": lambda facts: instant_text(facts.list.created_at),
    "hs_lastmodifieddate": lambda facts: instant_text(facts.list.updated_at),
    "hs_processing_type": lambda facts: facts.list.kind,
    "hs_created_by_user_id": lambda facts: facts.list.created_by,
    "hs_updated_by_user_id": lambda facts: facts.list.updated_by,
    "hs_folder_id": lambda facts: str(facts.list.folder_id or folders.ROOT),
    "hs_folder_name": lambda facts: facts.folder,
}


def folder(of: Folder) -> dict[str, Any]:
    shaped: dict[str, Any] = {
        "id": of.id,
        "parentFolderId": of.parent_id,
        "name": of.name,
        "childNodes": [folder(inner) for inner in of.folders],
        "childLists": list(of.lists),
    }
    if of.created_at is not None and of.updated_at is not None:
        shaped["createdAt"] = instant_text(of.created_at)
        shaped["updatedAt"] = instant_text(of.updated_at)
    return shaped
