"""Value sources: where the value of a setting comes from (the wire's discriminated `type`)."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Source(BaseModel):
    """A value source; camelCase on the wire."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


class StaticValue(Source):
    """The same value for every record."""

    type: Literal["STATIC_VALUE"] = "STATIC_VALUE"
    static_value: Any = None


class ObjectProperty(Source):
    """A property of the enrolled record."""

    type: Literal["OBJECT_PROPERTY"]
    property_name: str


class Timestamp(Source):
    """The moment at which the step runs."""

    type: Literal["TIMESTAMP"]
    timestamp_type: Literal["EXECUTION_TIME"] = "EXECUTION_TIME"


class Increment(Source):
    """The number that was there, and so much more."""

    type: Literal["INCREMENT"]
    increment_amount: Any


class StaticAppend(Source):
    """What was there, and this too."""

    type: Literal["STATIC_APPEND_VALUE"]
    static_append_value: Any


class AppendProperty(Source):
    """What was there, and what another property holds."""

    type: Literal["APPEND_OBJECT_PROPERTY"]
    append_property_name: str


class FieldData(Source):
    """What an earlier step put out."""

    type: Literal["FIELD_DATA"]
    action_id: str
    data_key: str


def _wrap(raw: Any) -> Any:
    """A bare value is shorthand for a static one."""
    return raw if isinstance(raw, dict | Source) else {"type": "STATIC_VALUE", "staticValue": raw}


Input = Annotated[
    Annotated[
        StaticValue
        | ObjectProperty
        | Timestamp
        | Increment
        | StaticAppend
        | AppendProperty
        | FieldData,
        Field(discriminator="type"),
    ],
    BeforeValidator(_wrap),
]
"""One value, from wherever it comes."""
