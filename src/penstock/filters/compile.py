"""From a filter's document to its one meaning: SQL over the records of a type."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import and_

from penstock.filters.dependencies import Dependency
from penstock.filters.errors import FilterInvalid
from penstock.filters.framing import (
    ANYWHERE,
    EVERYWHERE,
    IN_BUCKET,
    WHOLE_BUCKET,
    gathering,
    joining,
)
from penstock.filters.gathering import Gathered
from penstock.filters.mentions import Mention, Names, missing
from penstock.filters.model import digest_of, read, written
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
    "select_share",
    "select_verdicts",
]

_VERDICTS: Final = """\
{gathered}SELECT r.id AS record_id, v.criterion, v.verdict, v.flip
FROM {candidates}{joins}
CROSS JOIN LATERAL unnest(
    %(f_criteria)s::bigint[],
    ARRAY[{verdicts}],
    ARRAY[{flips}]
) AS v(criterion, verdict, flip)
WHERE r.type = %(f_type)s AND r.archived_at IS NULL"""

_MATCHING: Final = """\
{gathered}SELECT r.id AS record_id
FROM {candidates}{joins}
WHERE r.type = %(f_type)s AND r.archived_at IS NULL AND {verdict}"""

_SHARE: Final = """\
{gathered}SELECT count(*) AS live, count(*) FILTER (WHERE {verdict}) AS matching
FROM {candidates}{joins}
WHERE r.type = %(f_type)s AND r.archived_at IS NULL"""


@dataclass(frozen=True)
class Criterion:
    """A checked document for the records of one type: in canonical form, and what it depends on.

    `recurs` are those dependencies of which every change counts as a new occurrence, also while the
    answer stays true.
    """

    object_type: str
    document: dict[str, Any] = field(hash=False)
    digest: str
    depends: frozenset[Dependency]
    recurs: frozenset[Dependency] = frozenset()


def check(
    document: Mapping[str, Any],
    schema: Schema,
    object_type: str,
    *,
    where: str = "$",
    names: Names | None = None,
) -> Criterion:
    """The criterion that a document is.

    What it names beside the schema must be in `names`; without them that is left to the SQL.

    Raises FilterInvalid, with the JSON path of every problem (`where` is the root's), when anything
    in it does not exist or is not as it should be; and ObjectTypeUnknown.
    """
    scope = Scope(schema, schema.type(object_type))
    root, problems = read(document, where)
    problems += root.problems(scope)
    if names is not None:
        problems += missing(root.mentions(), names)
    if problems:
        raise FilterInvalid(problems=problems, where=where)
    depends = set(root.depends(scope))
    if root.judge(scope).flip is not None:
        depends.add(Dependency("time"))
    if not depends:
        # Whoever depends on nothing would never be judged.
        depends.add(Dependency("any", scope.type.id))
    canonical = written(root)
    recurs = frozenset(root.recurs(scope))
    return Criterion(scope.type.id, canonical, digest_of(canonical), frozenset(depends), recurs)


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
    candidates = ANYWHERE if bucket is None else IN_BUCKET
    sql = _VERDICTS.format(
        gathered=_gathered(parts, candidates),
        candidates=candidates,
        joins=_joins(parts),
        verdicts=",\n        ".join(part.verdict for part in parts),
        flips=",\n        ".join(part.flip for part in parts),
    )
    return Statement(sql, fill(values, slots))


def select_matching(criterion: Criterion, schema: Schema, slots: Slots) -> Statement:
    """All live records that match, as rows (record_id bigint): to be counted, listed, paged."""
    return _selected(_MATCHING, EVERYWHERE, criterion, schema, slots)


def select_share(criterion: Criterion, schema: Schema, slots: Slots, bucket: int) -> Statement:
    """How many live records of one bucket there are, and match: one row (live, matching)."""
    share = _selected(_SHARE, WHOLE_BUCKET, criterion, schema, slots)
    return Statement(share.sql, {**share.parameters, "f_bucket": bucket})


def _selected(
    template: str, candidates: str, criterion: Criterion, schema: Schema, slots: Slots
) -> Statement:
    part = _compiled(_Held(schema), criterion)
    values = {"f_type": criterion.object_type, **part.values}
    sql = template.format(
        gathered=_gathered([part], candidates),
        candidates=candidates,
        joins=_joins([part]),
        verdict=part.verdict,
    )
    return Statement(sql, fill(values, slots))


@dataclass(frozen=True)
class _Part:
    """The SQL of one criterion, and its parameters, whose names no other criterion's have.

    `gathered` are its CTEs by name; those in `facts` are joined to the record.
    """

    verdict: str
    flip: str
    values: dict[str, Any] = field(default_factory=dict)
    gathered: dict[str, str] = field(default_factory=dict)
    facts: tuple[str, ...] = ()


def _gathered(parts: Iterable[_Part], candidates: str) -> str:
    return gathering(
        {name: sql for part in parts for name, sql in part.gathered.items()}, candidates
    )


def _joins(parts: Iterable[_Part]) -> str:
    # Criteria may be of one document: what they gather is then the same.
    return joining(dict.fromkeys(name for part in parts for name in part.facts))


class _Held:
    """A schema as the key of a cache: equal to itself alone, and kept while the entry is."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.schema is self.schema

    def __hash__(self) -> int:
        return id(self.schema)


def mentions(documents: Iterable[Mapping[str, Any]]) -> list[Mention]:
    """What documents name beside the schema; those that cannot be read name nothing."""
    found: list[Mention] = []
    for document in documents:
        with suppress(FilterInvalid):
            found += read(document)[0].mentions()
    return found


@lru_cache(maxsize=4096)
def _compiled(held: _Held, criterion: Criterion) -> _Part:
    type = held.schema.types.get(criterion.object_type)
    root, problems = read(criterion.document)
    if type is None:
        return _NOBODY
    gathered = Gathered(Parameters(f"f_{criterion.digest[:16]}"))
    scope = Scope(held.schema, type, gathered)
    problems += root.problems(scope)
    if problems:
        return _NOBODY
    judgement = root.judge(scope)
    verdict = and_(*gathered.guards, judgement.verdict)
    return _Part(
        f"({rendered(verdict)})",
        _NEVER if judgement.flip is None else rendered(judgement.flip),
        gathered.parameters.values,
        gathered.pieces,
        tuple(fact.name for fact in scope.facts),
    )


_NEVER: Final = "NULL::timestamptz"
_NOBODY: Final = _Part("false", _NEVER)
