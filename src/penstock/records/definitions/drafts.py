"""A custom object type to be, and what it may say of its properties."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.defaults import OWNER_STAMPS, columns, owner
from penstock.records.definitions.words import check_label, check_name, check_text, doubled
from penstock.records.errors import DefinitionInvalid
from penstock.records.model import Group, Property
from penstock.records.schema import TypeSchema

MOST_SEARCHED: Final = 20
"""Properties that a search may look at."""

DEFAULTS: Final[Mapping[str, Property]] = {
    prop.name: prop for prop in (*columns(), *owner("Owner"))
}
"""What every custom object type has, as built-in types do."""

_ROLES: Final = {
    "primary": "primaryDisplayProperty",
    "secondary": "secondaryDisplayProperties",
    "required": "requiredProperties",
    "search": "searchableProperties",
}


@dataclass(frozen=True)
class ObjectTypeDraft:
    """A custom object type to be; the associated types are meant by any of their words.

    Without `primary` the first required property is shown first, or the first one of all; without
    `search` a search looks at that one.
    """

    name: str
    label: str
    plural_label: str
    description: str = ""
    primary: str | None = None
    secondary: Sequence[str] = ()
    required: Sequence[str] = ()
    search: Sequence[str] | None = None
    properties: Sequence[Property] = ()
    associated: Sequence[str] = ()

    def type(self, id: str, portal_id: int) -> TypeSchema:
        """The type that this draft describes, without its properties.

        Raises DefinitionInvalid with everything that is wrong.
        """
        problems: list[Problem] = []
        own = {prop.name.strip().lower(): prop for prop in self.properties}
        for name in doubled([prop.name.strip().lower() for prop in self.properties]):
            text = Text('there are several properties named "{name}"', name=name)
            problems.append(Problem(text, where="properties", code="DUPLICATE_PROPERTY"))
        name = check_name(self.name, problems)
        group = Group(f"{name}_information", f"{self.label} information")
        primary = (self.primary or next(iter([*self.required, *own]), "hs_object_id")).lower()
        type = TypeSchema(
            id=id,
            name=name,
            plural=f"p{portal_id}_{name}",
            label=self.label,
            plural_label=self.plural_label,
            description=self.description,
            primary=primary,
            secondary=tuple(self.secondary),
            required=tuple(self.required),
            search=(primary,) if self.search is None else tuple(self.search),
            shown=(),
            aliases=(),
            staging=None,
            stamps=OWNER_STAMPS,
            custom=True,
            groups={group.name: group},
        )
        return checked(type, {**own, **DEFAULTS}, problems)


def checked(type: TypeSchema, known: Mapping[str, Property], problems: list[Problem]) -> TypeSchema:
    """The type with clean labels and property names. Raises DefinitionInvalid with all problems."""
    secondary = _lowered(type.secondary)
    always = (prop.name for prop in columns())
    cleaned = replace(
        type,
        label=check_label(type.label, problems, "labels.singular"),
        plural_label=check_label(type.plural_label, problems, "labels.plural"),
        description=check_text(type.description, problems, "description"),
        primary=type.primary.lower(),
        secondary=secondary,
        required=_lowered(type.required),
        search=_lowered(type.search),
        shown=tuple(dict.fromkeys((type.primary.lower(), *secondary, *always))),
    )
    problems += _references(cleaned, known)
    if problems:
        raise DefinitionInvalid(problems=problems)
    return cleaned


def _lowered(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip().lower() for name in names if name.strip()))


def _references(type: TypeSchema, known: Mapping[str, Property]) -> list[Problem]:
    problems: list[Problem] = []
    for role, where in _ROLES.items():
        named = getattr(type, role)
        for name in [named] if isinstance(named, str) else named:
            text = None
            if name not in known:
                text = Text('Property "{name}" does not exist', name=name)
            elif role == "required" and known[name].read_only:
                text = Text('"{name}" cannot be required, because nobody can set it', name=name)
            if text:
                problems.append(Problem(text, where=where, code="INVALID_PROPERTY"))
    if len(type.search) > MOST_SEARCHED:
        text = Text("at most {limit} properties can be searched", limit=MOST_SEARCHED)
        problems.append(Problem(text, where=_ROLES["search"], code="TOO_MANY_SEARCHABLE"))
    return problems
