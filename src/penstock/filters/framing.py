"""The frame of the statements that judge records: which records, and what is gathered of them."""

from collections.abc import Iterable, Mapping
from typing import Final

from penstock.filters.gathering import CANDIDATES

ANYWHERE: Final = """\
unnest(%(candidates)s::bigint[]) AS c(id)
JOIN records AS r ON r.bucket = (c.id & 63)::smallint AND r.id = c.id"""

# One pass over the key, where a join looks up record by record.
IN_BUCKET: Final = """\
(SELECT * FROM records WHERE bucket = %(f_bucket)s AND id = ANY(%(candidates)s::bigint[])) AS r"""

EVERYWHERE: Final = "records AS r"

WHOLE_BUCKET: Final = "(SELECT * FROM records WHERE bucket = %(f_bucket)s) AS r"

_CANDIDATES: Final = """\
SELECT r.bucket, r.id FROM {candidates}
    WHERE r.type = %(f_type)s AND r.archived_at IS NULL"""


def gathering(pieces: Mapping[str, str], candidates: str) -> str:
    """The WITH of a statement over these candidates; nothing where nothing is gathered."""
    if not pieces:
        return ""
    pieces = {CANDIDATES.name: _CANDIDATES.format(candidates=candidates), **pieces}
    written = (f"{name} AS MATERIALIZED (\n    {piece})" for name, piece in pieces.items())
    return f"WITH {', '.join(written)}\n"


def joining(facts: Iterable[str]) -> str:
    """What joins facts to the row."""
    return "".join(f"\nLEFT JOIN {name} ON {name}.id = r.id" for name in facts)
