"""From bytes to physical lines, each with its place in the file; nothing is lost or merged."""

import codecs
from typing import Final, NamedTuple

from penstock.imports.encodings import CODECS

LONGEST_LINE: Final = 1 << 20
"""Bytes of one line; what is longer is passed over and reported."""

UNREADABLE: Final = "\ufffd"
"""Stands for bytes that are no text, in a damaged line."""

_SHOWN: Final = 200


class Line(NamedTuple):
    """A line with its ending, from byte `start` up to `end`.

    A damaged one has bytes that are no text, or zero bytes; of an overlong one there is only the
    beginning.
    """

    number: int
    start: int
    end: int
    text: str
    damaged: bool
    overlong: bool


class Lines:
    """Cuts blocks of bytes into lines that end in LF, CR LF or CR, in whatever mixture."""

    def __init__(self, encoding: str, offset: int, number: int) -> None:
        codec = CODECS[encoding]
        # Lines are cut in bytes, and UTF-16 is made UTF-8 for that. Lone surrogates are let
        # through: so it goes back byte for byte, which tells the place in the file.
        self._wide = codec if codec.startswith("utf-16") else None
        self._codec = "utf-8" if self._wide else codec
        self._decoder = codecs.getincrementaldecoder(codec)("surrogatepass")
        self._odd = b""
        self._offset = offset
        self._number = number
        self._rest = b""
        self._opening = b""
        self._skipped = 0

    def feed(self, block: bytes, *, final: bool = False) -> list[Line]:
        """The lines that are complete with this block; `final` says that it is the file's last."""
        pieces = (self._rest + self._narrow(block, final=final)).splitlines(keepends=True)
        # A carriage return at the end may have its line feed in the next block.
        unfinished = pieces and not final and not pieces[-1].endswith(b"\n")
        self._rest = pieces.pop() if unfinished else b""
        lines = [self._line(piece) for piece in pieces]
        if len(self._rest) > LONGEST_LINE:
            self._skip()
        if final and self._skipped:
            lines.append(self._line(b""))
        return lines

    def _narrow(self, block: bytes, *, final: bool) -> bytes:
        if self._wide is None:
            return block
        data = self._odd + block
        whole = len(data) & ~1
        self._odd = data[whole:]
        narrow = self._decoder.decode(data[:whole], final).encode("utf-8", "surrogatepass")
        # Half a character at the very end is no text, in UTF-8 as in UTF-16.
        return narrow + b"\xff" if final and self._odd else narrow

    def _skip(self) -> None:
        """Let go of the beginning of a line without end, but for what is shown of it."""
        kept = b"\r" if self._rest.endswith(b"\r") else b""
        dropped = self._rest.removesuffix(kept)
        self._opening = self._opening or dropped[:_SHOWN]
        self._skipped += self._size(dropped)
        self._rest = kept

    def _line(self, piece: bytes) -> Line:
        start, number = self._offset, self._number
        self._offset += self._skipped + self._size(piece)
        self._number += 1
        if self._skipped or len(piece) > LONGEST_LINE:
            text = (self._opening or piece[:_SHOWN]).decode(self._codec, "replace")
            self._skipped, self._opening = 0, b""
            return Line(number, start, self._offset, text, damaged=False, overlong=True)
        try:
            text, damaged = piece.decode(self._codec), b"\0" in piece
        except UnicodeDecodeError:
            text, damaged = piece.decode(self._codec, "replace"), True
        return Line(number, start, self._offset, text, damaged, overlong=False)

    def _size(self, piece: bytes) -> int:
        """How many bytes of the file these are."""
        if self._wide is None:
            return len(piece)
        if piece.endswith(b"\xff"):
            return self._size(piece[:-1]) + 1
        return len(piece.decode("utf-8", "surrogatepass").encode(self._wide, "surrogatepass"))
