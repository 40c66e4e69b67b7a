"""A bounded sample of a file: its beginning, and pieces from all over it."""

from dataclasses import dataclass, field
from typing import Final

CHUNK: Final = 256 * 1024
"""Bytes in which a file is taken in and kept; even, so that no UTF-16 unit is cut."""

_SLICE: Final = 16 * 1024
_SLICES: Final = 16


@dataclass
class Sample:
    """At most half a megabyte of a file of any size. `whole` says that `head` is all of it."""

    head: bytes = b""
    whole: bool = True
    pieces: list[bytes] = field(default_factory=list)
    _seen: int = 0
    _stride: int = 1

    def add(self, chunk: bytes) -> None:
        """Take note of the next chunk of the file; all but the last have the length CHUNK."""
        if self._seen == 0:
            self.head = chunk
        else:
            self.whole = False
            if self._seen % self._stride == 0:
                self.pieces.append(chunk[:_SLICE])
        if len(self.pieces) > _SLICES:
            # Every second one goes, so that they stay spread evenly however long the file is.
            self.pieces = self.pieces[1::2]
            self._stride *= 2
        self._seen += 1
