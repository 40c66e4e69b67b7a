"""Records are written here and nowhere else: create, update, upsert, archive, restore.

Every function takes a whole set and returns one outcome per item, in order: the record, or the
error that kept this item from being written. What can be written is written.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from penstock.kernel import ids
from penstock.kernel.db import Connection, dumps
from penstock.kernel.errors import PenstockError, Problem
from penstock.kernel.queries import load
from penstock.kernel.texts import Text
from penstock.records import associations, checking, uniqueness
from penstock.records.associations import NewEdge
from penstock.records.changes import Write
from penstock.records.errors import (
    RecordExists,
    RecordNotFound,
    ValuesInvalid,
    ValueTaken,
)
from penstock.records.reading import Record, find, read
from penstock.records.schema import Schema, TypeSchema
from penstock.records.uniqueness import Claim, value_text
from penstock.records.values import Json, instant_text

_queries = load("penstock.records")

Values = dict[str, Json | None]


class Draft(NamedTuple):
    """A record to be: raw values by property, and edges to existing records.

    `bucket` puts the record beside another one, as a turn does.
    """

    properties: Mapping[str, Any]
    edges: Sequence[NewEdge] = ()
    bucket: int | None = None


@dataclass(frozen=True)
class Patch:
    """What to change in a record: raw values to set, numbers to add, values to append, edges."""

    id: int
    properties: Mapping[str, Any] = field(default_factory=dict)
    adds: Mapping[str, Any] = field(default_factory=dict)
    appends: Mapping[str, Any] = field(default_factory=dict)
    edges: Sequence[NewEdge] = ()


@dataclass(frozen=True)
class Upserted:
    """A record with whether it is new, and whether anything of it or its edges was changed."""

    record: Record
    new: bool
    changed: bool = True


Outcome = Record | PenstockError


async def create(
    conn: Connection,
    schema: Schema,
    type: TypeSchema,
    drafts: Sequence[Draft],
    write: Write,
    *,
    trusted: bool = False,
    held: Mapping[int, str] | None = None,
) -> list[Outcome]:
    """Create records. A value that another record of the type owns gives RecordExists.

    `held` are live records that the caller has locked to write them: object types by id.
    """
    outcomes: list[Outcome | None] = [None] * len(drafts)
    accepted: dict[int, Values] = {}
    now = instant_text(write.now)
    for index, draft in enumerate(drafts):
        try:
            accepted[index] = _new_values(schema, type, draft, now, trusted=trusted)
        except PenstockError as error:
            outcomes[index] = error
    live = await _hold(conn, schema, [drafts[index] for index in accepted], held)
    for index in list(accepted):
        try:
            associations.check(schema, type, drafts[index].edges, live)
        except PenstockError as error:
            outcomes[index] = error
            del accepted[index]
    numbers = await _take_ids(conn, [drafts[index] for index in accepted])
    id_of = dict(zip(accepted, numbers, strict=True))
    lost = await _claim(conn, type, {id_of[index]: values for index, values in accepted.items()})
    for index in list(accepted):
        existing = lost.get(id_of[index])
        if existing is not None:
            outcomes[index] = RecordExists(type=type.label, existing=existing[1])
            del accepted[index]
    kept = {
        index: {name: value for name, value in values.items() if value is not None}
        for index, values in accepted.items()
    }
    if kept:
        await _queries.run(
            conn,
            "create",
            ids=[id_of[index] for index in kept],
            properties=_documents(kept.values()),
            type=type.id,
            **write.bound,
        )
        edges = [(id_of[index], edge) for index in kept for edge in drafts[index].edges]
        if edges:
            await associations.attach(conn, schema, type, edges, live, write)
    for index, values in kept.items():
        outcomes[index] = Record(id_of[index], type.id, values, write.now, write.now)
    return [outcome for outcome in outcomes if outcome is not None]


def _new_values(
    schema: Schema, type: TypeSchema, draft: Draft, now: str, *, trusted: bool
) -> Values:
    values = checking.check(schema, type, draft.properties, trusted=trusted)
    checking.place(type, values, None)
    missing = [name for name in type.required if values.get(name) is None]
    if missing:
        raise ValuesInvalid(problems=[_missing(name) for name in missing])
    brought = checking.stamps(type, values, now).values()
    at_first: Values = dict.fromkeys(type.stamps.get("*", ()), now)
    for stamped in (at_first, *brought):
        for name, value in stamped.items():
            values.setdefault(name, value)
    return values


def _missing(name: str) -> Problem:
    return Problem(
        Text('"{name}" is required and was not given', name=name),
        where=name,
        code="REQUIRED_PROPERTY_MISSING",
        context={"propertyName": [name]},
    )


async def _take_ids(conn: Connection, drafts: Sequence[Draft]) -> list[int]:
    if any(draft.bucket is not None for draft in drafts):
        return await ids.take_in(conn, [draft.bucket or 0 for draft in drafts])
    return await ids.take(conn, len(drafts)) if drafts else []


async def _claim(
    conn: Connection, type: TypeSchema, values: Mapping[int, Values]
) -> dict[int, tuple[Claim, int]]:
    """Claim the unique values of new records; returns the losers with claim and holder."""
    claims = [
        Claim(name, value_text(of_record[name]), id)
        for id, of_record in values.items()
        for name in type.unique
        if of_record.get(name) is not None
    ]
    if not claims:
        return {}
    lost = await uniqueness.claim(conn, type.id, claims)
    losers = {claim.record_id: (claim, holder) for claim, holder in lost.items()}
    # A record that is not made gives back what it got.
    await uniqueness.release(
        conn, type.id, [c for c in claims if c.record_id in losers and c not in lost]
    )
    return losers


async def update(
    conn: Connection,
    schema: Schema,
    type: TypeSchema,
    patches: Sequence[Patch],
    write: Write,
    *,
    trusted: bool = False,
) -> list[Outcome]:
    """Update records. Same values are no change; several patches of one record are one write."""
    outcomes = await revise(conn, schema, type, patches, write, trusted=trusted)
    return [outcome.record if isinstance(outcome, Upserted) else outcome for outcome in outcomes]


async def revise(
    conn: Connection,
    schema: Schema,
    type: TypeSchema,
    patches: Sequence[Patch],
    write: Write,
    *,
    trusted: bool = False,
) -> list[Upserted | PenstockError]:
    """Update records as `update` does, and tell of each whether anything was changed."""
    outcomes: list[Upserted | PenstockError | None] = [None] * len(patches)
    checked: dict[int, tuple[Values, Values, Values]] = {}
    for index, patch in enumerate(patches):
        try:
            checked[index] = (
                checking.check(schema, type, patch.properties, trusted=trusted),
                checking.check(schema, type, patch.adds, trusted=trusted),
                checking.check(schema, type, patch.appends, trusted=trusted),
            )
        except PenstockError as error:
            outcomes[index] = error
    targets = await _lock(conn, type, [patches[index].id for index in checked])
    ends = await _hold(conn, schema, [patches[index] for index in checked])
    merged: dict[int, tuple[Values, Values, Values]] = {}
    edges: list[tuple[int, NewEdge]] = []
    for index, parts in checked.items():
        row = targets.get(patches[index].id)
        if row is None:
            outcomes[index] = RecordNotFound(type=type.name, key="id", value=patches[index].id)
            continue
        try:
            checking.place(type, parts[0], row.properties)
            associations.check(schema, type, patches[index].edges, ends)
        except PenstockError as error:
            outcomes[index] = error
            continue
        sets, adds, appends = merged.setdefault(row.id, ({}, {}, {}))
        sets.update(parts[0])
        adds.update(parts[1])
        appends.update(parts[2])
        edges += [(row.id, edge) for edge in patches[index].edges]
    lost = await _reclaim(conn, type, merged, {row.id: row for row in targets.values()})
    changed = await _write(conn, type, {id: v for id, v in merged.items() if id not in lost}, write)
    edges = [(id, edge) for id, edge in edges if id not in lost]
    added = await associations.attach(conn, schema, type, edges, ends, write) if edges else []
    linked = {from_id for from_id, _, _ in added}
    for index in range(len(patches)):
        if outcomes[index] is None:
            row = targets[patches[index].id]
            outcomes[index] = _outcome(row, lost, changed.get(row.id), row.id in linked, write)
    return [outcome for outcome in outcomes if outcome is not None]


async def _hold(
    conn: Connection,
    schema: Schema,
    items: Sequence[Draft | Patch],
    held: Mapping[int, str] | None = None,
) -> dict[int, str]:
    """Hold the other ends of all edges; returns their object types by id."""
    live = dict(held or {})
    ends = [edge.to_id for item in items for edge in item.edges if edge.to_id not in live]
    if ends:
        live |= await associations.lock(conn, ends, alone=bool(schema.limited))
    return live


def _outcome(
    row: Any,
    lost: Mapping[int, tuple[Claim, int]],
    changed: Values | None,
    linked: bool,
    write: Write,
) -> Upserted | PenstockError:
    if row.id in lost:
        claim, holder = lost[row.id]
        return ValueTaken(value=claim.value, property=claim.property, existing=holder)
    properties = {**row.properties, **(changed or {})}
    record = Record(
        row.id,
        row.type,
        {name: value for name, value in properties.items() if value is not None},
        row.created_at,
        write.now if changed else row.updated_at,
    )
    return Upserted(record, new=False, changed=bool(changed) or linked)


async def _lock(conn: Connection, type: TypeSchema, wanted: Sequence[int]) -> dict[int, Any]:
    """Lock live records, following merges; by the id that was asked for."""
    found: dict[int, Any] = {}
    asked = {id: id for id in wanted}
    while asked:
        rows = await _queries.rows(conn, "lock", ids=sorted(set(asked.values())))
        by_id = {row.id: row for row in rows if row.type == type.id}
        onward: dict[int, int] = {}
        for id, current in asked.items():
            row = by_id.get(current)
            if row is not None and row.merged_into is not None:
                onward[id] = row.merged_into
            elif row is not None and row.archived_at is None:
                found[id] = row
        asked = onward
    return found


async def _reclaim(
    conn: Connection,
    type: TypeSchema,
    merged: Mapping[int, tuple[Values, Values, Values]],
    rows: Mapping[int, Any],
) -> dict[int, tuple[Claim, int]]:
    """Exchange the unique values of records that change them; returns who could not."""
    wanted: list[Claim] = []
    given_up: list[Claim] = []
    for id, (sets, _, _) in merged.items():
        for name in type.unique:
            if name not in sets:
                continue
            before, after = rows[id].properties.get(name), sets[name]
            old = None if before is None else Claim(name, value_text(before), id)
            new = None if after is None else Claim(name, value_text(after), id)
            if old != new:
                wanted += [new] if new else []
                given_up += [old] if old else []
    if not wanted and not given_up:
        return {}
    lost = await uniqueness.claim(conn, type.id, wanted, given_up)
    losers = {claim.record_id: (claim, holder) for claim, holder in lost.items()}
    if losers:
        _lose_what_is_kept(losers, wanted, given_up)
        # A record that is not written gives back what it got and keeps what it had.
        got = [c for c in wanted if c.record_id in losers and c not in lost]
        await uniqueness.release(conn, type.id, got)
        kept = [claim for claim in given_up if claim.record_id in losers]
        await uniqueness.claim(conn, type.id, kept)
    return losers


def _lose_what_is_kept(
    losers: dict[int, tuple[Claim, int]], wanted: Sequence[Claim], given_up: Sequence[Claim]
) -> None:
    """Who got what a loser had given up loses it too, and so may others after them."""
    fresh = set(losers)
    while fresh:
        kept = {(c.property, c.value): c.record_id for c in given_up if c.record_id in fresh}
        fresh = set()
        for claim in wanted:
            holder = kept.get((claim.property, claim.value))
            if holder is not None and claim.record_id not in losers:
                losers[claim.record_id] = (claim, holder)
                fresh.add(claim.record_id)


async def _write(
    conn: Connection,
    type: TypeSchema,
    merged: Mapping[int, tuple[Values, Values, Values]],
    write: Write,
) -> dict[int, Values]:
    if not merged:
        return {}
    now = instant_text(write.now)
    stamps = [checking.stamps(type, sets, now) for sets, _, _ in merged.values()]
    rows = await _queries.rows(
        conn,
        "write",
        ids=list(merged),
        sets=_documents(sets for sets, _, _ in merged.values()),
        adds=_documents(adds or None for _, adds, _ in merged.values()),
        appends=_documents(appends or None for _, _, appends in merged.values()),
        stamps=_documents(brought or None for brought in stamps),
        **write.bound,
    )
    return {row.id: row.changed for row in rows}


def _documents(values: Iterable[Mapping[str, Any] | None]) -> str:
    """One JSON array: as an array of texts, every quotation mark would have to be escaped."""
    return dumps(list(values)).decode()


async def upsert(
    conn: Connection,
    schema: Schema,
    type: TypeSchema,
    key: str,
    drafts: Sequence[Draft],
    write: Write,
    *,
    trusted: bool = False,
) -> list[Upserted | PenstockError]:
    """Update the record that has the draft's value of the unique property `key`, or create one.

    Raises PropertyUnknown when `key` is not unique.
    """
    texts = [key_text(type, key, draft.properties.get(key)) for draft in drafts]
    known = await find(conn, type, key, [text for text in texts if text is not None])
    results: dict[int, Upserted | PenstockError] = {}
    waiting = [index for index, text in enumerate(texts) if text is None or text not in known]
    if waiting and known:
        # Records are locked before any unique value is taken: the order of all who write.
        await _lock(conn, type, sorted(known.values()))
    while waiting:
        # What several drafts share is created by the first that can be, and updated by the others.
        first = {texts[index]: index for index in reversed(waiting)}
        creating = [i for i in waiting if texts[i] is None or first[texts[i]] == i]
        outcomes = await create(
            conn, schema, type, [drafts[index] for index in creating], write, trusted=trusted
        )
        made = dict(zip(creating, outcomes, strict=True))
        known |= await _made_meanwhile(conn, type, key, texts, made)
        for index, outcome in made.items():
            text = texts[index]
            if isinstance(outcome, Record):
                results[index] = Upserted(outcome, new=True)
                known |= {text: outcome.id} if text is not None else {}
            elif text not in known:
                results[index] = outcome
        waiting = [i for i in waiting if i not in results and texts[i] not in known]
    updating = [index for index in range(len(drafts)) if index not in results]
    patches = [
        Patch(known[str(texts[i])], drafts[i].properties, edges=drafts[i].edges) for i in updating
    ]
    updates = await revise(conn, schema, type, patches, write, trusted=trusted)
    results.update(zip(updating, updates, strict=True))
    return [results[index] for index in range(len(drafts))]


async def _made_meanwhile(
    conn: Connection,
    type: TypeSchema,
    key: str,
    texts: Sequence[str | None],
    made: Mapping[int, Outcome],
) -> dict[str, int]:
    """Records that somebody else created with these keys, after they had been looked for.

    A draft may also clash with a record by another unique value; that one is not meant.
    """
    clashed = [
        text
        for index, outcome in made.items()
        if isinstance(outcome, RecordExists) and (text := texts[index]) is not None
    ]
    return await find(conn, type, key, clashed) if clashed else {}


def key_text(type: TypeSchema, key: str, raw: Any) -> str | None:
    """A raw value of a unique property as `find` takes it, or None for no value or a bad one."""
    prop = type.properties.get(key)
    if raw is None or raw == "" or prop is None:
        return None
    try:
        parsed = type.parsers[key](raw, prop)
    except ValueError:
        return None
    return None if parsed is None else value_text(parsed)


async def archive(conn: Connection, type: TypeSchema, wanted: Sequence[int], write: Write) -> None:
    """Archive records; ids that do not exist are passed over. Their unique values become free."""
    rows = [
        row
        for row in await _queries.rows(conn, "lock_for_removal", ids=sorted(set(wanted)))
        if row.type == type.id and row.archived_at is None
    ]
    if rows:
        await uniqueness.release(conn, type.id, _claims(type, rows))
        await _queries.run(conn, "archive", ids=[row.id for row in rows], **write.bound)


async def restore(conn: Connection, type: TypeSchema, id: int, write: Write) -> Record:
    """Bring an archived record back. Raises RecordNotFound, or RecordExists if a value is taken."""
    rows = await _queries.rows(conn, "lock_for_removal", ids=[id])
    rows = [
        row
        for row in rows
        if row.type == type.id and row.archived_at is not None and row.merged_into is None
    ]
    if not rows:
        raise RecordNotFound(type=type.name, key="id", value=id)
    lost = await uniqueness.claim(conn, type.id, _claims(type, rows))
    if lost:
        raise RecordExists(type=type.label, existing=next(iter(lost.values())))
    await _queries.run(conn, "restore", ids=[id], **write.bound)
    record = (await read(conn, type, [id]))[id]
    return replace(record, updated_at=write.now)


def _claims(type: TypeSchema, rows: Sequence[Any]) -> list[Claim]:
    return [claim for row in rows for claim in uniqueness.claims_of(type, row.id, row.properties)]


def one(outcomes: Sequence[Outcome]) -> Record:
    """The only outcome of a set of one; raises its error."""
    (outcome,) = outcomes
    if isinstance(outcome, PenstockError):
        raise outcome
    return outcome
