"""The shapes of properties and their groups on the wire."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from penstock.api.models import Wire
from penstock.api.objects_shapes import BatchEnvelope, PartlyDone

LONGEST_BATCH = 100

Order = Annotated[int, Field(ge=-(2**31), lt=2**31)]
"""A place among others; negative ones come after all."""


class OptionInput(Wire):
    label: str = Field(coerce_numbers_to_str=True)
    value: str = Field(coerce_numbers_to_str=True)
    description: str | None = None
    display_order: Order | None = None
    hidden: bool = False


class PropertyChange(Wire):
    """What of a property may change; what is left out stays."""

    label: str | None = None
    type: str | None = None
    field_type: str | None = None
    group_name: str | None = None
    description: str | None = None
    options: list[OptionInput] | None = None
    display_order: Order | None = None
    hidden: bool | None = None
    form_field: bool | None = None
    has_unique_value: bool | None = None
    calculation_formula: str | None = None
    show_currency_symbol: bool | None = None


class PropertyInput(PropertyChange):
    name: str
    label: str
    type: str
    field_type: str
    external_options: bool | None = None
    referenced_object_type: str | None = None


class PropertyName(Wire):
    name: str


class BatchPropertyInput(Wire):
    inputs: list[PropertyInput] = Field(max_length=LONGEST_BATCH)


class BatchPropertyNames(Wire):
    inputs: list[PropertyName] = Field(max_length=LONGEST_BATCH)


class BatchPropertyRead(BatchPropertyNames):
    archived: bool = False


class OptionShape(Wire):
    label: str
    value: str
    description: str
    display_order: int
    hidden: bool


class Modification(Wire):
    """What may be done with a definition and with its values."""

    archivable: bool
    read_only_definition: bool
    read_only_value: bool
    read_only_options: bool


class PropertyShape(Wire):
    name: str
    label: str
    type: str
    field_type: str
    group_name: str
    description: str
    options: list[OptionShape]
    display_order: int
    hidden: bool
    form_field: bool
    has_unique_value: bool
    calculated: bool
    external_options: bool
    hubspot_defined: bool
    show_currency_symbol: bool
    modification_metadata: Modification
    referenced_object_type: str | None = None
    archived: bool
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None = None


class PropertyList(Wire):
    results: list[PropertyShape]


class PropertyBatch(BatchEnvelope):
    results: list[PropertyShape]


class PartialPropertyBatch(PropertyBatch, PartlyDone):
    pass


class GroupChange(Wire):
    """What of a group may change; what is left out stays."""

    label: str | None = None
    display_order: Order | None = None


class GroupInput(GroupChange):
    name: str
    label: str


class GroupShape(Wire):
    name: str
    label: str
    display_order: int
    archived: bool


class GroupList(Wire):
    results: list[GroupShape]
