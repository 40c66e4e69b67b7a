"""Writes a batch of candidates, and says what became of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from penstock.imports.errors import KeyMissing
from penstock.imports.linking import Linking
from penstock.imports.mapping import Candidate, Columns
from penstock.imports.model import ID, Operation, Options, RowProblem
from penstock.kernel.db import Connection
from penstock.kernel.errors import PenstockError, Problem
from penstock.records import checking, store
from penstock.records.changes import Write
from penstock.records.errors import RecordExists, RecordNotFound, ValueTaken
from penstock.records.reading import Record, find
from penstock.records.schema import Schema
from penstock.records.store import Draft, Patch, Upserted

_Outcomes = Mapping[int, Upserted | PenstockError]


@dataclass(frozen=True)
class Writer:
    """Writes the rows of one import."""

    schema: Schema
    columns: Columns
    options: Options
    linking: Linking

    async def write(
        self, conn: Connection, candidates: Sequence[Candidate], write: Write
    ) -> dict[int, Upserted]:
        """Write what can be written; by index, what became of it.

        What keeps the others from being written is left to them as problems.
        """
        self._find_further(candidates)
        edges = await self.linking.resolve(conn, candidates, write)
        drafts = {
            index: Draft(candidate.values, own)
            for index, (candidate, own) in enumerate(zip(candidates, edges, strict=True))
            if not candidate.rejected
        }
        known = {index: id for index in drafts if (id := candidates[index].id) is not None}
        others = {index: draft for index, draft in drafts.items() if index not in known}
        outcomes = dict(await self._revise(conn, drafts, known, write))
        outcomes |= await self._by_key(conn, others, write)
        written = {}
        for index, outcome in outcomes.items():
            if isinstance(outcome, Upserted):
                written[index] = outcome
            else:
                candidates[index].problems += self._problems(candidates[index], outcome)
        return written

    def _find_further(self, candidates: Sequence[Candidate]) -> None:
        """What else is wrong with rows that are rejected already: all of it is told at once."""
        for candidate in candidates:
            if candidate.rejected and candidate.values:
                try:
                    checking.check(self.schema, self.columns.type, candidate.values)
                except PenstockError as error:
                    candidate.problems += self._problems(candidate, error)

    async def _by_key(
        self, conn: Connection, drafts: Mapping[int, Draft], write: Write
    ) -> _Outcomes:
        """Write rows that no id tells about."""
        key, type = self.options.key, self.columns.type
        if self.options.operation is Operation.UPDATE:
            return await self._update(conn, drafts, write)
        if self.options.operation is Operation.UPSERT and key is not None:
            upserted = await store.upsert(
                conn, self.schema, type, key, list(drafts.values()), write
            )
            return dict(zip(drafts, upserted, strict=True))
        created = await store.create(conn, self.schema, type, list(drafts.values()), write)
        return {
            index: Upserted(outcome, new=True) if isinstance(outcome, Record) else outcome
            for index, outcome in zip(drafts, created, strict=True)
        }

    async def _update(
        self, conn: Connection, drafts: Mapping[int, Draft], write: Write
    ) -> _Outcomes:
        """Update the records that have the rows' key."""
        key, type = self.options.key, self.columns.type
        if key is None:
            return {index: KeyMissing(column=self._column(ID)) for index in drafts}
        raw = {index: draft.properties.get(key) for index, draft in drafts.items()}
        texts = {index: store.key_text(type, key, raw[index]) for index in drafts}
        found = await find(conn, type, key, {text for text in texts.values() if text is not None})
        known = {index: found[text] for index, text in texts.items() if text in found}
        strangers = {
            index: RecordNotFound(type=type.name, key=key, value=raw[index])
            if raw[index] is not None
            else KeyMissing(column=self._column(key))
            for index in drafts
            if index not in known
        }
        return {**strangers, **await self._revise(conn, drafts, known, write)}

    async def _revise(
        self,
        conn: Connection,
        drafts: Mapping[int, Draft],
        ids: Mapping[int, int],
        write: Write,
    ) -> _Outcomes:
        patches = [
            Patch(id, drafts[index].properties, edges=drafts[index].edges)
            for index, id in ids.items()
        ]
        revised = await store.revise(conn, self.schema, self.columns.type, patches, write)
        return dict(zip(ids, revised, strict=True))

    def _column(self, property: str) -> str:
        index = self.columns.index_of.get(property)
        return property if index is None else self.columns.names[index]

    def _problems(self, candidate: Candidate, error: PenstockError) -> list[RowProblem]:
        """What kept a row from being written, with the columns that it is about."""
        subject = _subject(error, self.options.key)
        found = []
        for problem in error.problems or (Problem(error.text, subject, error.code),):
            column = self.columns.index_of.get(problem.where or "")
            value = None if column is None else candidate.cells[column]
            code = problem.code or "INVALID"
            found.append(RowProblem(candidate.line, problem.text, code, column, value))
        return found


def _subject(error: PenstockError, key: str | None) -> str | None:
    """The property that an error without problems is about."""
    if isinstance(error, ValueTaken):
        return str(error.text.arguments["property"])
    if isinstance(error, RecordExists | KeyMissing):
        return key
    if isinstance(error, RecordNotFound):
        asked = str(error.text.arguments["key"])
        return ID if asked == "id" else asked
    return error.where
