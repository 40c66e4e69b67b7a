"""What a statement gathers before it judges: facts that lie beside the records, far side first.

Every piece is a materialized CTE over the candidates. None is a subquery that runs once for each
record: across buckets a distributed database refuses those, and over many records they are slow.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import BigInteger, FromClause, Select, SmallInteger, TableClause, column, table
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import CompoundSelect

from penstock.filters.judgement import Judgement
from penstock.filters.sql import Parameters, rendered

CANDIDATES: Final = table("f_candidates", column("bucket", SmallInteger), column("id", BigInteger))
"""The live records that a statement judges."""


# No rows, but the planner does not know. It takes bucket and id for independent, expects a 64th of
# the rows at every step, and would loop over what was gathered once for each record: 6 s for 10,000
# records and their companies, which a hash join finds in 0.1 s.
_EXPECTED: Final = "UNION ALL SELECT {nulls} FROM generate_series(1, 2000) WHERE (SELECT false)"


@dataclass
class Gathered:
    """The CTEs of one document, in the order in which they build on one another, and its guards.

    Guards say that what the document names exists. Where one is false nobody matches, also under
    NOT. `explaining` adds to what is counted how often each part of it is so.
    """

    parameters: Parameters
    pieces: dict[str, str] = field(default_factory=dict)
    guards: list[ColumnElement[bool]] = field(default_factory=list)
    explaining: bool = False

    def told(self, judgement: Judgement) -> dict[str, Judgement]:
        """The parts of what is counted that are to be told apart, by a name for each."""
        parts = list(judgement.with_parts())[1:] if self.explaining else []
        return {f"part_{number}": part for number, part in enumerate(parts, 1)}

    def add(self, query: Select[Any] | CompoundSelect[Any]) -> TableClause:
        """Gather the rows of a query, under a name of their own."""
        name = f"{self.parameters.prefix}_g{len(self.pieces) + 1}"
        columns = [column(part.name, part.type) for part in query.selected_columns]
        nulls = ", ".join(["NULL"] * len(columns))
        self.pieces[name] = f"{rendered(query)}\n    {_EXPECTED.format(nulls=nulls)}"
        return table(name, *columns)


def joined(rows: FromClause, row: FromClause, facts: list[TableClause]) -> FromClause:
    """Rows with what was gathered about them beside: null where there is nothing."""
    for fact in facts:
        rows = rows.outerjoin(fact, fact.c.id == row.c.id)
    return rows
