"""What a group of enrollments knows at a step: values of their records, of others, of what was.

Tokens are read by root, all of one root in a few statements, however many records ask.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from penstock.actions.base import MADE
from penstock.actions.sources import Column
from penstock.actions.tokens import ENROLLED, EVENT, FETCHED, OUTPUTS, Token
from penstock.emails import language
from penstock.emails.errors import RenderFailed
from penstock.engine import contexts
from penstock.engine.crowd import Crowd
from penstock.engine.fetching import fetch
from penstock.engine.plans import Plan
from penstock.engine.turn import Turn
from penstock.engine.walkers import Walker
from penstock.kernel.db import dumps
from penstock.records.schema import TypeSchema

Ends = Mapping[int, int]
"""One other record by the enrolled one."""


class Reading:
    """A `Reader` of walkers at one step."""

    def __init__(self, turn: Turn, plan: Plan, zone: ZoneInfo, walkers: Sequence[Walker]) -> None:
        self.turn, self.plan = turn, plan
        self.now, self.zone = turn.now, zone
        self.crowd = Crowd(turn, plan.type, [walker.record_id for walker in walkers])
        self._contexts = {walker.record_id: walker.context for walker in walkers}
        self._fetched: dict[str, tuple[TypeSchema, Ends] | None] = {}

    @property
    def ids(self) -> Sequence[int]:
        return self.crowd.ids

    async def read(self, tokens: Collection[Token]) -> Mapping[Token, Column]:
        found: dict[Token, Column] = {}
        alike: dict[tuple[str, str], list[str]] = {}
        for token in sorted(set(tokens)):
            alike.setdefault((token.root, token.of), []).append(token.key)
        for (root, of), keys in alike.items():
            columns = await _ROOTS.get(root, _of_type)(self, root, of, keys)
            found |= {Token(root, of, key): columns.get(key, {}) for key in keys}
        return found

    async def texts(self, paths: Collection[str]) -> dict[int, dict[str, str | None]]:
        """The same as texts by dotted path, for every record; what is unknown has none."""
        tokens = {path: Token.of_path(path) for path in sorted(paths)}
        columns = await self.read(tokens.values())
        return {
            id: {path: _text(columns[token].get(id)) for path, token in tokens.items()}
            for id in self.ids
        }

    async def render(self, template: str, *, markup: bool = False) -> Mapping[int, str]:
        if "{" not in template:
            return dict.fromkeys(self.ids, template)
        source = language.read(template)
        if source.problems:
            raise RenderFailed(reason=source.problems[0].text)
        values = await self.texts(source.tokens)
        # Many are alike: people share their first names.
        keys = {id: tuple(of_record.values()) for id, of_record in values.items()}
        one_each = {key: values[id] for id, key in keys.items()}
        texts = {
            key: source.fill(of_record).text(markup=markup) for key, of_record in one_each.items()
        }
        return {id: texts[keys[id]] for id in self.ids}

    async def of(self, type: TypeSchema, ends: Ends, keys: Sequence[str]) -> Mapping[str, Column]:
        """What other records hold, by property, for the enrolled ones that they belong to."""
        far = await self.crowd.far(type, ends.values(), [key for key in keys if key])
        columns: dict[str, Column] = {}
        for key in keys:
            if key:
                columns[key] = {id: far[other].get(key) for id, other in ends.items()}
            else:
                columns[key] = {id: f"{type.id}-{other}" for id, other in ends.items()}
        return columns

    async def fetched(self, name: str) -> tuple[TypeSchema, Ends] | None:
        """The record that a data source finds for each; None: there is no such source."""
        if name not in self._fetched:
            self._fetched[name] = await fetch(self.crowd, self.plan.sources.get(name))
        return self._fetched[name]

    def context(self, id: int) -> Mapping[str, Any]:
        return self._contexts[id]


_Columns = Mapping[str, Column]


async def _enrolled(reading: Reading, root: str, of: str, keys: Sequence[str]) -> _Columns:
    columns = dict(await reading.crowd.columns([key for key in keys if key]))
    if "" in keys:
        columns[""] = {id: f"{reading.crowd.type.id}-{id}" for id in reading.ids}
    return columns


async def _of_type(reading: Reading, root: str, of: str, keys: Sequence[str]) -> _Columns:
    """The name of the enrolled type means the record itself; that of another type the one record of
    it that is associated, the primary one first, then the oldest.
    """
    types = reading.turn.schema.types.values()
    type = next((type for type in types if type.name == root), None)
    if type is None:
        return {}
    if type.id == reading.crowd.type.id:
        return await _enrolled(reading, root, of, keys)
    ends = {id: others[0] for id, others in (await reading.crowd.ends(type)).items()}
    return await reading.of(type, ends, keys)


async def _fetched(reading: Reading, root: str, of: str, keys: Sequence[str]) -> _Columns:
    found = await reading.fetched(of)
    return {} if found is None else await reading.of(*found, keys)


async def _outputs(reading: Reading, root: str, of: str, keys: Sequence[str]) -> _Columns:
    """What a step put out; what it did not is looked for in the record that it made."""
    outputs = {id: contexts.outputs(reading.context(id), of) for id in reading.ids}
    columns: dict[str, Column] = {}
    elsewhere: list[str] = []
    for key in keys:
        columns[key] = {id: told[key] for id, told in outputs.items() if key in told}
        if not columns[key]:
            elsewhere.append(key)
    made = {id: int(told[MADE]) for id, told in outputs.items() if told.get(MADE)}
    type = reading.turn.schema.types.get(reading.plan.makes.get(of, ""))
    if elsewhere and made and type is not None:
        columns |= await reading.of(type, made, elsewhere)
    return columns


async def _event(reading: Reading, root: str, of: str, keys: Sequence[str]) -> _Columns:
    told = {id: contexts.event(reading.context(id)) for id in reading.ids}
    return {key: {id: event.get(key) for id, event in told.items()} for key in keys}


_ROOTS: Final[Mapping[str, Callable[..., Awaitable[_Columns]]]] = {
    ENROLLED: _enrolled,
    FETCHED: _fetched,
    OUTPUTS: _outputs,
    EVENT: _event,
}
"""By the first word of a token; any other is the name of an object type."""


def _text(raw: Any) -> str | None:
    """A value as it stands in a text."""
    if raw is None or isinstance(raw, str):
        return raw
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, list):
        return "; ".join(_text(each) or "" for each in raw)
    return dumps(raw).decode() if isinstance(raw, dict) else str(raw)
