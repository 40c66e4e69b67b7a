"""What all shapes on the wire have in common, and the shapes that every family uses."""

from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema


class Wire(BaseModel):
    """A shape on the wire: camelCase outside, snake_case inside; what is not known is ignored."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, validate_by_alias=True, extra="ignore"
    )


@dataclass(frozen=True)
class DocumentedAs:
    """Marks a value that is read by its own slice: the document shows `model`, nothing enforces it.

    Usage: ``body: Annotated[dict[str, Any], DocumentedAs(Search)]``
    """

    model: type[BaseModel]

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return handler(self.model.__pydantic_core_schema__)


def _split(items: list[str]) -> list[str]:
    return [word for item in items for part in item.split(",") if (word := part.strip())]


T = TypeVar("T")

Listed = Annotated[list[T], Field(default_factory=list), BeforeValidator(_split)]
"""A list in a query: the key repeated, or one value separated by commas."""

Words = Listed[str]


class Next(Wire):
    after: str
    link: str | None = None


class Paging(Wire):
    next: Next | None = None


class ErrorDetail(Wire):
    """One thing that is wrong."""

    message: str
    sub_category: str | None = None
    code: str | None = None
    in_: str | None = Field(None, alias="in")
    context: dict[str, list[str]] | None = None


class ErrorBody(Wire):
    """The body of every refusal."""

    status: str
    message: str
    correlation_id: str
    category: str
    sub_category: str | None = None
    errors: list[ErrorDetail] | None = None
    context: dict[str, list[str]] | None = None
    links: dict[str, str] | None = None
    error_type: str | None = None
    policy_name: str | None = None


class BatchError(Wire):
    """Why one input of a batch, or several, came to nothing."""

    status: str
    category: str
    sub_category: Any | None = None
    message: str
    id: str | None = None
    errors: list[ErrorDetail]
    context: dict[str, list[str]]
    links: dict[str, str]
