"""From a filter's document to its one meaning: SQL over the records of a type."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from penstock.filters.errors import FilterInvalid
from penstock.filters.model import digest_of, read, written
from penstock.filters.nodes import Dependency
from penstock.filters.sql import Parameters, Slots, Statement, fill, rendered
from penstock.filters.subject import Scope
from penstock.records.schema import Schema

__all__ = [
    "Criterion",
    "Dependency",
    "Slots",
    "Statement",
    "check",
    "select_matching",
    "select_verdicts",
]

_VERDICTS: Final = """\
SELECT r.id AS record_id, v.criterion, v.verdict, v.flip
FROM {candidates}
CROSS JOIN LATERAL unnest(
    %(f_criteria)s::bigint[],
    ARRAY[{verdicts}],
    ARRAY[{flips}]
) AS v(criterion, verdict, flip)
WHERE r.type = %(f_type)s AND r.archived_at IS NULL"""

_ANYWHERE: Final = """\
unnest(%(candidates)s::bigint[]) AS c(id)
JOIN records AS r ON r.bucket = (c.id & 63)::smallint AND r.id = c.id"""

# One pass over the key, where a join looks up record by record.
_IN_BUCKET: Final = """\
(SELECT * FROM records WHERE bucket = %(f_bucket)s AND id = ANY(%(candidates)s::bigint[])) AS r"""

_MATCHING: Final = """\
SELECT r.id AS record_id
FROM records AS r
WHERE r.type = %(f_type)s AND r.archived_at IS NULL AND {verdict}"""


@dataclass(frozen=True)
class Criterion:
    """A checked document for the records of one type: in canonical form, and what it depends on."""

    object_type: str
    document: dict[str, Any] = field(hash=False)
    digest: str
    depends: frozenset[Dependency]


def check(
    document: Mapping[str, Any], schema: Schema, object_type: str, *, where: str = "$"
) -> Criterion:
    """The criterion that a document is.

    Raises FilterInvalid, with the JSON path of every problem (`where` is the root's), when anything
    in it does not exist or is not as it should be; and ObjectTypeUnknown.
    """
    scope = Scope(schema, schema.type(object_type))
    root, problems = read(document, where)
    problems += root.problems(scope)
    if problems:
        raise FilterInvalid(problems=problems, where=where)
    depends = set(root.depends(scope))
    if root.judge(scope).flip is not None:
        depends.add(Dependency("time"))
    if not depends:
        # Whoever depends on nothing would never be judged.
        depends.add(Dependency("any", scope.type.id))
    canonical = written(root)
    return Criterion(scope.type.id, canonical, digest_of(canonical), frozenset(depends))


def select_verdicts(
    criteria: Mapping[int, Criterion], schema: Schema, slots: Slots, *, bucket: int | None = None
) -> Statement:
    """Judge candidates by many criteria in one pass; the caller adds `candidates`, their ids.

    It is faster when they are all in one `bucket`.

    Rows are (record_id bigint, criterion bigint, verdict boolean, flip timestamptz): one for each
    criterion and each candidate that is a live record of the criteria's type. `flip` is the next
    instant at which the verdict may change by time alone, never later than it does; null: never.
    A criterion that the schema has since made invalid gives false for all. Raises ValueError unless
    all criteria are of one type.
    """
    types = {criterion.object_type for criterion in criteria.values()}
    if len(types) != 1:
        raise ValueError(f"criteria of one type are judged together, not of {sorted(types)}")
    parts = [_compiled(_Held(schema), criterion) for criterion in criteria.values()]
    values: dict[str, Any] = {"f_type": types.pop(), "f_criteria": list(criteria)}
    if bucket is not None:
        values["f_bucket"] = bucket
    for part in parts:
        values |= part.values
    sql = _VERDICTS.format(
        candidates=_ANYWHERE if bucket is None else _IN_BUCKET,
        verdicts=",\n        ".join(part.verdict for part in parts),
        flips=",\n        ".join(part.flip for part in parts),
    )
    return Statement(sql, fill(values, slots))


def select_matching(criterion: Criterion, schema: Schema, slots: Slots) -> Statement:
    """All live records that match, as rows (record_id bigint): to be counted, listed, paged."""
    part = _compiled(_Held(schema), criterion)
    values = {"f_type": criterion.object_type, **part.values}
    return Statement(_MATCHING.format(verdict=part.verdict), fill(values, slots))


@dataclass(frozen=True)
class _Part:
    """The SQL of one criterion, and its parameters, whose names no other criterion's have."""

    verdict: str
    flip: str
    values: dict[str, Any]


class _Held:
    """A schema as the key of a cache: equal to itself alone, and kept while the entry is."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.schema is self.schema

    def __hash__(self) -> int:
        return id(self.schema)


@lru_cache(maxsize=4096)
def _compiled(held: _Held, criterion: Criterion) -> _Part:
    type = held.schema.types.get(criterion.object_type)
    root, problems = read(criterion.document)
    if type is None:
        return _NOBODY
    scope = Scope(held.schema, type, Parameters(f"f_{criterion.digest[:16]}"))
    problems += root.problems(scope)
    if problems:
        return _NOBODY
    judgement = root.judge(scope)
    flip = _NEVER if judgement.flip is None else rendered(judgement.flip)
    return _Part(f"({rendered(judgement.verdict)})", flip, scope.parameters.values)


_NEVER: Final = "NULL::timestamptz"
_NOBODY: Final = _Part("false", _NEVER, {})
