"""Apps by the command line: registered, allowed something, listed, revoked."""

import json

import psycopg

from tests.commands import command, done

SCOPES = "crm.objects.contacts.read, automation"
REGISTERED = ("apps", "create", "--name", "Zap", "--scopes", SCOPES, "--redirect-uri",
              "https://app.test/back")  # fmt: skip


def test_an_app_is_registered_listed_and_revoked(url: str) -> None:
    client_id, secret = done(url, *REGISTERED).split()
    (app,) = json.loads(done(url, "apps", "list", "--json"))
    assert (app["clientId"], app["scopes"]) == (client_id, "automation crm.objects.contacts.read")
    assert secret not in done(url, "apps", "list")
    assert "App 1 is revoked." in done(url, "apps", "revoke", "1")
    refused = command(url, "apps", "allow", "1")
    assert (refused.returncode, refused.stdout) == (1, "")


def test_an_app_is_allowed_what_it_was_registered_for(url: str) -> None:
    done(url, *REGISTERED)
    assert len(done(url, "apps", "allow", "1", "--scopes", "automation").strip()) > 30
    beyond = command(url, "apps", "allow", "1", "--scopes", "automation,content")
    assert beyond.returncode == 1
    assert "content" in beyond.stderr
    with psycopg.connect(url) as conn:
        (scopes,) = conn.execute("SELECT scopes FROM app_grants").fetchone()
    assert scopes == ["automation"]
