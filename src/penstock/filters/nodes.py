"""What the parts of a filter document have in common, and the families that they belong to.

Every kind is a class in a module of its family's folder: its fields are the keys of its JSON, its
docstring is its help, its methods say what it means.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

from pydantic import BaseModel, ConfigDict, PrivateAttr, model_serializer, model_validator
from pydantic.alias_generators import to_camel
from sqlalchemy import ColumnElement

from penstock.filters.dependencies import Dependency
from penstock.filters.judgement import Judgement
from penstock.filters.mentions import Mention
from penstock.filters.moments import Moment
from penstock.filters.sql import Parameters
from penstock.filters.subject import Scope
from penstock.filters.windows import Window
from penstock.kernel.catalogue import Catalogue
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text

NOT_KNOWN: Final = "something that is not known here"


class Wire(BaseModel):
    """JSON with camelCase keys: null is the same as nothing, and stray keys are ignored."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, raw: Any) -> Any:
        if not isinstance(raw, Mapping):
            return raw
        return {key: value for key, value in raw.items() if value is not None}


class Node(Wire):
    """One part of a document. `type_id` is the word that names its kind on the wire."""

    type_id: ClassVar[str] = ""
    aliases: ClassVar[tuple[str, ...]] = ()
    label: ClassVar[str] = ""

    _where: str = PrivateAttr("$")

    @property
    def where(self) -> str:
        """Its JSON path."""
        return self._where

    def located(self, where: str) -> Self:
        self._where = where
        return self


class Part(Node):
    """A branch or a filter: something that is true or false of a record.

    One `of_events` can be asked of an event, too.
    """

    of_events: ClassVar[bool] = False

    def problems(self, scope: Scope) -> Iterator[Problem]:
        """What keeps it from being asked of the records in scope."""
        yield from ()

    def depends(self, scope: Scope) -> Iterator[Dependency]:
        """What can change its answer, apart from time."""
        yield from ()

    def recurs(self, scope: Scope) -> Iterator[Dependency]:
        """What happens anew each time, so that it may count though the answer stays true."""
        return (each for each in self.depends(scope) if each.kind == "event")

    def mentions(self) -> Iterator[Mention]:
        """What it names that is not in the schema."""
        yield from ()

    def within(self, scope: Scope) -> tuple[Scope, Sequence["Part"]]:
        """The parts within it, and where they stand."""
        return scope, ()

    def judge(self, scope: Scope) -> Judgement:
        """What it means. Its verdict is true or false, never null."""
        raise NotImplementedError(type(self).__name__)

    def sentence(self, scope: Scope) -> Text:
        """What it means, in words."""
        raise NotImplementedError(type(self).__name__)


class Branch(Part):
    """Filters and further branches under one roof."""

    filter_branch_type: str


class Filter(Part):
    """One question about a record."""

    filter_type: str


class TimePoint(Node):
    """A moment, fixed or moving with time."""

    time_type: str

    def moment(self) -> Moment:
        raise NotImplementedError(type(self).__name__)

    def sentence(self) -> Text:
        """The moment in words."""
        raise NotImplementedError(type(self).__name__)


class Refinement(Node):
    """A limit on what counts as having happened: its time, or how often it did.

    One `of_time` has a `window`: between which moments it counts, and whether inside them; None is
    at any time. Any other says whether it is `enough` that `some` count of so many in `total`.
    """

    of_time: ClassVar[bool] = False

    type: str

    def window(self) -> tuple[Window, bool] | None:
        return None

    def enough(
        self, parameters: Parameters, some: ColumnElement[int], total: ColumnElement[int]
    ) -> ColumnElement[bool]:
        raise NotImplementedError(type(self).__name__)

    def sentence(self) -> Text | None:
        """The limit in words; None: there is no limit."""
        raise NotImplementedError(type(self).__name__)


class Unknown(Part):
    """What nobody here knows, or what is not as it should be: kept as it came."""

    raw: Any = None

    @model_serializer
    def _as_it_came(self) -> Any:
        return self.raw

    def sentence(self, scope: Scope) -> Text:
        return Text(NOT_KNOWN)


def in_order(raw: Any) -> Any:
    """The same JSON with the keys of every object in order, so that it is written in one way."""
    if isinstance(raw, Mapping):
        return {key: in_order(raw[key]) for key in sorted(raw, key=str)}
    if isinstance(raw, (list, tuple)):
        return [in_order(item) for item in raw]
    return raw


def moment_in_words(node: Node) -> Text:
    return node.sentence() if isinstance(node, TimePoint) else Text(NOT_KNOWN)


@dataclass(frozen=True)
class Family:
    """The kinds that can stand in one place of a document, told apart by the word under `key`.

    Where that is left out, `otherwise` is meant, if anything.
    """

    key: str
    kinds: Catalogue[type[Node]]
    refusal: str
    otherwise: str | None = None

    def find(self, word: object) -> type[Node] | None:
        for kind in self.kinds.values():
            if word == kind.type_id or word in kind.aliases:
                return kind
        return None

    def refuse(self, word: object, where: str) -> Problem:
        known = ", ".join(self.kinds)
        text = Text(self.refusal, word=word, known=known)
        return Problem(text, f"{where}.{self.key}", "UNKNOWN_KIND")


def family(package: str, key: str, refusal: str) -> Family:
    """The kinds found in a package; classes without a `type_id` are no kinds."""
    kinds: Catalogue[type[Node]] = Catalogue(
        f"penstock.filters.{package}",
        is_entry=lambda value: (
            isinstance(value, type) and issubclass(value, Node) and bool(value.type_id)
        ),
        key=lambda kind: kind.type_id,
    )
    return Family(key, kinds, refusal)


BRANCHES = family(
    "branches", "filterBranchType", 'there is no filter branch "{word}" here; there are: {known}'
)
KINDS = family("kinds", "filterType", 'there is no filter type "{word}" here; there are: {known}')
OPERATIONS = family(
    "operations", "operationType", 'there is no operation "{word}" here; there are: {known}'
)
REFINEMENTS = family(
    "refinements", "type", 'there is no refinement "{word}" here; there are: {known}'
)
TIME_POINTS = family(
    "time_points", "timeType", 'there is no time point "{word}" here; there are: {known}'
)
