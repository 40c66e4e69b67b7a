"""Which property's values may be copied into which: the types must go together."""

from typing import Final

from penstock.kernel.texts import Text
from penstock.records.model import Property

_INTO: Final = {
    "datetime": frozenset({"date"}),
    "enumeration": frozenset({"string", "number", "bool"}),
    "phone_number": frozenset({"string"}),
}
"""By the target's type, the types beside its own that go into it. Options are looked at when a
value comes: what is none of them is refused."""


def incompatible(source: Property, target: Property) -> Text | None:
    """Why values of one property cannot be copied into another; None: they can. Text takes all."""
    goes = target.type in ("string", source.type) or source.type in _INTO.get(target.type, ())
    if goes:
        return None
    return Text(
        '"{source}" is of the type {source_type}, which does not go into "{target}" of the type'
        " {target_type}",
        source=source.name,
        source_type=source.type,
        target=target.name,
        target_type=target.type,
    )
