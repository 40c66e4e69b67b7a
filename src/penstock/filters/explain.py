"""Why a record matches a filter, or does not: the same SQL, and every part tells its verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, TypeGuard
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func

from penstock.filters.facts import Fact, fact
from penstock.filters.framing import ANYWHERE, gathering, joining
from penstock.filters.gathering import Gathered
from penstock.filters.judgement import Judgement, Shown
from penstock.filters.mentions import Names, missing
from penstock.filters.model import read
from penstock.filters.nodes import Part
from penstock.filters.sql import Parameters, Slots, Statement, fill, rendered
from penstock.filters.subject import Scope
from penstock.kernel.db import Connection
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records import owners
from penstock.records.errors import RecordNotFound
from penstock.records.schema import Schema

_EXPLAIN: Final = """\
{gathered}SELECT ARRAY[{verdicts}]::boolean[] AS verdicts, ARRAY[{shown}]::jsonb[] AS shown
FROM {candidates}{joins}
WHERE r.type = %(f_type)s AND r.archived_at IS NULL"""


@dataclass(frozen=True)
class Explained:
    """One part of a document: what it says, and what is so.

    `where` is its JSON path. `verdict` is None where the part is about other things than the record
    itself, or where nothing can be asked: `problems` says why.
    """

    where: str
    sentence: Text
    verdict: bool | None = None
    facts: tuple[Fact, ...] = ()
    parts: tuple["Explained", ...] = ()
    problems: tuple[Problem, ...] = ()


async def explain(
    conn: Connection,
    document: Mapping[str, Any],
    schema: Schema,
    object_type: str,
    record_id: int,
    now: datetime,
    names: Names,
) -> Explained:
    """The whole document, of one live record. Where it has problems nobody matches.

    Raises ObjectTypeUnknown, RecordNotFound, and FilterInvalid when it is nested too deep.
    """
    scope = Scope(
        schema, schema.type(object_type), Gathered(Parameters(), explaining=True), names=names
    )
    root, problems = read(document)
    problems += [*root.problems(scope), *missing(root.mentions(), names)]
    answers = _Answers()
    if not problems:
        judgement = replace(root.judge(scope), where=root.where)
        asked = _Asked.of(judgement)
        statement = asked.statement(scope, record_id, Slots(schema.time_zone, now))
        cursor = await conn.execute(statement.sql.encode(), statement.parameters)
        row = await cursor.fetchone()
        if row is None:
            raise RecordNotFound(type=scope.type.label, key="hs_object_id", value=record_id)
        answers = asked.answers(row, ZoneInfo(schema.time_zone))
    answers = await _with_owners(conn, answers)
    told = _told(root, scope, answers, problems)
    return replace(told, verdict=False, problems=tuple(problems)) if problems else told


@dataclass(frozen=True)
class _Answers:
    """What SQL says, by JSON path."""

    verdicts: Mapping[str, bool] = field(default_factory=dict)
    facts: Mapping[str, list[tuple[Fact, Shown]]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Asked:
    """The judgements of a document, the root first, and what each of them shows."""

    judgements: tuple[Judgement, ...]
    shown: tuple[tuple[str, Shown], ...]

    @classmethod
    def of(cls, root: Judgement) -> "_Asked":
        judgements = tuple(root.with_parts())
        shown = [(one.where or part.where, one) for part in judgements for one in part.explained()]
        return cls(judgements, tuple(shown))

    def statement(self, scope: Scope, record_id: int, slots: Slots) -> Statement:
        root, *others = self.judgements
        verdict: ColumnElement[bool] = and_(*scope.gathered.guards, root.verdict)
        sql = _EXPLAIN.format(
            gathered=gathering(scope.gathered.pieces, ANYWHERE),
            candidates=ANYWHERE,
            joins=joining(fact.name for fact in scope.facts),
            verdicts=", ".join(rendered(one) for one in (verdict, *(o.verdict for o in others))),
            shown=", ".join(rendered(func.to_jsonb(one.sql)) for _, one in self.shown),
        )
        values = scope.gathered.parameters.values
        slotted = {"f_type": scope.type.id, "candidates": [record_id], **values}
        return Statement(sql, fill(slotted, slots))

    def answers(self, row: Any, zone: ZoneInfo) -> _Answers:
        facts: dict[str, list[tuple[Fact, Shown]]] = {}
        for (where, shown), value in zip(self.shown, row.shown, strict=True):
            # It is no member, or nobody knows since when.
            if shown.role == "since" and value is None:
                continue
            facts.setdefault(where, []).append((fact(shown, value, zone), shown))
        parts = zip(self.judgements, row.verdicts, strict=True)
        return _Answers({part.where: verdict for part, verdict in parts}, facts)


def _told(part: Part, scope: Scope, answers: _Answers, problems: Sequence[Problem]) -> Explained:
    there, parts = part.within(scope)
    return Explained(
        part.where,
        part.sentence(scope),
        answers.verdicts.get(part.where),
        tuple(one for one, _ in answers.facts.get(part.where, ())),
        tuple(_told(inner, there, answers, problems) for inner in parts),
        tuple(problem for problem in problems if _about(problem, part, parts)),
    )


def _about(problem: Problem, part: Part, parts: Sequence[Part]) -> bool:
    """Whether it is about this part, and none of those within."""
    where = problem.where or "$"
    return _begins(where, part.where) and not any(_begins(where, one.where) for one in parts)


def _begins(path: str, start: str) -> bool:
    return path == start or path.startswith((f"{start}.", f"{start}["))


async def _with_owners(conn: Connection, answers: _Answers) -> _Answers:
    """People by their names."""
    facts = [pair for there in answers.facts.values() for pair in there]
    ids = {int(one.value) for one, shown in facts if _is_owner(shown) and _is_id(one.value)}
    if not ids:
        return answers
    people = {
        str(person.id): f"{person.first_name} {person.last_name}".strip() or person.email
        for archived in (False, True)
        for person in await owners.page(conn, ids=ids, archived=archived, limit=len(ids))
    }

    def named(one: Fact, shown: Shown) -> Fact:
        name = people.get(str(one.value)) if _is_owner(shown) else None
        return one if name is None else one._replace(label=Text("{value}", value=name))

    return replace(
        answers,
        facts={
            where: [(named(*pair), pair[1]) for pair in there]
            for where, there in answers.facts.items()
        },
    )


def _is_id(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and value.isdecimal()


def _is_owner(shown: Shown) -> bool:
    return shown.property is not None and shown.property.referenced_object_type == "OWNER"
