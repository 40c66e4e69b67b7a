"""Secrets by the command line: read from the standard input, listed by name, deleted."""

import json
import subprocess

import psycopg

from penstock.accounts.seal import Seal
from tests.commands import PROGRAM, command, done, environment

KEY = "a key that only this test has, long enough"


def test_a_secret_is_read_from_the_input_listed_and_deleted(url: str) -> None:
    kept = subprocess.run(
        [PROGRAM, "secrets", "set", "crm"],
        input="very secret\n",
        capture_output=True,
        text=True,
        env=environment(url, PENSTOCK_SECRET_KEY=KEY),
        check=True,
    )
    assert kept.stdout == "The secret crm is kept.\n"
    with psycopg.connect(url) as conn:
        (sealed,) = conn.execute("SELECT sealed FROM secrets").fetchone()
        (audited,) = conn.execute("SELECT string_agg(a::text, '') FROM audit a").fetchone()
    assert Seal(KEY).open("crm", sealed) == "very secret"
    assert "secrets_put,secrets/crm" in audited
    assert "very" not in audited
    (one,) = json.loads(done(url, "secrets", "list", "--json"))
    assert one["name"] == "crm"
    assert "The secret crm is gone." in done(url, "secrets", "delete", "crm")
    assert json.loads(done(url, "secrets", "list", "--json")) == []


def test_without_a_key_nothing_is_kept(url: str) -> None:
    refused = command(url, "secrets", "set", "crm")
    assert refused.returncode == 1
    assert "PENSTOCK_SECRET_KEY" in refused.stderr
