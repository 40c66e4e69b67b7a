"""`penstock keys`: who may use the API."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from penstock.cli.frame import Data, Json, actor, run, say, tell
from penstock.cli.output import listing
from penstock.kernel.texts import Text

if TYPE_CHECKING:
    from penstock.accounts.keys import Key
    from penstock.bootstrap.installation import Installation

group = typer.Typer(name="keys", help="API keys.", no_args_is_help=True)


@group.command()
def create(
    name: Annotated[str, typer.Option(help="What the key is for.")],
    scopes: Annotated[
        list[str], typer.Option(help="What it may do, separated by commas; all is everything.")
    ],
    data: Data = None,
) -> None:
    """Make a key and print it, this once and nothing else."""
    from penstock.accounts import audit, keys

    wanted = [scope.strip() for words in scopes for scope in words.split(",") if scope.strip()]

    async def work(at: "Installation") -> "tuple[Key, str]":
        async with at.database.unit() as conn:
            now = await at.clock.now(conn)
            key, secret = await keys.create(conn, name, wanted, now)
            details = {"name": name, "scopes": sorted(key.scopes)}
            await audit.record(conn, actor(), "keys_create", f"keys/{key.id}", details, now)
            return key, secret

    key, secret = run(data, work)
    typer.echo(secret)
    tell(Text("This is key {id}. It cannot be shown again.", id=key.id))


@group.command("list")
def list_keys(data: Data = None, json: Json = False) -> None:
    """List all keys, revoked ones too."""
    from penstock.accounts import keys

    async def work(at: "Installation") -> "list[Key]":
        async with at.database.reading() as conn:
            return await keys.every(conn)

    columns = {
        "id": Text("Id"),
        "name": Text("Name"),
        "scopes": Text("Scopes"),
        "createdAt": Text("Created"),
        "revokedAt": Text("Revoked"),
    }
    shapes = [_shape(key) for key in run(data, work)]
    listing(shapes, columns, Text("There are no keys yet: penstock keys create"), json=json)


@group.command()
def revoke(id: Annotated[int, typer.Argument(metavar="ID")], data: Data = None) -> None:
    """Let a key work no more."""
    from penstock.accounts import audit, keys

    async def work(at: "Installation") -> None:
        async with at.database.unit() as conn:
            now = await at.clock.now(conn)
            await keys.revoke(conn, id, now)
            await audit.record(conn, actor(), "keys_revoke", f"keys/{id}", {}, now)

    run(data, work)
    say(Text("Key {id} is revoked.", id=id))


def _shape(key: "Key") -> dict[str, Any]:
    from penstock.records.values import instant_text

    return {
        "id": key.id,
        "name": key.name,
        "scopes": " ".join(sorted(key.scopes)),
        "createdAt": instant_text(key.created_at),
        "revokedAt": instant_text(key.revoked_at) if key.revoked_at else None,
    }
