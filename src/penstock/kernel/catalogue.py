"""The only registry: finds the entries of a catalogue, refuses duplicates, looks them up."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import entry_points
from typing import Generic, TypeVar

from penstock.kernel.errors import PenstockError

Entry = TypeVar("Entry")


class EntryClash(PenstockError):
    """Two entries of the catalogue {catalogue} are called "{key}": {first} and {second}"""


class Catalogue(Mapping[str, Entry], Generic[Entry]):
    """Entries by key: every module of a package, and every installed entry point of a group.

    A module offers the values for which `is_entry` is true. Importing may register nothing and run
    nothing; the walk happens at first use.
    """

    def __init__(
        self,
        package: str,
        *,
        is_entry: Callable[[object], bool],
        key: Callable[[Entry], str],
        group: str | None = None,
    ) -> None:
        self._package = package
        self._is_entry = is_entry
        self._key = key
        self._group = group
        self._entries: dict[str, Entry] | None = None

    def load(self) -> dict[str, Entry]:
        """The entries themselves, found at first use. Raises EntryClash."""
        if self._entries is None:
            # Collected first and kept last, so that a clash changes nothing.
            found: dict[str, tuple[Entry, str]] = {}
            for where, module in self._modules():
                for value in vars(module).values():
                    if not self._is_entry(value):
                        continue
                    entry: Entry = value
                    key = self._key(entry)
                    if key in found and found[key][0] is not entry:
                        raise EntryClash(
                            catalogue=self._package, key=key, first=found[key][1], second=where
                        )
                    found[key] = (entry, where)
            self._entries = {key: entry for key, (entry, _) in sorted(found.items())}
        return self._entries

    def _modules(self) -> Iterator[tuple[str, object]]:
        package = importlib.import_module(self._package)
        for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
            name = f"{self._package}.{info.name}"
            yield name, importlib.import_module(name)
        for point in entry_points(group=self._group) if self._group else ():
            yield point.value, importlib.import_module(point.module)

    def reload(self) -> None:
        """Forget what was found; the next look walks again (for tests that add an entry)."""
        self._entries = None

    def __getitem__(self, key: str) -> Entry:
        return self.load()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.load())

    def __len__(self) -> int:
        return len(self.load())
