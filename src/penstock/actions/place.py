"""Where a step stands in a workflow, for checking its settings."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from penstock.actions.naming import Known
from penstock.filters.mentions import Names
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.schema import Schema, TypeSchema


@dataclass(frozen=True)
class Place:
    """Where a step stands, for checking its settings: in which schema, for which object type."""

    schema: Schema
    type: TypeSchema
    where: str
    """JSON path of the step's settings."""

    emails: Collection[str]
    """Ids of the published marketing e-mails, as far as the workflow names them."""

    names: Names = field(default_factory=dict)
    """What filters may name beside the schema."""

    fetched: Mapping[str, TypeSchema | None] = field(default_factory=dict)
    """The types of what the workflow's data sources find, by their names, if known."""

    centred: bool = False
    """Whether the workflow is date-centred: its delays may lead before the date."""

    last: bool = False
    """Whether no other step follows it."""

    known: Known | None = None
    """What else the step's settings may name."""

    def property_problem(self, name: str, setting: str) -> list[Problem]:
        if name in self.type.properties:
            return []
        text = Text(
            'there is no property "{name}" of {type}', name=name, type=self.type.plural_label
        )
        return [Problem(text, f"{self.where}.{setting}", "PROPERTY_DOESNT_EXIST")]

    def writing_problems(self, name: str, setting: str) -> list[Problem]:
        """What keeps a property from being written: it does not exist, or is read-only."""
        prop = self.type.properties.get(name)
        if prop is None or not (prop.read_only or prop.column):
            return self.property_problem(name, setting)
        text = Text('"{name}" is a read-only property', name=name)
        return [Problem(text, f"{self.where}.{setting}", "READ_ONLY_VALUE")]
