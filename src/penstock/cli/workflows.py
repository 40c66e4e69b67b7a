"""`penstock workflows`: what is there, and turning it on and off."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from penstock.cli.frame import Data, Json, actor, language, run, say
from penstock.cli.output import as_json, as_table, listing
from penstock.kernel.texts import Text

if TYPE_CHECKING:
    from penstock.bootstrap.installation import Installation
    from penstock.engine.history import Counts
    from penstock.workflows.pausing import Policy
    from penstock.workflows.store import Workflow
    from penstock.workflows.validate import Checked

group = typer.Typer(name="workflows", help="Workflows.", no_args_is_help=True)

Id = Annotated[int, typer.Argument(metavar="ID")]

_PAGE = 1000
_NUMBERS = ("enrolled", "active", "finished", "unenrolled", "goal_met", "failed")


@group.command("list")
def list_workflows(data: Data = None, json: Json = False) -> None:
    """List all workflows with their numbers."""
    from penstock.engine import history
    from penstock.workflows import store

    async def work(at: "Installation") -> list[dict[str, Any]]:
        shapes: list[dict[str, Any]] = []
        async with at.database.reading() as conn:
            after = 0
            while page := await store.page(conn, after=after, limit=_PAGE):
                counts = await history.counts(conn, [workflow.id for workflow in page])
                shapes += [_shape(workflow, counts[workflow.id]) for workflow in page]
                after = page[-1].id
        return shapes

    columns = {
        "id": Text("Id"),
        "name": Text("Name"),
        "objectTypeId": Text("Object"),
        "state": Text("State"),
        "counts.enrolled": Text("Enrolled"),
        "counts.active": Text("Active"),
        "counts.finished": Text("Finished"),
    }
    listing(run(data, work), columns, Text("There are no workflows yet."), json=json)


@group.command()
def show(id: Id, data: Data = None, json: Json = False) -> None:
    """Show a workflow: its state, numbers, what is in the way of turning it on; --json also has its
    definition.
    """
    from penstock.engine import history
    from penstock.workflows import store
    from penstock.workflows.labels import labels

    async def work(at: "Installation") -> "tuple[Workflow, Counts, float, Checked]":
        async with at.database.unit() as conn:
            workflow = await store.read_one(conn, id)
            counts = (await history.counts(conn, [id]))[id]
            standing = (await history.progress(conn, [id]))[id]
            schema = await at.schemas.current(conn)
            return workflow, counts, standing, await store.review(conn, schema, workflow)

    workflow, counts, standing, checked = run(data, work)
    shape = {**_shape(workflow, counts), "standing": standing}
    if json:
        wrong = [
            {"where": problem.where, "message": problem.text.render(language())}
            for problem in checked.problems
        ]
        definition = workflow.document.raw
        as_json({**shape, "steps": counts.steps, "problems": wrong, "definition": definition})
        return
    columns = {
        "name": Text("Name"),
        "objectTypeId": Text("Object"),
        "state": Text("State"),
        "revisionId": Text("Revision"),
        "onSince": Text("On since"),
    }
    listing([shape], columns, Text(""), json=False)
    actions = labels(workflow.document)
    as_table(
        [Text("Step"), Text("Action"), Text("Kind"), Text("Count")],
        [
            [step or Text("whole"), actions.get(step), kind, count]
            for step, kinds in {"": counts.whole, **counts.steps}.items()
            for kind, count in kinds.items()
        ],
        Text("Nobody has been enrolled yet."),
    )
    for problem in (*checked.problems, *checked.warnings):
        say(Text("{where}: {problem}", where=problem.where or "", problem=problem.text))


@group.command()
def on(
    id: Id,
    enroll_existing: Annotated[
        bool, typer.Option("--enroll-existing", help="Enrol the records that match already, too.")
    ] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Turn a workflow on."""
    from penstock.accounts import audit
    from penstock.workflows import store

    async def work(at: "Installation") -> "Workflow":
        async with at.database.unit() as conn:
            now = await at.clock.now(conn)
            schema = await at.schemas.current(conn)
            workflow = await store.turn_on(
                conn, schema, id, actor(), now, enroll_existing=enroll_existing
            )
            details = {"enrollExisting": enroll_existing}
            await audit.record(conn, actor(), "workflows_turn_on", f"flows/{id}", details, now)
            return workflow

    _say_state(run(data, work), json=json)


@group.command()
def off(id: Id, data: Data = None, json: Json = False) -> None:
    """Turn a workflow off: nobody enrols from now on."""
    from penstock.accounts import audit
    from penstock.workflows import store

    async def work(at: "Installation") -> "Workflow":
        async with at.database.unit() as conn:
            now = await at.clock.now(conn)
            workflow = await store.turn_off(conn, id, actor(), now)
            await audit.record(conn, actor(), "workflows_turn_off", f"flows/{id}", {}, now)
            return workflow

    _say_state(run(data, work), json=json)


@group.command()
def pause(id: Id, data: Data = None, json: Json = False) -> None:
    """Pause a workflow: everybody stays where it stands, and nobody enrols."""
    from penstock.accounts import audit
    from penstock.workflows import store

    async def work(at: "Installation") -> "Workflow":
        async with at.database.unit() as conn:
            now = await at.clock.now(conn)
            workflow = await store.pause(conn, id, actor(), now)
            await audit.record(conn, actor(), "workflows_pause", f"flows/{id}", {}, now)
            return workflow

    _say_state(run(data, work), json=json)


@group.command()
def resume(
    id: Id,
    policy: Annotated[
        Literal["run-now", "skip", "shift"],
        typer.Option(help="What becomes of those whose time came during the pause."),
    ] = "run-now",
    rate: Annotated[
        int | None, typer.Option(min=1, help="How many go on in a minute; else all at once.")
    ] = None,
    step: Annotated[
        list[str] | None, typer.Option(help="The policy of a single step, as 3=skip.")
    ] = None,
    enroll_matched: Annotated[
        bool,
        typer.Option(
            "--enroll-matched", help="Enrol those, too, who came to match during the pause."
        ),
    ] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """End a pause."""
    from penstock.accounts import audit
    from penstock.workflows import store
    from penstock.workflows.pausing import Resumption

    choice = Resumption(_policy(policy), rate, _policies(step or []), enroll_matched)

    async def work(at: "Installation") -> "Workflow":
        async with at.database.unit() as conn:
            now = await at.clock.now(conn)
            schema = await at.schemas.current(conn)
            workflow = await store.resume(conn, schema, id, choice, actor(), now)
            target, details = f"flows/{id}", choice.raw
            await audit.record(conn, actor(), "workflows_resume", target, details, now)
            return workflow

    _say_state(run(data, work), json=json)


def _policy(word: str) -> "Policy":
    from penstock.workflows.pausing import POLICIES

    for policy in POLICIES:
        if word.upper().replace("-", "_") == policy:
            return policy
    raise typer.BadParameter(f'"{word}" is not one of run-now, skip, shift')


def _policies(given: "list[str]") -> "dict[str, Policy]":
    found: dict[str, Policy] = {}
    for word in given:
        step, equals, policy = word.partition("=")
        if not equals:
            raise typer.BadParameter(f'"{word}" is not a step and its policy, as 3=skip')
        found[step] = _policy(policy)
    return found


def _say_state(workflow: "Workflow", *, json: bool) -> None:
    if json:
        as_json({"id": str(workflow.id), "state": workflow.state})
        return
    name = workflow.document.name or Text("Workflow {id}", id=workflow.id)
    match workflow.state:
        case "off":
            say(Text("{name} is off.", name=name))
        case "paused":
            say(Text("{name} is paused.", name=name))
        case "on":
            say(Text("{name} is on.", name=name))
        case _:
            say(Text("{name} is on as soon as all records have been looked at.", name=name))


def _shape(workflow: "Workflow", counts: "Counts") -> dict[str, Any]:
    from penstock.records.values import instant_text

    return {
        "id": str(workflow.id),
        "name": workflow.document.name,
        "objectTypeId": workflow.document.object_type,
        "state": workflow.state,
        "revisionId": str(workflow.revision),
        "onSince": instant_text(workflow.on_since) if workflow.on_since else None,
        "counts": {name: counts.whole.get(name, 0) for name in _NUMBERS},
    }
