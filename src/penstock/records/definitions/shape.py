"""What the definition of a property may say, by the catalogue of property types."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.defaults import options
from penstock.records.definitions.words import (
    check_label,
    check_name,
    check_options,
    check_text,
)
from penstock.records.errors import DefinitionInvalid
from penstock.records.model import Group, Property
from penstock.records.schema import TypeSchema
from penstock.records.values import TYPES

RESERVED: Final = "hs_"
"""How names begin that built-in properties of later versions will have."""

_SINGLE_LINES: Final = frozenset({"text", "number", "phonenumber"})
_YES_NO: Final = options({"true": "Yes", "false": "No"})


def shape(type: TypeSchema, draft: Property) -> Property:
    """The definition as it is kept. Raises DefinitionInvalid with everything that is wrong."""
    problems: list[Problem] = []
    shaped = _cleaned(replace(draft, group=draft.group or default_group(type)), problems)
    if shaped.group not in type.groups:
        text = Text('there is no property group "{name}"', name=shaped.group)
        problems.append(Problem(text, where="groupName", code="GROUP_DOESNT_EXIST"))
    if problems:
        raise DefinitionInvalid(problems=problems)
    return shaped


def shape_attribute(draft: Property) -> Property:
    """The definition of a property of an event. Without a field type it gets the first that fits.

    Raises DefinitionInvalid with everything that is wrong.
    """
    problems: list[Problem] = []
    kind = TYPES.get(draft.type)
    fitting = kind.field_types[0] if kind and not draft.field_type else draft.field_type
    shaped = _cleaned(replace(draft, field_type=fitting), problems)
    if problems:
        raise DefinitionInvalid(problems=problems)
    return shaped


def _cleaned(draft: Property, problems: list[Problem]) -> Property:
    shaped = replace(
        draft,
        name=check_name(draft.name, problems),
        label=check_label(draft.label, problems),
        description=check_text(draft.description, problems, "description"),
        options=check_options(draft.options, problems),
    )
    if shaped.type == "bool" and not shaped.options:
        shaped = replace(shaped, options=_YES_NO)
    for check in (_name, _type, _options, _reference, _uniqueness):
        problem = check(shaped)
        if problem:
            problems.append(problem)
    return shaped


def default_group(type: TypeSchema) -> str:
    """Where a property goes that names no group: under the heading of the type itself."""
    groups: Mapping[str, Group] = type.groups
    own = (f"{type.name}information", f"{type.name}_information")
    return next((name for name in own if name in groups), next(iter(groups), ""))


def _name(prop: Property) -> Problem | None:
    if prop.hubspot_defined or not prop.name.startswith(RESERVED):
        return None
    text = Text('names that begin with "{start}" are kept for built-in properties', start=RESERVED)
    return Problem(text, where="name", code="RESERVED_NAME")


def _type(prop: Property) -> Problem | None:
    kind = TYPES.get(prop.type)
    if kind is None:
        text = Text(
            '"{type}" is not a property type; there are: {known}',
            type=prop.type,
            known=", ".join(TYPES),
        )
        return Problem(text, where="type", code="INVALID_TYPE")
    if prop.field_type == "calculation_equation" and not prop.hubspot_defined:
        text = Text("properties that are calculated by a formula cannot be made here")
        return Problem(text, where="fieldType", code="CALCULATION_NOT_SUPPORTED")
    if prop.field_type not in kind.field_types:
        text = Text(
            'the field type "{field}" does not go with the type "{type}"; these do: {known}',
            field=prop.field_type,
            type=prop.type,
            known=", ".join(kind.field_types),
        )
        return Problem(text, where="fieldType", code="INVALID_FIELD_TYPE")
    return None


def _options(prop: Property) -> Problem | None:
    text = None
    if prop.type == "bool" and prop.option_values != {"true", "false"}:
        text = Text('the options of a property of type "bool" are "true" and "false"')
    elif prop.external_options and prop.options:
        text = Text("a property whose options come from elsewhere has none of its own")
    elif prop.type not in {"bool", "enumeration"} and prop.options:
        text = Text('a property of type "{type}" has no options', type=prop.type)
    elif prop.type == "enumeration" and not (
        prop.options or prop.external_options or prop.hubspot_defined
    ):
        text = Text('a property of type "enumeration" needs at least one option')
    return Problem(text, where="options", code="INVALID_OPTIONS") if text else None


def _reference(prop: Property) -> Problem | None:
    if prop.hubspot_defined:
        return None
    reference = prop.referenced_object_type
    if prop.external_options and (prop.type, reference) != ("enumeration", "OWNER"):
        text = Text(
            'options come from elsewhere only in a property of type "enumeration" that refers to '
            '"OWNER"'
        )
        return Problem(text, where="externalOptions", code="INVALID_REFERENCE")
    if reference is not None and not prop.external_options:
        text = Text('a reference to "{name}" needs "externalOptions"', name=reference)
        return Problem(text, where="referencedObjectType", code="INVALID_REFERENCE")
    return None


def _uniqueness(prop: Property) -> Problem | None:
    if not prop.unique or (prop.field_type in _SINGLE_LINES and prop.type != "enumeration"):
        return None
    text = Text("only a property with a single line of text or a number can have unique values")
    return Problem(text, where="hasUniqueValue", code="INVALID_UNIQUE_VALUE")
