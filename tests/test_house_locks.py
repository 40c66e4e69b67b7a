"""The locks: complete, hashed, in agreement, and naming no host."""

import re
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
RUN = PROJECT["project"]["dependencies"]
DEV = PROJECT["project"]["optional-dependencies"]["dev"]
BUILD = PROJECT["build-system"]["requires"]

OPEN = re.compile(r"Apache|BSD|ISC|LGPL|MIT|Mozilla|MPL|PSF|Python Software Foundation")
"""Licences under which a dependency may be used beside ours."""


def lock(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")


def pins(name: str) -> dict[str, str]:
    """Version by name."""
    found = re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", lock(name), re.MULTILINE)
    return {canonicalize_name(package): version for package, version in found}


@pytest.mark.parametrize("name", ["run", "dev"])
def test_a_lock_names_no_host(name: str) -> None:
    assert not re.search(r"://|@|^-|/[a-z]+/", lock(name), re.MULTILINE)


@pytest.mark.parametrize("name", ["run", "dev"])
def test_every_pin_has_hashes(name: str) -> None:
    blocks = re.split(r"^(?=[A-Za-z0-9])", lock(name), flags=re.MULTILINE)[1:]
    assert len(blocks) == len(pins(name))
    assert [block for block in blocks if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize(("name", "wanted"), [("run", RUN + BUILD), ("dev", RUN + BUILD + DEV)])
def test_a_lock_holds_what_the_project_asks_for(name: str, wanted: list[str]) -> None:
    locked = pins(name)
    for requirement in map(Requirement, wanted):
        version = locked.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement} is not locked: make lock"
        assert requirement.specifier.contains(version), f"{requirement} has {version}: make lock"


def test_both_locks_pin_the_same_versions() -> None:
    dev = pins("dev")
    assert {name: dev.get(name) for name in pins("run")} == pins("run")


def test_every_dependency_is_explained_with_its_licence() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    rows = re.findall(r"^\| ([a-z0-9-]+) \|", page, re.MULTILINE)
    wanted = {canonicalize_name(Requirement(line).name) for line in RUN + BUILD + DEV}
    assert sorted(set(rows) - {"name"}) == sorted(wanted)


def test_everything_locked_is_openly_licensed() -> None:
    for name in pins("dev"):
        meta = distribution(name).metadata
        said = [meta.get("License-Expression") or meta.get("License") or ""]
        said += [line for line in meta.get_all("Classifier") or [] if line.startswith("License")]
        assert OPEN.search(" ".join(said)), f"{name}: {said}"
