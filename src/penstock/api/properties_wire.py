"""Properties as they come in and go out."""

from collections.abc import Iterable
from typing import Any, cast

from penstock.api.properties_shapes import OptionInput, PropertyChange, PropertyInput
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.definitions.changing import Defined
from penstock.records.definitions.properties import PropertyChanges
from penstock.records.errors import DefinitionInvalid
from penstock.records.model import Group, Option, Property
from penstock.records.values import instant_text


def draft_of(body: PropertyInput) -> Property:
    """The property that a caller wants to make."""
    # A formula asks for a calculated property, whatever its field type says.
    field_type = "calculation_equation" if body.calculation_formula else body.field_type
    return Property(
        name=body.name,
        label=body.label,
        type=body.type,
        field_type=field_type,
        group=(body.group_name or "").strip().lower(),
        description=body.description or "",
        options=options_of(body.options or ()),
        unique=bool(body.has_unique_value),
        hidden=bool(body.hidden),
        form_field=bool(body.form_field),
        display_order=-1 if body.display_order is None else body.display_order,
        external_options=bool(body.external_options),
        referenced_object_type=body.referenced_object_type or None,
        show_currency=bool(body.show_currency_symbol),
        hubspot_defined=False,
    )


def options_of(bodies: Iterable[OptionInput]) -> tuple[Option, ...]:
    """Options in their order; those without a place get the one where they stand."""
    return tuple(
        Option(
            value=body.value,
            label=body.label,
            display_order=place if body.display_order is None else body.display_order,
            hidden=body.hidden,
            description=body.description or "",
        )
        for place, body in enumerate(bodies)
    )


def changes_of(body: PropertyChange, present: Property) -> PropertyChanges:
    """What of a property a caller wants to change.

    Raises DefinitionInvalid for another uniqueness, which is decided when a property is made.
    """
    if body.has_unique_value not in (None, present.unique):
        text = Text("whether values are unique is decided when the property is made")
        raise DefinitionInvalid(problems=[Problem(text, "hasUniqueValue", "IMMUTABLE_FIELD")])
    field_type = "calculation_equation" if body.calculation_formula else body.field_type
    given = {
        "label": body.label,
        "type": body.type,
        "field_type": field_type,
        "group": body.group_name and body.group_name.strip().lower(),
        "description": body.description,
        "options": None if body.options is None else options_of(body.options),
        "hidden": body.hidden,
        "form_field": body.form_field,
        "display_order": body.display_order,
        "show_currency": body.show_currency_symbol,
    }
    given = {name: value for name, value in given.items() if value is not None}
    return cast(PropertyChanges, given)


def shape(entry: Defined[Property]) -> dict[str, Any]:
    """A property as it goes out."""
    prop = entry.noun
    shaped: dict[str, Any] = {
        "name": prop.name,
        "label": prop.label,
        "type": prop.type,
        "fieldType": prop.field_type,
        "groupName": prop.group,
        "description": prop.description,
        "options": [option_shape(option) for option in prop.options],
        "displayOrder": prop.display_order,
        "hidden": prop.hidden,
        "formField": prop.form_field,
        "hasUniqueValue": prop.unique,
        "calculated": prop.calculated,
        "externalOptions": prop.external_options,
        "hubspotDefined": prop.hubspot_defined,
        "showCurrencySymbol": prop.show_currency,
        "modificationMetadata": {
            "archivable": not prop.hubspot_defined,
            "readOnlyDefinition": prop.hubspot_defined,
            "readOnlyValue": prop.read_only,
            "readOnlyOptions": prop.external_options or prop.type == "bool",
        },
        "archived": entry.archived_at is not None,
        "createdAt": instant_text(entry.created_at),
        "updatedAt": instant_text(entry.updated_at),
    }
    if prop.referenced_object_type is not None:
        shaped["referencedObjectType"] = prop.referenced_object_type
    if entry.archived_at is not None:
        shaped["archivedAt"] = instant_text(entry.archived_at)
    return shaped


def option_shape(option: Option) -> dict[str, Any]:
    """An option as it goes out."""
    return {
        "label": option.label,
        "value": option.value,
        "description": option.description,
        "displayOrder": option.display_order,
        "hidden": option.hidden,
    }


def group_shape(group: Group) -> dict[str, Any]:
    """A live group as it goes out."""
    return {
        "name": group.name,
        "label": group.label,
        "displayOrder": group.display_order,
        "archived": False,
    }
