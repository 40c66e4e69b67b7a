"""What a step's settings name is there: properties, data sources, outputs, properties of events.

Every action is looked at in the same way: its value sources and its texts are found by walking its
fields, so an action of its own need not check them.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from pydantic import BaseModel

from penstock.actions.sources import Source
from penstock.actions.tokens import ENROLLED, EVENT, FETCHED, OUTPUTS, Token
from penstock.emails import language
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.schema import Schema, TypeSchema

TEMPLATES: Final = frozenset({"template", "rich_text"})
"""Widgets of settings that are texts with tokens."""


_OF_WORKFLOWS: Final = frozenset({ENROLLED, FETCHED, OUTPUTS, EVENT})


class Trace(NamedTuple):
    """How an event is known to concern what a step did: it happens to a record of this type, to the
    one that the step `made` or to the enrolled one, and its properties have these values.
    """

    object_type: str
    made: bool
    values: Mapping[str, str]


class Outputs(NamedTuple):
    """What a step puts out: keys, None where nobody can know; the type of record it makes; and how
    events that concern it are known, if any can.
    """

    keys: Collection[str] | None
    made: TypeSchema | None
    trace: Trace | None


@dataclass(frozen=True)
class Known:
    """What the settings of one step may name."""

    schema: Schema
    type: TypeSchema
    fetched: Mapping[str, TypeSchema | None]
    """By the names of data sources, the type of what they find, if it is known."""

    outputs: Mapping[str, Outputs]
    """By the ids of all steps."""

    precedes: Callable[[str], bool]
    """Whether a step may come before this one."""

    event: Collection[str] | None
    """Properties of the events that enroll; None where no event does."""

    mails: Mapping[str, Collection[str]]
    """The tokens of marketing e-mails, as dotted paths, by their ids."""


def input_problems(action: BaseModel, where: str, known: Known) -> Iterator[Problem]:
    """What the value sources and texts of a step name that does not exist, with JSON paths."""
    for path, found in walk(action, where):
        if isinstance(found, str):
            yield from _text_problems(found, path, known)
            continue
        yield from found.problems(path)
        for setting, token in found.names():
            yield from _source_problems(found, token, f"{path}.{setting}", path, known)
        for setting, template in found.templates():
            yield from _text_problems(template, f"{path}.{setting}", known)


def mail_problems(mails: Mapping[str, str], where: str, known: Known) -> Iterator[Problem]:
    """What e-mails that a step sends say of the workflow, and it does not have; by their settings.

    What they say of their readers is theirs to know.
    """
    for setting, id in mails.items():
        for path in sorted(known.mails.get(id, ())):
            token = Token.of_path(path)
            if token.root in _OF_WORKFLOWS:
                yield from _token_problems(token, f"{where}.{setting}", known, f"{where}.{setting}")


def mail_warnings(mails: Mapping[str, str], where: str, known: Known) -> Iterator[Problem]:
    """What e-mails that a step sends say of their readers, and nobody has; by their settings."""
    for setting, id in mails.items():
        for path in sorted(known.mails.get(id, ())):
            token = Token.of_path(path)
            if token.root in _OF_WORKFLOWS:
                continue
            for problem in _named_problems(token, f"{where}.{setting}", known):
                text = Text(
                    '"{token}" in the e-mail says nothing: {reason}',
                    token=path,
                    reason=problem.text,
                )
                yield replace(problem, text=text)


def walk(value: Any, where: str) -> Iterator[tuple[str, Source | str]]:
    """Every value source and every text with tokens in settings, with its JSON path."""
    if isinstance(value, Source):
        yield where, value
    if isinstance(value, BaseModel):
        for name, info in type(value).model_fields.items():
            inner, path = getattr(value, name), f"{where}.{info.alias or name}"
            hints = info.json_schema_extra
            if isinstance(inner, str):
                if isinstance(hints, dict) and hints.get("widget") in TEMPLATES:
                    yield path, inner
            else:
                yield from walk(inner, path)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from walk(inner, f"{where}.{key}")
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from walk(inner, f"{where}[{index}]")


def _source_problems(
    source: Source, token: Token | None, where: str, path: str, known: Known
) -> Iterator[Problem]:
    if token is None:
        text = Text("a token in double braces is expected here")
        yield Problem(text, where, "INVALID_TOKEN")
    elif source.whole and token.key and token.root != OUTPUTS:
        text = Text("a record is expected here, not one of its properties")
        yield Problem(text, where, "INVALID_TOKEN")
    elif not source.whole and not token.key:
        text = Text("a property is expected here, not a record")
        yield Problem(text, where, "INVALID_TOKEN")
    else:
        step = where if source.step_setting is None else f"{path}.{source.step_setting}"
        yield from _token_problems(token, where, known, step)


def _text_problems(template: str, where: str, known: Known) -> Iterator[Problem]:
    source = language.read(template)
    for problem in source.problems:
        yield Problem(problem.text, where, problem.code, problem.context)
    for path in sorted(source.tokens):
        yield from _token_problems(Token.of_path(path), where, known, where)


def _token_problems(token: Token, where: str, known: Known, step: str) -> Iterator[Problem]:
    if token.root == ENROLLED:
        yield from _property_problems(known.type, token.key, where)
    elif token.root == FETCHED:
        if token.of not in known.fetched:
            text = Text('there is no data source "{name}"', name=token.of)
            yield Problem(text, where, "DATA_SOURCE_DOESNT_EXIST")
            return
        fetched = known.fetched[token.of]
        if fetched is not None:
            yield from _property_problems(fetched, token.key, where)
    elif token.root == OUTPUTS:
        yield from _output_problems(token, where, known, step)
    elif token.root == EVENT:
        yield from _event_problems(token, where, known)
    else:
        yield from _type_problems(token, where, known)


def _property_problems(type: TypeSchema, name: str, where: str) -> Iterator[Problem]:
    if name and name not in type.properties:
        text = Text('there is no property "{name}" of {type}', name=name, type=type.plural_label)
        yield Problem(text, where, "PROPERTY_DOESNT_EXIST")


def _output_problems(token: Token, where: str, known: Known, step: str) -> Iterator[Problem]:
    outputs = known.outputs.get(token.of)
    if outputs is None or not known.precedes(token.of):
        text = Text("no step {id} comes before this one", id=token.of)
        yield Problem(text, step, "ACTION_DOESNT_EXIST")
        return
    if outputs.keys is None or token.key in outputs.keys or (not token.key and outputs.made):
        return
    if outputs.made is None or token.key not in outputs.made.properties:
        text = Text('step {id} does not put out "{name}"', id=token.of, name=token.key)
        yield Problem(text, where, "OUTPUT_DOESNT_EXIST")


def _event_problems(token: Token, where: str, known: Known) -> Iterator[Problem]:
    if known.event is None:
        text = Text("no event enrolls records here, so there is none to take a value from")
        yield Problem(text, where, "EVENT_DOESNT_EXIST")
    elif token.key not in known.event:
        text = Text('the events that enroll have no property "{name}"', name=token.key)
        yield Problem(text, where, "PROPERTY_DOESNT_EXIST")


def _type_problems(token: Token, where: str, known: Known) -> Iterator[Problem]:
    type = _named(token, known)
    if (
        type is not None
        and type.id != known.type.id
        and not known.schema.edges_between(known.type.id, type.id)
    ):
        text = Text(
            "{first} and {second} have no association type",
            first=known.type.plural,
            second=type.plural,
        )
        yield Problem(text, where, "ASSOCIATION_TYPE_UNKNOWN")
    yield from _named_problems(token, where, known)


def _named_problems(token: Token, where: str, known: Known) -> Iterator[Problem]:
    """Whether there is a type of this name, with such a property."""
    type = _named(token, known)
    if type is None:
        text = Text('"{name}" is nothing that a token can speak of', name=token.root)
        yield Problem(text, where, "INVALID_TOKEN")
    else:
        yield from _property_problems(type, token.key, where)


def _named(token: Token, known: Known) -> TypeSchema | None:
    return next((type for type in known.schema.types.values() if type.name == token.root), None)
