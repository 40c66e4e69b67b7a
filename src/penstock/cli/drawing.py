"""`penstock workflows export` and `import`: definitions as files, with nothing lost."""

import json as codec
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from penstock.cli.frame import Data, Json, actor, language, run
from penstock.cli.output import as_json, listing
from penstock.kernel.errors import Invalid
from penstock.kernel.texts import Text

if TYPE_CHECKING:
    from penstock.bootstrap.installation import Installation
    from penstock.kernel.db import Connection
    from penstock.kernel.errors import Problem
    from penstock.records.schema import Schema
    from penstock.workflows.store import Workflow

_PAGE = 1000


class FileInvalid(Invalid):
    """{path} is not a workflow as penstock workflows export writes it: {reason}"""


def add_to(group: typer.Typer) -> None:
    """Add these commands."""
    group.command("export")(export_workflows)
    group.command("import")(import_workflows)


def export_workflows(
    ids: Annotated[
        list[int] | None, typer.Argument(metavar="[ID...]", help="Ids; without any, all of them.")
    ] = None,
    data: Data = None,
) -> None:
    """Print workflows as JSON: one as it is, several as a list."""
    from penstock.api.flows_wire import flow
    from penstock.workflows import store

    async def work(at: "Installation") -> list[dict[str, Any]]:
        async with at.database.reading() as conn:
            if ids:
                return [flow(await store.read_one(conn, id)) for id in ids]
            found: list[dict[str, Any]] = []
            after = 0
            while page := await store.page(conn, after=after, limit=_PAGE):
                found += [flow(workflow) for workflow in page]
                after = page[-1].id
            return found

    found = run(data, work)
    as_json(found[0] if ids and len(ids) == 1 else found)


def import_workflows(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What export wrote; - is stdin.")],
    replace: Annotated[
        int | None,
        typer.Option(metavar="ID", help="Give this workflow a new revision, instead of a new one."),
    ] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Create workflows from a file, all of them or none; they are off."""
    from penstock.accounts import audit
    from penstock.workflows import store

    given = _read(file)
    if replace is not None and len(given) != 1:
        reason = Text("it holds {count} workflows, and one is to be replaced", count=len(given))
        raise FileInvalid(path=file, reason=reason)

    async def work(at: "Installation") -> list[dict[str, Any]]:
        shapes: list[dict[str, Any]] = []
        async with at.database.unit() as conn:
            now = await at.clock.now(conn)
            schema = await at.schemas.current(conn)
            for body in given:
                if replace is None:
                    body = {**body, "isEnabled": False}
                    made = await store.create(conn, schema, body, actor(), now)
                else:
                    old = await store.read_one(conn, replace)
                    body = {**body, "revisionId": str(old.revision), "isEnabled": old.enabled}
                    made = await store.replace(conn, schema, replace, body, actor(), now)
                details = {"revision": made.revision}
                await audit.record(
                    conn, actor(), "workflows_import", f"flows/{made.id}", details, now
                )
                shapes.append(await _shape(conn, schema, made))
        return shapes

    shapes = run(data, work)
    columns = {
        "id": Text("Id"),
        "name": Text("Name"),
        "state": Text("State"),
        "revisionId": Text("Revision"),
        "open": Text("To be mended"),
    }
    listing(shapes, columns, Text("The file holds no workflow."), json=json)


async def _shape(conn: "Connection", schema: "Schema", workflow: "Workflow") -> dict[str, Any]:
    from penstock.workflows import store

    checked = await store.review(conn, schema, workflow)
    return {
        "id": str(workflow.id),
        "name": workflow.document.name,
        "state": workflow.state,
        "revisionId": str(workflow.revision),
        "open": len(checked.problems),
        "problems": [_problem(problem) for problem in checked.problems],
        "warnings": [_problem(problem) for problem in checked.warnings],
    }


def _problem(problem: "Problem") -> dict[str, Any]:
    return {"where": problem.where, "message": problem.text.render(language())}


def _read(file: Path) -> Sequence[dict[str, Any]]:
    text = sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")
    try:
        read = codec.loads(text)
    except ValueError as error:
        raise FileInvalid(path=file, reason=error) from None
    given = read if isinstance(read, list) else [read]
    if not all(isinstance(each, dict) and "objectTypeId" in each for each in given):
        raise FileInvalid(path=file, reason=Text("an object with objectTypeId is expected"))
    return given
