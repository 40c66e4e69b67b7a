"""Keys by the command line: shown once, listed, revoked."""

import getpass
import json

import psycopg

from tests.commands import command, done


def test_a_new_key_is_the_whole_output_and_works(url: str) -> None:
    printed = done(url, "keys", "create", "--name", "Zapier", "--scopes", "all")
    assert printed.startswith("pat-")
    assert printed == printed.strip() + "\n"
    with psycopg.connect(url) as conn:
        actor, target = conn.execute("SELECT actor, target FROM audit").fetchone()
    assert (actor, target) == (f"cli:{getpass.getuser()}", "keys/1")


def test_keys_are_listed_without_their_secrets_and_revoked(url: str) -> None:
    scopes = "crm.objects.contacts.read, automation"
    secret = done(url, "keys", "create", "--name", "reader", "--scopes", scopes).strip()
    (key,) = json.loads(done(url, "keys", "list", "--json"))
    assert (key["id"], key["name"]) == (1, "reader")
    assert key["scopes"] == "automation crm.objects.contacts.read"
    assert key["revokedAt"] is None
    table = done(url, "keys", "list")
    assert "reader" in table
    assert secret not in table
    assert "Key 1 is revoked." in done(url, "keys", "revoke", "1")
    (key,) = json.loads(done(url, "keys", "list", "--json"))
    assert key["revokedAt"] is not None


def test_what_cannot_be_is_refused_in_one_paragraph(url: str) -> None:
    unknown = command(url, "keys", "create", "--name", "x", "--scopes", "everything")
    assert unknown.returncode == 1
    assert unknown.stdout == ""
    assert 'There is no scope "everything"' in unknown.stderr
    assert "Traceback" not in unknown.stderr
    missing = command(url, "keys", "revoke", "77")
    assert (missing.returncode, missing.stderr) == (1, "There is no API key with the id 77\n")


def test_without_keys_the_list_says_how_to_get_one(url: str) -> None:
    assert done(url, "keys", "list") == "There are no keys yet: penstock keys create\n"
    assert json.loads(done(url, "keys", "list", "--json")) == []
