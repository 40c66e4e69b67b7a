"""When the database refuses a batch: which rows are to blame, and whether any are."""

from collections.abc import Sequence

import structlog
from psycopg import errors as pg

from penstock.imports.mapping import Candidate
from penstock.imports.model import RowProblem
from penstock.imports.writing import Writer
from penstock.kernel.db import TRANSIENT, Connection
from penstock.kernel.errors import PenstockError
from penstock.kernel.texts import Text
from penstock.records.changes import Write
from penstock.records.store import Upserted

_log = structlog.get_logger(__name__)


def passing(error: Exception) -> bool:
    """Whether the same rows may be written when it is tried again."""
    # A value too large for an index has the class of a full disk, and does not pass.
    return isinstance(error, TRANSIENT) and not isinstance(error, pg.ProgramLimitExceeded)


async def write_in_parts(
    writer: Writer, conn: Connection, candidates: Sequence[Candidate], write: Write
) -> dict[int, Upserted]:
    """Write as the writer does, dividing the batch until what cannot be written stands alone.

    Raises the reason when it meets every single row, and what passes.
    """
    culprits: list[Exception] = []
    written = await _divide(writer, conn, candidates, write, culprits)
    if len(culprits) > 1 and not written:
        raise culprits[0]
    return written


async def _divide(
    writer: Writer,
    conn: Connection,
    candidates: Sequence[Candidate],
    write: Write,
    culprits: list[Exception],
) -> dict[int, Upserted]:
    known = [len(candidate.problems) for candidate in candidates]
    try:
        async with conn.transaction():
            return await writer.write(conn, candidates, write)
    except Exception as error:
        if passing(error):
            raise
        for candidate, count in zip(candidates, known, strict=True):
            del candidate.problems[count:]
        if len(candidates) == 1:
            _log.warning("row refused", line=candidates[0].line, error=str(error))
            culprits.append(error)
            candidates[0].problems.append(_refusal(candidates[0].line, error))
            return {}
    half = len(candidates) // 2
    first = await _divide(writer, conn, candidates[:half], write, culprits)
    second = await _divide(writer, conn, candidates[half:], write, culprits)
    return first | {half + index: outcome for index, outcome in second.items()}


def _refusal(line: int, error: Exception) -> RowProblem:
    if isinstance(error, PenstockError):
        problem = error.problems[0] if error.problems else error.problem()
        return RowProblem(line, problem.text, problem.code or "NOT_WRITTEN")
    text = Text("it could not be written: {reason}", reason=str(error).partition("\n")[0])
    return RowProblem(line, text, "NOT_WRITTEN")
