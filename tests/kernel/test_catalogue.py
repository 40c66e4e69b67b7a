"""The only registry."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from penstock.kernel.catalogue import Catalogue, EntryClash


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "shelf"
    folder.mkdir()
    (folder / "__init__.py").write_text('"""A shelf."""')
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    for name in [name for name in sys.modules if name.split(".")[0] == "shelf"]:
        del sys.modules[name]


def shelf() -> Catalogue[tuple[str, int]]:
    return Catalogue(
        "shelf",
        is_entry=lambda value: isinstance(value, tuple),
        key=lambda entry: entry[0],
    )


def test_an_entry_is_one_file(package: Path) -> None:
    (package / "apple.py").write_text('APPLE = ("apple", 1)')
    catalogue = shelf()
    assert list(catalogue) == ["apple"]
    (package / "pear.py").write_text('PEAR = ("pear", 2)')
    catalogue.reload()
    assert dict(catalogue) == {"apple": ("apple", 1), "pear": ("pear", 2)}


def test_two_entries_of_one_name_are_refused(package: Path) -> None:
    (package / "apple.py").write_text('APPLE = ("apple", 1)')
    (package / "fake.py").write_text('FAKE = ("apple", 2)')
    with pytest.raises(EntryClash, match=r"shelf\.apple and shelf\.fake"):
        len(shelf())
