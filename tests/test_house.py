"""The house is in order: the same checks as `make check`, counted with the tests."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent

CHECKS = ("ruff check", "ruff format --check", "mypy", "lint-imports")


@pytest.mark.parametrize("check", CHECKS)
def test_the_code_passes(check: str) -> None:
    program, *arguments = check.split()
    done = subprocess.run(
        [BIN / program, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{check}\n{done.stdout}{done.stderr}"


def test_make_check_runs_the_same_checks() -> None:
    rules = (ROOT / "Makefile").read_text("utf-8")
    recipe = rules.partition("\ncheck:")[2].partition("\n\n")[0]
    ran = [line.strip().removeprefix("$(BIN)/") for line in recipe.splitlines()[1:]]
    assert tuple(ran) == CHECKS
