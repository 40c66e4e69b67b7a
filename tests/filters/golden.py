"""Reads the golden filters: JSON with whole lines of comment."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "golden" / "filters"

_COMMENT = re.compile(r"^\s*//.*$", re.MULTILINE)
_DIGEST = re.compile(r"f_[0-9a-f]{16}_(?=g[0-9])")
_GUESS = re.compile(
    r"\s*UNION ALL SELECT NULL(, NULL)*\s+FROM generate_series\(1, \d+\) WHERE \(SELECT false\)"
)
_PARAMETER = re.compile(r"%\(f_[0-9a-f_]+\)s(::[A-Z]+( WITH TIME ZONE)?(\[\])?)?")


@dataclass(frozen=True)
class Case:
    """A filter, the SQL and the sentence that it becomes, and records that match or do not.

    `says_sv` is the sentence in Swedish, `sql` is the verdict, `gathers` what comes before it;
    records are as `world` says. One that is `refused` says why, with the path, and has no records.
    """

    name: str
    document: dict[str, Any]
    says: str
    matches: list[dict[str, Any]] = field(default_factory=list)
    others: list[dict[str, Any]] = field(default_factory=list)
    object: str = "contacts"
    sql: str | None = None
    gathers: str | None = None
    says_sv: str | None = None
    refused: str | None = None
    operation: dict[str, Any] = field(default_factory=dict)


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.jsonc"))


def cases(name: str) -> Iterator[Case]:
    text = (FOLDER / f"{name}.jsonc").read_text("utf-8")
    for number, given in enumerate(json.loads(_COMMENT.sub("", text)), 1):
        yield _case(f"{name} {number}", given)


def _case(name: str, given: dict[str, Any]) -> Case:
    property = given.pop("property", None)
    if property is None:
        return Case(name, **given)
    document = only(
        {"filterType": "PROPERTY", "property": property} | {"operation": given["operation"]}
    )
    for key in ("matches", "others"):
        given[key] = [_record(property, value) for value in given[key]]
    return Case(name, document, **given)


def _record(property: str, given: Any) -> dict[str, Any]:
    """A record with this value of the property, with no value, or the whole record as given."""
    if isinstance(given, dict):
        return given
    return {} if given is None else {property: given}


def asks(property: str, operation: Mapping[str, Any]) -> dict[str, Any]:
    """A filter of a property."""
    return {"filterType": "PROPERTY", "property": property, "operation": operation}


def only(*filters: Mapping[str, Any]) -> dict[str, Any]:
    """A document of nothing but these filters."""
    return {"filterBranchType": "AND", "filters": list(filters)}


def shape(sql: str) -> str:
    """SQL without the names and types of its parameters, digests, and rows for the planner."""
    return " ".join(_DIGEST.sub("", _PARAMETER.sub("?", _GUESS.sub("", sql))).split())
