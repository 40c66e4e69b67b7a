"""`penstock apps`: apps of others that may use the API by OAuth."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from penstock.cli.frame import Data, Json, actor, run, say, tell
from penstock.cli.output import listing
from penstock.kernel.texts import Text

if TYPE_CHECKING:
    from penstock.accounts.apps import App
    from penstock.bootstrap.installation import Installation

group = typer.Typer(
    name="apps", help="Apps of others that may use the API by OAuth.", no_args_is_help=True
)


@group.command()
def create(
    name: Annotated[str, typer.Option(help="What the app is called.")],
    scopes: Annotated[
        list[str],
        typer.Option(help="The most that it can be allowed, separated by commas."),
    ],
    redirect_uri: Annotated[str, typer.Option(help="The app's own address for codes.")],
    data: Data = None,
) -> None:
    """Register an app and print its client id and secret, the secret this once."""
    from penstock.accounts import apps, audit

    async def work(at: "Installation") -> "tuple[App, str]":
        async with at.database.unit() as conn:
            now = await at.clock.now(conn)
            app, secret = await apps.create(conn, name, _words(scopes), redirect_uri, now)
            details = {"name": name, "scopes": sorted(app.scopes)}
            await audit.record(conn, actor(), "apps_create", f"apps/{app.id}", details, now)
            return app, secret

    app, secret = run(data, work)
    typer.echo(app.client_id)
    typer.echo(secret)
    tell(Text("This is app {id}. Its secret cannot be shown again.", id=app.id))


@group.command()
def allow(
    id: Annotated[int, typer.Argument(metavar="ID")],
    scopes: Annotated[
        list[str] | None,
        typer.Option(help="What it may do, separated by commas; all that it was registered for."),
    ] = None,
    data: Data = None,
) -> None:
    """Print a code for an app, which it turns into tokens within ten minutes."""
    from penstock.accounts import apps, audit

    async def work(at: "Installation") -> str:
        async with at.database.unit() as conn:
            now = await at.clock.now(conn)
            granted = _words(scopes) if scopes else None
            code = await apps.allow(conn, id, granted, actor(), now)
            details = {"scopes": granted}
            await audit.record(conn, actor(), "apps_allow", f"apps/{id}", details, now)
            return code

    typer.echo(run(data, work))
    tell(Text("The code works once, within ten minutes."))


@group.command("list")
def list_apps(data: Data = None, json: Json = False) -> None:
    """List all apps, revoked ones too."""
    from penstock.accounts import apps

    async def work(at: "Installation") -> "list[App]":
        async with at.database.reading() as conn:
            return await apps.every(conn)

    columns = {
        "id": Text("Id"),
        "name": Text("Name"),
        "clientId": Text("Client id"),
        "scopes": Text("Scopes"),
        "createdAt": Text("Created"),
        "revokedAt": Text("Revoked"),
    }
    shapes = [_shape(app) for app in run(data, work)]
    listing(shapes, columns, Text("There are no apps yet: penstock apps create"), json=json)


@group.command()
def revoke(id: Annotated[int, typer.Argument(metavar="ID")], data: Data = None) -> None:
    """Let an app do nothing any more."""
    from penstock.accounts import apps, audit

    async def work(at: "Installation") -> None:
        async with at.database.unit() as conn:
            now = await at.clock.now(conn)
            await apps.revoke(conn, id, now)
            await audit.record(conn, actor(), "apps_revoke", f"apps/{id}", {}, now)

    run(data, work)
    say(Text("App {id} is revoked.", id=id))


def _words(given: list[str]) -> list[str]:
    return [word.strip() for words in given for word in words.split(",") if word.strip()]


def _shape(app: "App") -> dict[str, Any]:
    from penstock.records.values import instant_text

    return {
        "id": app.id,
        "name": app.name,
        "clientId": app.client_id,
        "redirectUri": app.redirect_uri,
        "scopes": " ".join(sorted(app.scopes)),
        "createdAt": instant_text(app.created_at),
        "revokedAt": instant_text(app.revoked_at) if app.revoked_at else None,
    }
