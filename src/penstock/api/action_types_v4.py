"""The actions that a flow can name, from their catalogue."""

from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from fastapi import Query
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from penstock.actions.base import ACTIONS, Action
from penstock.actions.sources import Source
from penstock.api.call import ThisCall
from penstock.api.models import Wire
from penstock.api.routing import Router
from penstock.kernel.texts import Text
from penstock.workflows.document import SHAPES

router = Router("action_types", "Workflows")

_PICKERS: Final = frozenset(
    "email list owner property queues subscription teams users workflow workflows".split()
)
"""Widgets whose choices depend on what there is in the account."""


class OptionShape(Wire):
    label: str
    value: str


class InputField(Wire):
    field_definition_type: Literal["SIMPLE", "ENUM", "EXTERNAL_ENUM"]
    name: str
    type: Literal["bool", "number", "string", "enumeration", "json"]
    is_required: bool
    label: str
    description: str | None = None
    options: list[OptionShape] | None = None


class ActionTypeShape(Wire):
    action_name: str
    action_type_id: str
    group_id: str
    input_field_definitions: list[InputField]
    object_type_ids: list[str]


class ActionTypes(Wire):
    results: list[ActionTypeShape]


@router.get("/automation/v4/action-types", model=ActionTypes)
async def list_types(
    call: ThisCall,
    object_type: Annotated[
        str | None, Query(alias="objectTypeId", description="Only those for flows of this type")
    ] = None,
) -> dict[str, Any]:
    """The actions that have an actionTypeId, with their fields; branches are no actions here."""
    call.require("automation")
    types = sorted(call.schema.types)
    if object_type is not None:
        types = [call.schema.type(object_type).id]
    shapes = [
        _action(entry, [id for id in types if id in (entry.of_types or types)], call.language)
        for id, entry in ACTIONS.items()
        if id not in SHAPES
    ]
    return {"results": [shape for shape in shapes if shape["objectTypeIds"]]}


def _action(entry: type[Action], types: list[str], language: str) -> dict[str, Any]:
    return {
        "actionName": Text(entry.label).render(language),
        "actionTypeId": entry.type_id,
        "groupId": entry.category.upper().replace(" ", "_"),
        "inputFieldDefinitions": list(_fields(entry, language)),
        "objectTypeIds": types,
    }


def _fields(entry: type[Action], language: str) -> Iterator[dict[str, Any]]:
    for name, field in entry.model_fields.items():
        if not field.title:
            continue
        kind, type, options = _kind(field)
        shape: dict[str, Any] = {
            "fieldDefinitionType": kind,
            "name": field.alias or name,
            "type": type,
            "isRequired": field.is_required(),
            "label": Text(field.title).render(language),
        }
        if field.description:
            shape["description"] = Text(field.description).render(language)
        if options:
            shape["options"] = [{"label": option, "value": option} for option in options]
        yield shape


def _kind(field: FieldInfo) -> tuple[str, str, list[str]]:
    """The kind of definition, the type of value, and the options if they are few and known."""
    kinds = list(_alternatives(field.annotation))
    words = [str(word) for kind in kinds if get_origin(kind) is Literal for word in get_args(kind)]
    hints = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    if hints.get("widget") in _PICKERS:
        return "EXTERNAL_ENUM", "enumeration", []
    if words:
        return "ENUM", "enumeration", words
    return "SIMPLE", _type(kinds), []


def _alternatives(annotation: Any) -> Iterator[Any]:
    """What a value can be, beside nothing."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _alternatives(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for part in get_args(annotation):
            yield from _alternatives(part)
    elif annotation is not NoneType:
        yield annotation


def _type(kinds: list[Any]) -> str:
    if any(kind is str or _is(kind, Source) for kind in kinds):
        return "string"
    if any(kind is bool for kind in kinds):
        return "bool"
    if any(kind in (int, float) for kind in kinds):
        return "number"
    return "json"


def _is(kind: Any, base: type[BaseModel]) -> bool:
    return isinstance(kind, type) and issubclass(kind, base)
