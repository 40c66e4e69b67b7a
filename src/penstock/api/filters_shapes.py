"""The shapes of our own operations on filters."""

from typing import Any

from pydantic import Field

from penstock.api.models import Wire
from penstock.api.objects_shapes import RecordShape

LARGEST_SAMPLE = 100
"""Records shown of an audience."""

_OBJECT_TYPE = "An object type by its name, plural or id, such as contact, contacts or 0-1"


class DocumentBody(Wire):
    filter_branch: dict[str, Any] = Field(
        description="The filter's document, as in lists and workflows",
        examples=[{"filterBranchType": "OR", "filterBranches": [], "filters": []}],
    )


class DescribeBody(DocumentBody):
    object_type_id: str | None = Field(
        None, description=f"{_OBJECT_TYPE}; without it properties go by their names"
    )


class FilterBody(DocumentBody):
    """A filter, and the type of the records that it is about."""

    object_type_id: str = Field(description=_OBJECT_TYPE, examples=["0-1"])


class CountBody(FilterBody):
    exact: bool = Field(
        False, description="Count every record, also where there are many and that takes a while"
    )


class SampleBody(FilterBody):
    limit: int = Field(10, ge=1, le=LARGEST_SAMPLE)
    properties: list[str] = Field([], description="What to show; without, what a type is known by")


class ExplainBody(FilterBody):
    record_id: str = Field(coerce_numbers_to_str=True)


class Sentence(Wire):
    sentence: str


class FilterProblem(Wire):
    """Something that is wrong; `where` is a JSON path in the document, which is `$`."""

    message: str
    where: str | None = None
    code: str | None = None


class Checked(Wire):
    """Whether a filter can be asked; a valid one in canonical form."""

    valid: bool
    problems: list[FilterProblem]
    sentence: str
    filter_branch: dict[str, Any] | None = None


class AudienceShape(Wire):
    """How many match. If not `exact`, 95 of 100 times the truth is within `margin` of `count`."""

    count: int
    exact: bool
    margin: int


class AudienceSample(Wire):
    results: list[RecordShape]


class FactShape(Wire):
    """Something that explains a verdict.

    `role`: `value` is what the property has, `changed` when it last changed; `compared` is another
    value, `lower` and `upper` are moments that it is compared with; `all` is how many records or
    events there are, `matching` how many of those count; `member` says whether the record is one,
    `since` when.
    """

    role: str
    value: str | int | bool | None = None
    label: str | None = Field(None, description="How people call the value")
    message: str


class ExplanationShape(Wire):
    """A part of a filter and what is so of the record; `where` is its JSON path.

    Without `verdict` the part is about other records or events, or nothing could be asked.
    """

    where: str
    sentence: str
    verdict: bool | None = None
    facts: list[FactShape]
    parts: list["ExplanationShape"]
    problems: list[FilterProblem]


class FieldShape(Wire):
    """A key of a part's JSON, and the widget that edits it."""

    name: str
    label: str
    type: str = Field(description="string, integer, number, boolean, array or object")
    widget: str
    required: bool
    default: Any = None
    options: list[str] | None = Field(None, description="The words that are possible")
    least: float | None = None
    most: float | None = None
    fields: list["FieldShape"] | None = Field(None, description="Of an object, its own")


class KindShape(Wire):
    """A kind of part: of branch, filter, time point or refinement."""

    type: str = Field(description="The word under the family's key")
    label: str
    help: str
    fields: list[FieldShape]


class OperatorShape(Wire):
    """A way to ask; the braces in `label` stand for fields of the operation.

    A `negative` one says what is not so; the answer of one that `flips` can change with time.
    """

    operator: str
    label: str
    negative: bool
    flips: bool


class OperationShape(KindShape):
    operators: list[OperatorShape]
    of_emptiness: bool = Field(description="It asks whether there is a value at all")


class AskableShape(Wire):
    """A property, and the operations that it can be asked with."""

    name: str
    label: str
    type: str
    field_type: str
    group: str
    options: list[dict[str, str]]
    operations: list[str]


class EditorShape(Wire):
    """What an editor of filters is made from."""

    object_type_id: str
    properties: list[AskableShape]
    operations: list[OperationShape]
    filters: list[KindShape]
    branches: list[KindShape]
    time_points: list[KindShape]
    refinements: list[KindShape]
