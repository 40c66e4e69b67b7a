"""Filter documents: read into their parts, written in canonical form, and known by a digest."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from penstock.filters.errors import FilterInvalid
from penstock.filters.nodes import BRANCHES, Family, Node, Part, Unknown, in_order
from penstock.kernel.db import dumps
from penstock.kernel.errors import Problem
from penstock.kernel.misfits import expectation
from penstock.kernel.texts import Text
from penstock.records.values import BadValue

DEEPEST: Final = 100
"""Levels of JSON in one document."""


def canonical(document: Mapping[str, Any]) -> dict[str, Any]:
    """The one way to write a document: defaults filled in, aliases resolved, stray keys gone.

    What is not known here stays as it came. Raises FilterInvalid when it is nested too deep.
    """
    return written(read(document)[0])


def digest(document: Mapping[str, Any]) -> str:
    """64 hexadecimal digits: the same for documents that differ in their writing alone."""
    return digest_of(canonical(document))


def digest_of(written: Mapping[str, Any]) -> str:
    """The digest of a document that is in canonical form."""
    return hashlib.sha256(dumps(written)).hexdigest()


def written(part: Node) -> dict[str, Any]:
    """The canonical JSON of a part."""
    dumped = part.model_dump(by_alias=True, exclude_none=True)
    return dumped if isinstance(dumped, dict) else {}


def read(document: Any, where: str = "$") -> tuple[Part, list[Problem]]:
    """The parts of a document, and what is wrong with it whatever the schema.

    Raises FilterInvalid when it is nested too deep.
    """
    if deeper(document, DEEPEST):
        text = Text("it is nested deeper than {limit} levels", limit=DEEPEST)
        raise FilterInvalid(problems=[Problem(text, where, "TOO_DEEP")])
    reader = _Reader()
    root = reader.read(BRANCHES, document, where)
    assert isinstance(root, Part)
    return root, reader.problems


def deeper(document: Any, limit: int) -> bool:
    """Whether JSON is nested deeper than so many levels."""
    depth, level = 0, [document]
    while level:
        inner = [
            value.values() if isinstance(value, dict) else value
            for value in level
            if isinstance(value, (dict, list, tuple))
        ]
        level = [item for items in inner for item in items]
        depth += 1
        if depth > limit:
            return True
    return False


@dataclass
class _Reader:
    problems: list[Problem] = field(default_factory=list)

    def read(self, family: Family, raw: Any, where: str) -> Node:
        if not isinstance(raw, Mapping):
            self.problems.append(Problem(Text("an object is expected"), where, "INVALID_TYPE"))
            return _kept(raw, where)
        word = raw.get(family.key)
        word = family.otherwise if word is None else word
        if word is None:
            text = Text("{field} is required", field=family.key)
            self.problems.append(Problem(text, f"{where}.{family.key}", "REQUIRED"))
            return _kept(raw, where)
        kind = family.find(word)
        if kind is None:
            self.problems.append(family.refuse(word, where))
            return _kept(raw, where)
        fields = {**raw, family.key: kind.type_id, **self._children(kind, raw, where)}
        try:
            return kind.model_validate(fields).located(where)
        except ValidationError as error:
            self.problems += problems_of(error, where)
            return _kept(raw, where)

    def _children(self, kind: type[Node], raw: Mapping[str, Any], where: str) -> dict[str, Any]:
        children: dict[str, Any] = {}
        for description in kind.model_fields.values():
            family = next((mark for mark in description.metadata if isinstance(mark, Family)), None)
            name = description.alias
            if family is None or name is None or raw.get(name) is None:
                continue
            path, value = f"{where}.{name}", raw[name]
            if get_origin(description.annotation) is not list:
                children[name] = self.read(family, value, path)
            elif isinstance(value, (list, tuple)):
                children[name] = [
                    self.read(family, item, f"{path}[{index}]") for index, item in enumerate(value)
                ]
        return children


def _kept(raw: Any, where: str) -> Node:
    return Unknown.model_validate({"raw": in_order(raw)}).located(where)


def problems_of(error: ValidationError, where: str = "$") -> list[Problem]:
    """What is wrong with JSON that does not fit a model."""
    return [_problem(details, where) for details in error.errors(include_url=False)]


def _problem(error: ErrorDetails, where: str) -> Problem:
    path = where + "".join(
        f"[{step}]" if isinstance(step, int) else f".{step}" for step in error["loc"]
    )
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, BadValue):
        return Problem(cause.text, path, cause.code)
    return Problem(reason_of(error), path, "REQUIRED" if error["type"] == "missing" else "INVALID")


def reason_of(error: ErrorDetails) -> Text:
    """What is wrong with a value that does not fit, for people."""
    return expectation(error) or Text("it is not valid: {reason}", reason=error["msg"])
