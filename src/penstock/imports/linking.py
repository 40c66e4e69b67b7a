"""Finds the records of other types that the cells of a batch name, or makes them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from penstock.imports.mapping import Candidate, id_of
from penstock.imports.model import Link, RowProblem
from penstock.kernel.db import Connection
from penstock.kernel.errors import PenstockError
from penstock.kernel.queries import load
from penstock.kernel.texts import Text
from penstock.records import associations, store
from penstock.records.associations import NewEdge
from penstock.records.changes import Write
from penstock.records.reading import Record, find
from penstock.records.schema import Schema, TypeSchema

_queries = load("penstock.imports")


@dataclass(frozen=True)
class _Unlinked:
    """Why a name leads to no record."""

    text: Text
    code: str


_Answer = int | _Unlinked


class Linking:
    """Resolves the links of one import. Its names of records live in the session's own table."""

    def __init__(self, schema: Schema, links: Mapping[int, Link]) -> None:
        self._schema = schema
        self._links = links
        self._gathered: dict[tuple[str, str], int] = {}
        self._made: dict[tuple[str, str, str], int] = {}

    async def prepare(self, conn: Connection) -> None:
        """Take note of the records that have come since the last batch; outside transactions."""
        self._made.clear()
        for type, property in sorted(
            {place for link in self._links.values() for place in self._unindexed(link)}
        ):
            if not self._gathered:
                await _queries.run(conn, "make_names")
            first = (type, property) not in self._gathered
            last = await _queries.value(
                conn,
                "gather_names",
                type=type,
                property=property,
                after=self._gathered.get((type, property), 0),
            )
            self._gathered[type, property] = last or self._gathered.get((type, property), 0)
            if first:
                await _queries.run(conn, "index_names")
                await _queries.run(conn, "count_names")

    def _unindexed(self, link: Link) -> Iterable[tuple[str, str]]:
        """The property without an index by which a link may find its records, if there is one."""
        type = self._schema.type(link.to)
        property = type.primary if link.by is None else link.by
        if property != "id" and property not in type.unique:
            yield type.id, property

    async def resolve(
        self, conn: Connection, candidates: Sequence[Candidate], write: Write
    ) -> list[list[NewEdge]]:
        """The edges of each candidate. What cannot be found is left to it as a problem."""
        edges: list[list[NewEdge]] = [[] for _ in candidates]
        for column, link in self._links.items():
            names = {
                name: None
                for candidate in candidates
                if not candidate.rejected
                for name in candidate.links.get(column, ())
            }
            answers = await self._answers(conn, link, list(names), write) if names else {}
            for own, candidate in zip(edges, candidates, strict=True):
                for name in candidate.links.get(column, ()) if not candidate.rejected else ():
                    answer = answers[name]
                    if isinstance(answer, _Unlinked):
                        candidate.problems.append(
                            RowProblem(
                                candidate.line,
                                answer.text,
                                answer.code,
                                column,
                                name,
                                rejected=link.missing == "reject",
                            )
                        )
                    else:
                        own.append(NewEdge(answer, link.type_ids))
        return edges

    async def _answers(
        self, conn: Connection, link: Link, names: Sequence[str], write: Write
    ) -> dict[str, _Answer]:
        type = self._schema.type(link.to)
        found: dict[str, list[int]] = {}
        if link.by in {None, "id"}:
            found |= await self._by_id(conn, type, names)
        for property in type.unique if link.by is None else {link.by} & set(type.unique):
            open_names = [name for name in names if name not in found]
            found |= await self._by_unique_value(conn, type, property, open_names)
        for _, property in self._unindexed(link):
            open_names = [name for name in names if name not in found]
            found |= await self._by_name(conn, type, property, open_names)
        # Held until the batch is written; one that was archived meanwhile is as good as none.
        live = await self._lock(conn, [id for ids in found.values() for id in ids])
        found = {
            name: kept for name, ids in found.items() if (kept := [i for i in ids if i in live])
        }
        answers: dict[str, _Answer] = {
            name: ids[0] if len(ids) == 1 else _ambiguous(type, name, ids)
            for name, ids in found.items()
        }
        missing = [name for name in names if name not in found]
        if link.missing == "create" and link.by != "id":
            answers |= await self._create(conn, type, link.by or type.primary, missing, write)
        else:
            answers |= {name: _unknown(type, name) for name in missing}
        return answers

    async def _lock(self, conn: Connection, ids: Sequence[int]) -> dict[int, str]:
        return await associations.lock(conn, ids, alone=bool(self._schema.limited))

    async def _by_id(
        self, conn: Connection, type: TypeSchema, names: Sequence[str]
    ) -> dict[str, list[int]]:
        ids = {name: id for name in names if (id := id_of(name)) is not None}
        live = await self._lock(conn, list(ids.values())) if ids else {}
        return {name: [id] for name, id in ids.items() if live.get(id) == type.id}

    async def _by_unique_value(
        self, conn: Connection, type: TypeSchema, property: str, names: Sequence[str]
    ) -> dict[str, list[int]]:
        texts = {
            name: text
            for name in names
            if (text := store.key_text(type, property, name)) is not None
        }
        known = await find(conn, type, property, texts.values()) if texts else {}
        return {name: [known[text]] for name, text in texts.items() if text in known}

    async def _by_name(
        self, conn: Connection, type: TypeSchema, property: str, names: Sequence[str]
    ) -> dict[str, list[int]]:
        if not names:
            return {}
        rows = await _queries.rows(
            conn, "named", type=type.id, property=property, names=list(names)
        )
        found: dict[str, list[int]] = {}
        for row in rows:
            found.setdefault(row.name, []).append(row.id)
        # What an earlier part of this batch has made was not there to be gathered.
        for name in names:
            made = self._made.get((type.id, property, name.lower()))
            if made is not None:
                found.setdefault(name, [made])
        return found

    async def _create(
        self, conn: Connection, type: TypeSchema, property: str, names: Sequence[str], write: Write
    ) -> dict[str, _Answer]:
        """One new record for all spellings of a name."""
        spellings: dict[str, list[str]] = {}
        for name in names:
            spellings.setdefault(name.lower(), []).append(name)
        drafts = [store.Draft({property: same[0]}) for same in spellings.values()]
        outcomes = await store.create(conn, self._schema, type, drafts, write)
        answers: dict[str, _Answer] = {}
        for (spelling, same), outcome in zip(spellings.items(), outcomes, strict=True):
            if isinstance(outcome, Record):
                self._made[type.id, property, spelling] = outcome.id
                answers |= dict.fromkeys(same, outcome.id)
            else:
                answers |= dict.fromkeys(same, _refused(type, same[0], outcome))
        return answers


def _unknown(type: TypeSchema, name: str) -> _Unlinked:
    text = Text('there is no {type} "{name}" to associate with', type=type.name, name=name)
    return _Unlinked(text, "ASSOCIATION_NOT_FOUND")


def _ambiguous(type: TypeSchema, name: str, ids: Sequence[int]) -> _Unlinked:
    text = Text(
        'several {types} are called "{name}": {ids}',
        types=type.plural,
        name=name,
        ids=", ".join(str(id) for id in ids[:5]),
    )
    return _Unlinked(text, "ASSOCIATION_AMBIGUOUS")


def _refused(type: TypeSchema, name: str, error: PenstockError) -> _Unlinked:
    reason = error.problems[0].text if error.problems else error.text
    text = Text(
        'the {type} "{name}" could not be created: {reason}',
        type=type.name,
        name=name,
        reason=reason,
    )
    return _Unlinked(text, "ASSOCIATION_NOT_CREATED")
