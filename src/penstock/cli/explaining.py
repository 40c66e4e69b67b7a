"""`penstock explain`: why a record is in a workflow or is not."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from penstock.cli.frame import Data, Json, language, run, say
from penstock.cli.output import as_json, plain
from penstock.kernel.texts import Text

if TYPE_CHECKING:
    from penstock.bootstrap.installation import Installation

Workflow = Annotated[int, typer.Argument(metavar="WORKFLOW", help="The workflow's id.")]
Record = Annotated[int, typer.Argument(metavar="RECORD", help="The record's id.")]


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(explain)


def explain(workflow: Workflow, record: Record, data: Data = None, json: Json = False) -> None:
    """Explain why a record is in a workflow, would enrol or would not; and what it waits for."""
    from penstock.api.explaining_wire import enrollment_explanation
    from penstock.engine.explaining import explain_enrollment
    from penstock.workflows import store

    async def work(at: "Installation") -> dict[str, Any]:
        async with at.database.unit() as conn:
            found = await store.read_one(conn, workflow)
            schema = await at.schemas.current(conn)
            now = await at.clock.now(conn)
            told = await explain_enrollment(conn, schema, found, record, now)
        return enrollment_explanation(told, language())

    told = run(data, work)
    if json:
        as_json(told)
        return
    say(Text("In short: {answer}.", answer=plain(told["message"])))
    if told["waiting"]:
        _say_waiting(told["waiting"])
    if told["lastRefusal"]:
        said = plain(told["lastRefusal"]["message"])
        say(Text("When it last wanted in it was refused: {reason}.", reason=said))
    for condition in told["conditions"]:
        typer.echo()
        typer.echo(f"{plain(condition['label'])}:")
        for line in _tree(condition["explanation"], 1):
            typer.echo(line)


def _say_waiting(waiting: Mapping[str, Any]) -> None:
    step = waiting["step"] or "–"
    action = plain(waiting["action"] or "")
    said = Text('It waits at step {step} "{action}":', step=step, action=action)
    say(said)
    for reason in waiting["reasons"]:
        typer.echo(f"  {plain(reason)}")


def _tree(part: Mapping[str, Any], depth: int) -> Iterator[str]:
    """A part with what is so of it, and below it those within."""
    # One part alone says the same as what holds it.
    while len(part["parts"]) == 1 and part["parts"][0]["sentence"] == part["sentence"]:
        part = part["parts"][0]
    verdict = part.get("verdict")
    mark = "·" if verdict is None else "✓" if verdict else "✗"
    facts = "; ".join(plain(fact["message"]) for fact in part["facts"])
    said = plain(part["sentence"]) + (f" ({facts})" if facts else "")
    yield f"{'  ' * depth}{mark} {said}"
    for problem in part["problems"]:
        yield f"{'  ' * (depth + 1)}! {plain(problem['message'])}"
    for each in part["parts"]:
        yield from _tree(each, depth + 1)
