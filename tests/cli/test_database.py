"""Migrations by the command line."""

import psycopg

from tests.commands import command, done


def test_a_database_that_is_up_to_date_needs_nothing(url: str) -> None:
    assert done(url, "database", "migrate") == "The database is up to date.\n"


def test_a_database_of_a_newer_version_is_refused(url: str) -> None:
    with psycopg.connect(url) as conn:
        conn.execute("INSERT INTO migrations VALUES ('9999_later', '', '2030-01-01')")
    result = command(url, "database", "migrate")
    assert result.returncode == 1
    assert "9999_later" in result.stderr
