"""The values of personalisation tokens: of enrolled records, and of those associated with them."""

from collections.abc import Iterable, Mapping, Sequence

from penstock.engine.crowd import Crowd, Values
from penstock.records.schema import TypeSchema


async def of_crowd(crowd: Crowd, paths: Iterable[str]) -> dict[int, dict[str, str | None]]:
    """Values by dotted path (`contact.firstname`) for every record; what is unknown has none.

    `enrolled_object` and the name of the enrolled type mean the record itself; the name of another
    type means the one record of it that is associated, the primary one first, then the oldest.
    """
    values: dict[int, dict[str, str | None]] = {id: {} for id in crowd.ids}
    for name, properties in _by_name(paths).items():
        type = _type(crowd, name)
        found: Mapping[int, Values] = {}
        if type is not None and type.id == crowd.type.id:
            found = await crowd.values(properties)
        elif type is not None:
            found = await _associated(crowd, type, properties)
        for id, of_record in values.items():
            known = found.get(id, {})
            of_record.update({f"{name}.{prop}": known.get(prop) for prop in properties})
    return values


def _type(crowd: Crowd, name: str) -> TypeSchema | None:
    if name == "enrolled_object":
        return crowd.type
    return next((type for type in crowd.turn.schema.types.values() if type.name == name), None)


async def _associated(
    crowd: Crowd, type: TypeSchema, properties: Sequence[str]
) -> dict[int, Values]:
    ends = await crowd.ends(type)
    far = await crowd.far(type, [others[0] for others in ends.values()], properties)
    return {id: far.get(others[0], {}) for id, others in ends.items()}


def _by_name(paths: Iterable[str]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for path in sorted(paths):
        name, _, prop = path.partition(".")
        if prop:
            grouped.setdefault(name, []).append(prop)
    return grouped
