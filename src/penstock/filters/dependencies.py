"""What can change the answer of a filter."""

from typing import NamedTuple


class Dependency(NamedTuple):
    """Something whose change can change the answer.

    `kind` and `key` are: "property" `0-1/email`, "any" `0-1` (any write to a record of the type),
    "association" `279` (its type), "event" `4-96000` (its type), "list" `17`, "import" `3`,
    "workflow" `9`, "subscription" or "time". It is so of the record itself, or of those to which
    `across` leads from it: the ids of association types, one for each hop.
    """

    kind: str
    key: str = ""
    across: tuple[int, ...] = ()
