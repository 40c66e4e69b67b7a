"""The shapes of object types on the wire."""

from datetime import datetime

from pydantic import Field

from penstock.api.models import Wire
from penstock.api.properties_shapes import PropertyInput, PropertyShape

LONGEST_LIST = 1_000


class TypeLabels(Wire):
    singular: str | None = None
    plural: str | None = None


class SchemaChange(Wire):
    """What of a custom object type may change; what is left out stays."""

    labels: TypeLabels | None = None
    description: str | None = None
    clear_description: bool | None = None
    primary_display_property: str | None = None
    secondary_display_properties: list[str] | None = Field(None, max_length=LONGEST_LIST)
    required_properties: list[str] | None = Field(None, max_length=LONGEST_LIST)
    searchable_properties: list[str] | None = Field(None, max_length=LONGEST_LIST)


class SchemaInput(SchemaChange):
    name: str
    labels: TypeLabels
    required_properties: list[str] = Field(max_length=LONGEST_LIST)
    properties: list[PropertyInput] = Field(max_length=LONGEST_LIST)
    associated_objects: list[str] = Field(max_length=LONGEST_LIST)


class AssociationInput(Wire):
    from_object_type_id: str
    to_object_type_id: str
    name: str | None = None


class AssociationShape(Wire):
    """One direction of an association type."""

    id: str
    from_object_type_id: str
    to_object_type_id: str
    name: str


class ObjectTypeShape(Wire):
    """An object type without its properties."""

    id: str
    object_type_id: str
    name: str
    fully_qualified_name: str
    portal_id: int
    labels: TypeLabels
    description: str
    primary_display_property: str
    secondary_display_properties: list[str]
    required_properties: list[str]
    searchable_properties: list[str]
    archived: bool
    created_at: datetime
    updated_at: datetime


class SchemaShape(ObjectTypeShape):
    properties: list[PropertyShape]
    associations: list[AssociationShape]


class SchemaList(Wire):
    results: list[SchemaShape]
