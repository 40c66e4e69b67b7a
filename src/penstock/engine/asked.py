"""Requests from other buckets are carried out on the records of this one, and replied to."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from penstock.engine.associates import REQUEST, Request, ask_to_write
from penstock.engine.attempt import attempt
from penstock.engine.turn import Turn
from penstock.kernel.db import dumps
from penstock.kernel.errors import PenstockError
from penstock.kernel.queries import load
from penstock.kernel.texts import Text
from penstock.records import checking, store
from penstock.records.changes import Write
from penstock.records.errors import ValuesInvalid
from penstock.records.schema import TypeSchema

_queries = load("penstock.engine", "asking.sql")

_GONE = Text("the record was archived, merged or erased")

Refused = tuple[Request, Text]


@dataclass
class _Round:
    """Patches of different records, each with the requests that it fulfils."""

    patches: dict[int, store.Patch] = field(default_factory=dict)
    fulfils: dict[int, list[Request]] = field(default_factory=dict)


async def carry_out(turn: Turn, requests: Sequence[Request], alive: AbstractSet[int]) -> None:
    """Write what is asked for, of live records that the turn has locked; reply to every request."""
    if not requests:
        return
    turn.writes += 1
    refused = await _follow_merges(turn, [r for r in requests if r.record_id not in alive])
    done: list[Request] = []
    alike: dict[tuple[str, Write], list[Request]] = {}
    for request in requests:
        if request.record_id in alive:
            alike.setdefault((request.object_type, request.write(turn)), []).append(request)
    for (object_type, write), group in alike.items():
        type = turn.schema.types[object_type]
        misfits = [misfit for request in group for misfit in _misfit(turn, type, request)]
        refused += misfits
        unfit = {id(request) for request, _ in misfits}
        for each in _rounds(type, [request for request in group if id(request) not in unfit]):
            written, failed = await _write(turn, type, each, write)
            done += written
            refused += failed
    await _reply(turn, [*_told_done(done), *_told_refused(refused)])


async def refuse(turn: Turn, refused: Sequence[Refused]) -> None:
    """Reply to requests that they were not carried out."""
    await _reply(turn, [*_told_refused(refused)])


def _misfit(turn: Turn, type: TypeSchema, request: Request) -> list[Refused]:
    """Why the values do not fit the record's properties; nothing where they do."""
    try:
        for part in request.patch.values():
            checking.check(turn.schema, type, part, trusted=True)
    except ValuesInvalid as invalid:
        return [(request, invalid.problems[0].text)]
    return []


def _rounds(type: TypeSchema, requests: Sequence[Request]) -> list[_Round]:
    """As few rounds as keep the order of what is asked of each record.

    Requests that follow each other join in one write where that comes to the same.
    """
    rounds: list[_Round] = []
    last: dict[int, int] = {}
    for request in requests:
        id = request.record_id
        place = last.get(id, -1)
        joined = None if place < 0 else _joined(type, rounds[place].patches[id], request.patch)
        if joined is not None:
            rounds[place].patches[id] = joined
            rounds[place].fulfils[id].append(request)
            continue
        last[id] = place = place + 1
        if len(rounds) == place:
            rounds.append(_Round())
        rounds[place].patches[id] = store.Patch(id, **request.patch)  # type: ignore[arg-type]
        rounds[place].fulfils[id] = [request]
    return rounds


def _joined(
    type: TypeSchema, before: store.Patch, patch: Mapping[str, Mapping[str, Any]]
) -> store.Patch | None:
    """Both as one patch, or None where that would not come to the same."""
    if patch.keys() == {"properties"} and not before.adds and not before.appends:
        return store.Patch(before.id, {**before.properties, **patch["properties"]})
    if patch.keys() == {"adds"} and not before.properties and not before.appends:
        sums = dict(before.adds)
        for name, amount in patch["adds"].items():
            try:
                sums[name] = str(Decimal(str(sums.get(name, 0))) + Decimal(str(amount)))
            except InvalidOperation:
                return None
        return store.Patch(before.id, adds=sums)
    if patch.keys() == {"appends"} and not before.properties and not before.adds:
        more = patch["appends"]
        if all(type.properties[name].multiple for name in more if name in before.appends):
            joined = {
                name: list(dict.fromkeys(_options(before.appends[name]) + _options(value)))
                for name, value in more.items()
                if name in before.appends
            }
            return store.Patch(before.id, appends={**before.appends, **more, **joined})
    return None


def _options(raw: Any) -> list[Any]:
    """The options that a raw value of several stands for."""
    return list(raw) if isinstance(raw, list) else str("" if raw is None else raw).split(";")


async def _write(
    turn: Turn, type: TypeSchema, each: _Round, write: Write
) -> tuple[list[Request], list[Refused]]:
    async def work(patches: Sequence[store.Patch]) -> Sequence[tuple[int, store.Outcome]]:
        outcomes = await store.update(turn.conn, turn.schema, type, patches, write, trusted=True)
        return [(patch.id, outcome) for patch, outcome in zip(patches, outcomes, strict=True)]

    results, culprits = await attempt(turn.conn, list(each.patches.values()), work)
    done: list[Request] = []
    failed = [(r, reason) for patch, reason in culprits for r in each.fulfils[patch.id]]
    for id, outcome in (pair for result in results for pair in result):
        if isinstance(outcome, PenstockError):
            reason = outcome.problems[0].text if outcome.problems else outcome.text
            failed += [(request, reason) for request in each.fulfils[id]]
        else:
            done += each.fulfils[id]
    return done, failed


async def _follow_merges(turn: Turn, requests: Sequence[Request]) -> list[Refused]:
    """Hand requests on to the records that theirs were merged into; the others are refused."""
    if not requests:
        return []
    ids = sorted({request.record_id for request in requests})
    rows = await _queries.rows(turn.conn, "whereabouts", bucket=turn.bucket, ids=ids)
    survivors = {row.id: row.merged_into for row in rows if row.merged_into is not None}
    moved = [
        r._replace(record_id=survivors[r.record_id]) for r in requests if r.record_id in survivors
    ]
    await ask_to_write(turn, moved)
    return [(request, _GONE) for request in requests if request.record_id not in survivors]


def _told_done(done: Sequence[Request]) -> Iterator[tuple[Request, dict[str, Any]]]:
    for request in done:
        yield request, {"state": "done"}


def _told_refused(refused: Sequence[Refused]) -> Iterator[tuple[Request, dict[str, Any]]]:
    for request, reason in refused:
        arguments = {name: str(value) for name, value in reason.arguments.items()}
        yield request, {"state": "failed", "reason": reason.pattern, "arguments": arguments}


async def _reply(turn: Turn, told: Sequence[tuple[Request, Mapping[str, Any]]]) -> None:
    if not told:
        return
    details = [
        {"enrollment": r.enrollment_id, "visit": r.visit, "part": r.part, "kind": REQUEST, **what}
        for r, what in told
    ]
    await _queries.run(
        turn.conn,
        "reply",
        records=[request.for_record for request, _ in told],
        workflows=[request.workflow_id for request, _ in told],
        lanes=[request.lane for request, _ in told],
        depths=[request.depth for request, _ in told],
        details=[dumps(each).decode() for each in details],
        now=turn.now,
    )
