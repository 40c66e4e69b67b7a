"""The values of personalisation tokens: of enrolled records, and of those associated with them."""

from collections.abc import Iterable, Mapping, Sequence

from penstock.engine.crowd import Column, Crowd
from penstock.records.schema import TypeSchema


async def of_crowd(crowd: Crowd, paths: Iterable[str]) -> dict[int, dict[str, str | None]]:
    """Values by dotted path (`contact.firstname`) for every record; what is unknown has none.

    `enrolled_object` and the name of the enrolled type mean the record itself; the name of another
    type means the one record of it that is associated, the primary one first, then the oldest.
    """
    values: dict[int, dict[str, str | None]] = {id: {} for id in crowd.ids}
    for name, properties in _by_name(paths).items():
        type = _type(crowd, name)
        found: Mapping[str, Column] = {}
        if type is not None and type.id == crowd.type.id:
            found = await crowd.columns(properties)
        elif type is not None:
            found = await _associated(crowd, type, properties)
        for prop in properties:
            path, column = f"{name}.{prop}", found.get(prop, {})
            for id, of_record in values.items():
                of_record[path] = column.get(id)
    return values


def _type(crowd: Crowd, name: str) -> TypeSchema | None:
    if name == "enrolled_object":
        return crowd.type
    return next((type for type in crowd.turn.schema.types.values() if type.name == name), None)


async def _associated(
    crowd: Crowd, type: TypeSchema, properties: Sequence[str]
) -> dict[str, Column]:
    first = {id: others[0] for id, others in (await crowd.ends(type)).items()}
    far = await crowd.far(type, first.values(), properties)
    return {name: {id: far[other].get(name) for id, other in first.items()} for name in properties}


def _by_name(paths: Iterable[str]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for path in sorted(paths):
        name, _, prop = path.partition(".")
        if prop:
            grouped.setdefault(name, []).append(prop)
    return grouped
