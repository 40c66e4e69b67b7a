"""What all commands have in common: usage, errors, language."""

import subprocess

import pytest

from tests.commands import PROGRAM, command, done, environment


def test_it_says_its_version_without_a_database() -> None:
    assert done("host=/nowhere", "version") == "0.1.0\n"


def test_help_lists_every_command() -> None:
    printed = done(None, "--help")
    for name in (
        "serve worker sign-in import demo history outbox version keys schema workflows database"
    ).split():
        assert name in printed


@pytest.mark.parametrize("arguments", [["nonsense"], ["keys", "create"], ["serve", "--port", "x"]])
def test_wrong_usage_is_code_2(arguments: list[str]) -> None:
    result = command(None, *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert "Usage" in result.stderr


def test_a_setting_that_is_not_valid_is_named() -> None:
    result = command(None, "keys", "list", PENSTOCK_REQUESTS_PER_SECOND="many")
    assert result.returncode == 1
    assert "PENSTOCK_REQUESTS_PER_SECOND" in result.stderr
    assert "Traceback" not in result.stderr


def test_debug_shows_where_an_error_happened(url: str) -> None:
    result = command(url, "--debug", "keys", "revoke", "77")
    assert result.returncode == 1
    assert "Traceback" in result.stderr


def test_the_language_is_that_of_the_environment(url: str) -> None:
    swedish = command(url, "keys", "revoke", "77", LC_ALL="sv_SE.UTF-8")
    assert swedish.stderr.startswith("Det finns ingen API-nyckel")
    other = command(url, "keys", "revoke", "77", LC_ALL="fi_FI.UTF-8")
    assert other.stderr == "There is no API key with the id 77\n"


def test_an_output_that_nobody_reads_is_no_traceback(url: str) -> None:
    with subprocess.Popen(
        [PROGRAM, "schema", "list"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(url),
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert "Traceback" not in process.stderr.read()
