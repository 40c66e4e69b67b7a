"""`penstock secrets`: keys and signing secrets that workflows use."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from penstock.cli.frame import Data, Json, actor, language, run, say, settings_of
from penstock.cli.output import listing
from penstock.kernel.texts import Text

if TYPE_CHECKING:
    from penstock.accounts.secrets import Secret
    from penstock.bootstrap.installation import Installation

group = typer.Typer(
    name="secrets", help="Secrets that workflows use and nobody reads.", no_args_is_help=True
)

Name = Annotated[str, typer.Argument(metavar="NAME")]


@group.command("set")
def set_secret(name: Name, data: Data = None) -> None:
    """Keep a secret; it is asked for, or read from the standard input."""
    from penstock.accounts import audit, secrets
    from penstock.accounts.sealing import seal_of

    if sys.stdin.isatty():
        value = typer.prompt(Text("The secret").render(language()), hide_input=True)
    else:
        value = sys.stdin.read().removesuffix("\n")

    async def work(at: "Installation") -> None:
        seal = seal_of(settings_of(data))
        async with at.database.unit() as conn:
            now = await at.clock.now(conn)
            await secrets.put(conn, seal, name, value, now)
            await audit.record(conn, actor(), "secrets_put", f"secrets/{name}", {}, now)

    run(data, work)
    say(Text("The secret {name} is kept.", name=name))


@group.command("list")
def list_secrets(data: Data = None, json: Json = False) -> None:
    """List the names of all secrets."""
    from penstock.accounts import secrets
    from penstock.records.values import instant_text

    async def work(at: "Installation") -> "list[Secret]":
        async with at.database.reading() as conn:
            return await secrets.every(conn)

    columns = {"name": Text("Name"), "createdAt": Text("Created"), "updatedAt": Text("Updated")}
    shapes = [
        {
            "name": one.name,
            "createdAt": instant_text(one.created_at),
            "updatedAt": instant_text(one.updated_at),
        }
        for one in run(data, work)
    ]
    listing(shapes, columns, Text("There are no secrets yet: penstock secrets set"), json=json)


@group.command()
def delete(name: Name, data: Data = None) -> None:
    """Forget a secret; what needs it fails from then on."""
    from penstock.accounts import audit, secrets

    async def work(at: "Installation") -> None:
        async with at.database.unit() as conn:
            now = await at.clock.now(conn)
            await secrets.delete(conn, name)
            await audit.record(conn, actor(), "secrets_delete", f"secrets/{name}", {}, now)

    run(data, work)
    say(Text("The secret {name} is gone.", name=name))
