"""The ids of steps: one that was given to a step is never given to another one."""

from penstock.kernel.db import Connection
from penstock.kernel.errors import Problem
from penstock.kernel.queries import load
from penstock.kernel.texts import Text
from penstock.workflows.document import Document

_queries = load("penstock.workflows")


async def problems(conn: Connection, id: int, old: Document, new: Document) -> list[Problem]:
    """Steps with the id of another one that was removed; the same one may come back with it.

    History and counts go by the ids of steps, and would otherwise speak of two as of one.
    """
    fresh = sorted(new.steps.keys() - old.steps.keys())
    if not fresh:
        return []
    rows = await _queries.rows(conn, "steps_once", id=id, ids=fresh)
    once = Document({"actions": [row.action for row in rows]}).steps
    return [
        Problem(
            Text('the id "{id}" belonged to another action, and ids are not given twice', id=step),
            f"{new.steps[step].where}.actionId",
            "ACTION_ID_USED",
        )
        for step in fresh
        if step in once and once[step].type_id != new.steps[step].type_id
    ]
