"""Checks a workflow document: what is unfinished is listed (what is broken: see `broken`)."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from penstock.actions.base import ACTIONS, Place
from penstock.actions.naming import Known, input_problems, mail_problems, mail_warnings
from penstock.filters.compile import Criterion, check, mentions
from penstock.filters.errors import FilterInvalid
from penstock.filters.mentions import Mention, Names, missing
from penstock.filters.occurrences import check_occurrence
from penstock.kernel.errors import Problem
from penstock.kernel.settings import Settings
from penstock.kernel.texts import Text
from penstock.records.schema import Schema
from penstock.triggers.base import TRIGGERS, Trigger
from penstock.workflows import data_sources
from penstock.workflows.asking import asked, in_setting
from penstock.workflows.document import ERROR, SHAPES, Document, left_flows
from penstock.workflows.eligibility import eligibility_problems
from penstock.workflows.failing import ErrorPolicy
from penstock.workflows.limits import limit_problems
from penstock.workflows.naming import Naming
from penstock.workflows.parsing import parsed
from penstock.workflows.timing import timing_problems


def mentioned(document: Document) -> list[Mention]:
    """What a document names beside the schema, in its filters and in the settings of its steps."""
    found = mentions(document.filters)
    for id in document.order:
        entry = ACTIONS.get(document.steps[id].type_id)
        action = None if entry is None else parsed(entry, document.steps[id].settings, "", [])
        found += () if action is None else action.mentions("")
    trigger = _trigger(document, [])
    if trigger is not None:
        found += [Mention("list", id, where) for _, where, id in trigger.memberships()]
    return found + _left(document)


def _leaving_problems(document: Document, names: Names) -> Iterator[Problem]:
    setting = document.raw.get("unEnrollmentSetting")
    if setting is None:
        return
    where = "$.unEnrollmentSetting"
    if setting.get("type") not in ("ALL", "SELECTIVE"):
        text = Text("the choices are {choices}", choices="ALL, SELECTIVE")
        yield Problem(text, f"{where}.type", "UNKNOWN_TYPE")
    elif setting["type"] == "SELECTIVE":
        if not isinstance(setting.get("flowIds") or [], list):
            text = Text("{kind} is expected here", kind=Text("a list"))
            yield Problem(text, f"{where}.flowIds", "WRONG_TYPE")
        for place, id in enumerate(left_flows(setting)):
            if not (id.isascii() and id.isdecimal()):
                text = Text('"{value}" is not an id: it is a number', value=id)
                yield Problem(text, f"{where}.flowIds[{place}]", "INVALID_ID")
        yield from missing(_left(document), names)


def _left(document: Document) -> list[Mention]:
    """The workflows that a record leaves when it enrols."""
    setting = document.raw.get("unEnrollmentSetting") or {}
    return [
        Mention("workflow", int(id), f"$.unEnrollmentSetting.flowIds[{place}]")
        for place, id in enumerate(left_flows(setting))
        if id.isascii() and id.isdecimal()
    ]


@dataclass(frozen=True)
class Checked:
    """A document that was looked at closely: what is unfinished, and the criteria it asks about."""

    problems: tuple[Problem, ...]
    criteria: Mapping[str, Criterion]
    """By role."""

    warnings: tuple[Problem, ...] = ()
    """What does not keep it from being turned on, and is worth knowing."""


def mails(document: Document) -> set[str]:
    """The ids of the marketing e-mails that its steps send."""
    found: set[str] = set()
    for id in document.order:
        entry = ACTIONS.get(document.steps[id].type_id)
        action = None if entry is None else parsed(entry, document.steps[id].settings, "", [])
        found.update(() if action is None else action.mails().values())
    return found


def look(
    document: Document, schema: Schema, emails: Mapping[str, Collection[str]], names: Names
) -> Checked:
    """Everything that keeps the workflow from being turned on, with JSON paths.

    `emails` are the published ones that its steps send, with their tokens; `names` those of what
    its filters mention, as far as it exists.
    """
    problems: list[Problem] = []
    criteria: dict[str, Criterion] = {}
    trigger = _trigger(document, problems)
    if trigger is not None:
        problems += trigger.problems("$.enrollmentCriteria")
    for role, where, wanted in asked(document, trigger):
        try:
            criteria[role] = check(wanted, schema, document.object_type, where=where, names=names)
        except FilterInvalid as invalid:
            problems += [replace(each, where=in_setting(each.where)) for each in invalid.problems]
    if trigger is not None:
        problems += _event_problems(document, trigger, schema, names)
    problems += _locked(document)
    problems += _leaving_problems(document, names)
    type = schema.types[document.object_type]
    fetched = data_sources.look(document.raw.get("dataSources") or [], schema, type, problems)
    naming = Naming(document, schema, trigger, fetched, emails)
    centred = bool(document.raw.get("eventAnchor"))
    place = Place(schema, type, "", emails, names, fetched, centred=centred)
    problems += timing_problems(document.raw, type)
    problems += limit_problems(document)
    problems += eligibility_problems(document)
    for id in document.order:
        problems += _step_problems(document, id, place, naming.at(id))
    warnings = [*_unknown_actions(document), *_empty_tokens(document, naming)]
    return Checked(tuple(problems), criteria, tuple(warnings))


def _unknown_actions(document: Document) -> Iterator[Problem]:
    """Steps that nobody here can do: who comes to one fails it, and goes on."""
    for id in document.order:
        step = document.steps[id]
        if step.type_id not in ACTIONS:
            text = Text('the action "{type}" is not supported by this version', type=step.type_id)
            yield Problem(text, step.where, "ACTION_UNSUPPORTED")


def _empty_tokens(document: Document, naming: Naming) -> Iterator[Problem]:
    """What the mails of steps would say of their readers, and cannot."""
    for id in document.order:
        step = document.steps[id]
        entry = ACTIONS.get(step.type_id)
        action = None if entry is None else parsed(entry, step.settings, "", [])
        if action is not None:
            yield from mail_warnings(action.mails(), f"{step.where}.fields", naming.at(id))


def trigger_of(document: Document) -> Trigger | None:
    """The trigger, if it is one that this version knows."""
    return _trigger(document, [])


def _trigger(document: Document, problems: list[Problem]) -> Trigger | None:
    raw = document.raw.get("enrollmentCriteria")
    if raw is None:
        return None
    entry = TRIGGERS.get(str(raw.get("type")))
    where = "$.enrollmentCriteria"
    if entry is None:
        text = Text('"{type}" is no enrollment type that this version knows', type=raw.get("type"))
        problems.append(Problem(text, f"{where}.type", "UNKNOWN_TYPE"))
        return None
    read = parsed(entry, raw, where, problems)
    return read if isinstance(read, Trigger) else None


def _event_problems(
    document: Document, trigger: Trigger, schema: Schema, names: Names
) -> Iterator[Problem]:
    where, type = "$.enrollmentCriteria", document.object_type
    for setting, wanted in trigger.occurrences().values():
        try:
            check_occurrence(wanted, schema, type, where=f"{where}.{setting}")
        except FilterInvalid as invalid:
            yield from invalid.problems
    condition = trigger.condition()
    if condition is not None:
        try:
            check(condition[1], schema, type, where=f"{where}.{condition[0]}", names=names)
        except FilterInvalid as invalid:
            yield from invalid.problems
    lists = [Mention("list", id, f"{where}.{path}") for _, path, id in trigger.memberships()]
    yield from missing(lists, names)


def _locked(document: Document) -> Iterator[Problem]:
    """Actions that this installation does not include (its setting PENSTOCK_LOCKED_ACTIONS)."""
    locked = Settings().locked_actions
    for id in document.order if locked else ():
        step = document.steps[id]
        if step.type_id in locked:
            entry = ACTIONS.get(step.type_id)
            label = Text(entry.label) if entry is not None else step.type_id
            text = Text('the action "{action}" is locked on this installation', action=label)
            yield Problem(text, step.where, "ACTION_LOCKED")


def _step_problems(document: Document, id: str, around: Place, known: Known) -> list[Problem]:
    step = document.steps[id]
    entry = ACTIONS.get(step.type_id)
    problems = ErrorPolicy.problems(step.error_policy, f"{step.where}.errorPolicy")
    if entry is None:
        return problems
    inside = "" if step.type_id in SHAPES else ".fields"
    where = f"{step.where}{inside}"
    action = parsed(entry, step.settings, where, problems)
    if action is not None:
        last = all(exit.to is None for exit in step.exits if exit.key != ERROR)
        problems += action.problems(replace(around, where=where, last=last, known=known))
        problems += input_problems(action, where, known)
        problems += mail_problems(action.mails(), where, known)
        problems += missing(action.mentions(where), around.names)
    return problems
