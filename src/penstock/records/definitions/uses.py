"""Who needs a definition, so that what is needed cannot be deleted.

Slices above that keep names of properties or types in their documents add a look to these lists
when everything is wired together.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from penstock.kernel.db import Connection
from penstock.kernel.texts import Text
from penstock.records.schema import Schema, TypeSchema

PropertyLook = Callable[
    [Connection, Schema, TypeSchema, frozenset[str]], Awaitable[Mapping[str, Sequence[Text]]]
]
"""By name, who uses each of some properties of a type; names without uses may be left out."""

TypeLook = Callable[[Connection, Schema, TypeSchema], Awaitable[Sequence[Text]]]
"""Who uses an object type."""

PipelineLook = Callable[
    [Connection, Schema, TypeSchema, str, frozenset[str]], Awaitable[Sequence[Text]]
]
"""Who uses a pipeline, given by its id, or some of its stages."""


async def _by_definition(
    conn: Connection, schema: Schema, type: TypeSchema, names: frozenset[str]
) -> Mapping[str, Sequence[Text]]:
    return {name: found for name in names if (found := list(_roles(type, name)))}


def _roles(type: TypeSchema, name: str) -> list[Text]:
    roles = {
        "it is required of {type}": type.required,
        "it is the primary display property of {type}": (type.primary,),
        "it is a secondary display property of {type}": type.secondary,
        "{type} are searched by it": type.search,
    }
    found = [
        Text(pattern, type=type.plural_label) for pattern, used in roles.items() if name in used
    ]
    return [Text("it is built in"), *found] if type.properties[name].hubspot_defined else found


PROPERTY_LOOKS: Final[list[PropertyLook]] = [_by_definition]
TYPE_LOOKS: Final[list[TypeLook]] = []
PIPELINE_LOOKS: Final[list[PipelineLook]] = []


async def of_properties(
    conn: Connection, schema: Schema, type: TypeSchema, names: frozenset[str]
) -> dict[str, list[Text]]:
    """Who uses these live properties of a type, by name; what nobody uses is not in it."""
    found: dict[str, list[Text]] = {}
    for look in PROPERTY_LOOKS:
        for name, uses in (await look(conn, schema, type, names)).items():
            if uses:
                found.setdefault(name, []).extend(uses)
    return found


async def of_type(conn: Connection, schema: Schema, type: TypeSchema) -> list[Text]:
    """Who uses an object type."""
    return [use for look in TYPE_LOOKS for use in await look(conn, schema, type)]


async def of_pipeline(
    conn: Connection, schema: Schema, type: TypeSchema, id: str, stages: frozenset[str]
) -> list[Text]:
    """Who uses a pipeline or some of its stages, apart from records."""
    return [use for look in PIPELINE_LOOKS for use in await look(conn, schema, type, id, stages)]
