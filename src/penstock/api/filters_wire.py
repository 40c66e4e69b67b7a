"""Filters, what is said of them and what they are made of, as our own operations have them."""

from collections.abc import Iterator
from typing import Any

from penstock.filters.editing import Field, explanation, fields, title
from penstock.filters.explain import Explained
from penstock.filters.facts import Fact
from penstock.filters.nodes import (
    BRANCHES,
    KINDS,
    OPERATIONS,
    REFINEMENTS,
    TIME_POINTS,
    Family,
    Node,
)
from penstock.filters.operators import Operation, operations_for
from penstock.filters.subject import Scope
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.model import Property
from penstock.records.schema import Schema, TypeSchema


def problem(one: Problem, language: str) -> dict[str, Any]:
    return {"message": one.text.render(language), "where": one.where, "code": one.code}


def explanation_shape(told: Explained, language: str) -> dict[str, Any]:
    """A part, and those within it."""
    return {
        "where": told.where,
        "sentence": told.sentence.render(language),
        **({} if told.verdict is None else {"verdict": told.verdict}),
        "facts": [_fact(one, language) for one in told.facts],
        "parts": [explanation_shape(part, language) for part in told.parts],
        "problems": [problem(one, language) for one in told.problems],
    }


def _fact(one: Fact, language: str) -> dict[str, Any]:
    shaped = {
        "role": one.role,
        "value": one.value,
        "label": None if one.label is None else one.label.render(language),
        "message": one.sentence.render(language),
    }
    return {key: value for key, value in shaped.items() if value is not None}


def editor(schema: Schema, type: TypeSchema, language: str) -> dict[str, Any]:
    """What can be asked of the records of a type, and how."""
    scope = Scope(schema, type)
    return {
        "objectTypeId": type.id,
        "properties": [_askable(scope.shown(name)) for name in type.properties],
        "operations": [
            {
                **shape,
                "operators": list(_operators(kind, language)),
                "ofEmptiness": kind.of_emptiness,
            }
            for kind, shape in _kinds(OPERATIONS, language)
            if issubclass(kind, Operation)
        ],
        "filters": [shape for _, shape in _kinds(KINDS, language)],
        "branches": [shape for _, shape in _kinds(BRANCHES, language)],
        "timePoints": [shape for _, shape in _kinds(TIME_POINTS, language)],
        "refinements": [shape for _, shape in _kinds(REFINEMENTS, language)],
    }


def _askable(property: Property) -> dict[str, Any]:
    return {
        "name": property.name,
        "label": property.label,
        "type": property.type,
        "fieldType": property.field_type,
        "group": property.group,
        "options": [
            {"value": option.value, "label": option.label}
            for option in property.options
            if not option.hidden
        ],
        "operations": operations_for(property),
    }


def _kinds(family: Family, language: str) -> Iterator[tuple[type[Node], dict[str, Any]]]:
    for type_id, kind in family.kinds.items():
        yield (
            kind,
            {
                "type": type_id,
                "label": Text(title(kind)).render(language),
                "help": Text(explanation(kind)).render(language),
                "fields": [_field(one, language) for one in fields(family, kind)],
            },
        )


def _operators(kind: type[Operation], language: str) -> Iterator[dict[str, Any]]:
    for row in kind.operators.values():
        yield {
            "operator": row.name,
            "label": Text(row.label).render(language),
            "negative": row.negative,
            "flips": row.flips,
        }


def _field(one: Field, language: str) -> dict[str, Any]:
    shaped = {
        "name": one.name,
        "label": Text(one.label).render(language),
        "type": one.type,
        "widget": one.widget,
        "required": one.required,
        "default": one.default,
        "options": list(one.options) or None,
        "least": one.least,
        "most": one.most,
        "fields": [_field(inner, language) for inner in one.fields] or None,
    }
    return {key: value for key, value in shaped.items() if value is not None}
