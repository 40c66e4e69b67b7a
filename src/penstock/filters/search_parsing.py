"""From the body of a search to what it asks for: checked as a whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError

from penstock.filters.errors import SearchInvalid
from penstock.filters.model import problems_of
from penstock.filters.nodes import Wire
from penstock.filters.search_request import (
    FURTHEST,
    LONGEST_BODY,
    Association,
    SearchRequest,
    Sort,
    Term,
)
from penstock.filters.search_terms import OPERATORS, SearchOperator, looked_for
from penstock.kernel.db import dumps
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.errors import ObjectTypeUnknown
from penstock.records.model import Property
from penstock.records.schema import Schema, TypeSchema
from penstock.records.values import BadValue, Json, text_of


def _as_object(raw: Any) -> Any:
    if not isinstance(raw, str):
        return raw
    direction = "DESCENDING" if raw.startswith("-") else "ASCENDING"
    return {"propertyName": raw.removeprefix("-"), "direction": direction}


class _Sort(Wire):
    property_name: str
    direction: Literal["ASCENDING", "DESCENDING"] = "ASCENDING"


class _Filter(Wire):
    property_name: str
    operator: str
    value: Any = None
    high_value: Any = None
    values: list[Any] = Field(default_factory=list)


class _Group(Wire):
    filters: list[_Filter] = Field(default_factory=list)


class _Body(Wire):
    filter_groups: list[_Group] = Field(default_factory=list)
    filters: list[_Filter] = Field(default_factory=list)
    query: str = ""
    sorts: list[Annotated[_Sort, BeforeValidator(_as_object)]] = Field(default_factory=list)
    properties: list[str] = Field(default_factory=list)
    limit: Annotated[int, Field(ge=0, le=200)] = 10
    after: Annotated[int, Field(ge=0)] = 0


def parse(
    body: Mapping[str, Any], schema: Schema, type: TypeSchema, limits: tuple[int, int, int]
) -> SearchRequest:
    """The request in a body; `limits` are groups, filters of a group, and filters of all groups.

    Raises SearchInvalid with the JSON path of every problem.
    """
    try:
        asked = _Body.model_validate(body)
    except ValidationError as error:
        raise SearchInvalid(problems=problems_of(error)) from None
    reader = _Reader(schema, type)
    reader.check_size(body, asked, limits)
    places = [
        (f"$.filterGroups[{n}]", group.filters) for n, group in enumerate(asked.filter_groups)
    ]
    places += [("$", asked.filters)] if asked.filters else []
    groups = tuple(reader.group(filters, where) for where, filters in places)
    words, sort = reader.words(asked.query), reader.sort(asked.sorts)
    if reader.problems:
        raise SearchInvalid(problems=reader.problems)
    return SearchRequest(
        tuple(groups), words, sort, tuple(asked.properties), asked.limit, asked.after
    )


@dataclass
class _Reader:
    schema: Schema
    type: TypeSchema
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, where: str, text: Text, code: str = "INVALID") -> None:
        self.problems.append(Problem(text, where, code))

    def check_size(
        self, body: Mapping[str, Any], asked: _Body, limits: tuple[int, int, int]
    ) -> None:
        sizes = [len(group.filters) for group in asked.filter_groups]
        sizes += [len(asked.filters)] if asked.filters else []
        groups, in_group, filters = limits
        if len(sizes) > groups:
            text = Text("a search has at most {limit} groups of filters", limit=groups)
            self.refuse("$.filterGroups", text)
        if max(sizes, default=0) > in_group:
            text = Text("a group has at most {limit} filters", limit=in_group)
            self.refuse("$.filterGroups", text)
        if sum(sizes) > filters:
            text = Text("a search has at most {limit} filters", limit=filters)
            self.refuse("$.filterGroups", text)
        if len(dumps(body).decode()) > LONGEST_BODY:
            text = Text("a search has at most {limit} characters", limit=LONGEST_BODY)
            self.refuse("$", text)
        if asked.after + asked.limit > FURTHEST:
            text = Text("only the first {limit} results can be paged through", limit=FURTHEST)
            self.refuse("$.after", text)

    def group(self, filters: Sequence[_Filter], where: str) -> tuple[Term | Association, ...]:
        if not filters:
            text = Text("this group is empty: add a filter to it, or remove it")
            self.refuse(where, text, "EMPTY_GROUP")
        read = [self.filter(each, f"{where}.filters[{n}]") for n, each in enumerate(filters)]
        return tuple(each for each in read if each is not None)

    def filter(self, asked: _Filter, where: str) -> Term | Association | None:
        row = OPERATORS.get(asked.operator)
        if row is None:
            text = Text(
                'there is no operator "{word}" of the search; there are: {known}',
                word=asked.operator,
                known=", ".join(OPERATORS),
            )
            self.refuse(f"{where}.operator", text, "UNKNOWN_OPERATOR")
            return None
        raw = self.raw_values(asked, row, where)
        if raw is None:
            return None
        if asked.property_name.startswith("associations."):
            return self.association(asked, raw, where)
        property = self.property(asked.property_name, f"{where}.propertyName")
        if property is None:
            return None
        if row.ordered and property.multiple:
            text = Text(
                '"{name}" can hold several options, which have no order', name=property.name
            )
            self.refuse(f"{where}.operator", text)
            return None
        wanted = [
            self.wanted(property, value, f"{where}.{key}", typed=row.typed) for key, value in raw
        ]
        return Term(property.name, row, wanted)

    def raw_values(
        self, asked: _Filter, row: SearchOperator, where: str
    ) -> list[tuple[str, Any]] | None:
        """What is looked for, with the keys it stands under."""
        held = {"value": asked.value, "highValue": asked.high_value}
        keys = {"value": ["value"], "range": ["value", "highValue"]}.get(row.takes, [])
        given = [(key, held[key]) for key in keys]
        if row.takes == "values":
            given = [(f"values[{n}]", value) for n, value in enumerate(asked.values)]
            if not given:
                self.refuse(f"{where}.values", Text("at least one value is needed"), "EMPTY_VALUE")
                return None
        empty = [key for key, value in given if value is None or not str(value).strip()]
        for key in empty:
            # An empty word would be found in every value.
            text = Text("a value is needed, and it is empty")
            self.refuse(f"{where}.{key}", text, "EMPTY_VALUE")
        return None if empty else given

    def wanted(self, property: Property, raw: Any, where: str, *, typed: bool) -> Json:
        try:
            return looked_for(property, raw, typed=typed)
        except BadValue as bad:
            self.refuse(where, bad.text, bad.code)
            return None

    def property(self, name: str, where: str) -> Property | None:
        found = self.type.properties.get(name)
        if found is None:
            text = Text('Property "{name}" does not exist', name=name)
            self.refuse(where, text, "PROPERTY_DOESNT_EXIST")
        return found

    def association(
        self, asked: _Filter, raw: list[tuple[str, Any]], where: str
    ) -> Association | None:
        word = asked.property_name.removeprefix("associations.")
        if asked.operator not in {"EQ", "IN"}:
            text = Text("associations can be searched with EQ and IN alone")
            self.refuse(f"{where}.operator", text, "UNKNOWN_OPERATOR")
            return None
        try:
            far = self.schema.type(word)
        except ObjectTypeUnknown as unknown:
            self.refuse(f"{where}.propertyName", unknown.text, "OBJECT_TYPE_UNKNOWN")
            return None
        for key, value in raw:
            if not str(value).isascii() or not str(value).isdecimal() or len(str(value)) > 18:
                text = Text('"{value}" is not the id of a record', value=value)
                self.refuse(f"{where}.{key}", text, "INVALID_ID")
                return None
        edges = [edge.id for edge in self.schema.edges_between(far.id, self.type.id)]
        return Association([int(value) for _, value in raw], edges)

    def words(self, query: str) -> tuple[str, ...]:
        try:
            return tuple(text_of(query).split())
        except BadValue as bad:
            self.refuse("$.query", bad.text, bad.code)
            return ()

    def sort(self, sorts: Sequence[_Sort]) -> Sort | None:
        if len(sorts) > 1:
            self.refuse("$.sorts", Text("a search can be sorted by one property only"))
        if not sorts or self.property(sorts[0].property_name, "$.sorts[0].propertyName") is None:
            return None
        return Sort(sorts[0].property_name, sorts[0].direction == "DESCENDING")
