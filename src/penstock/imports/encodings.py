"""How the bytes of a file are text: told by its mark, by the user, or found out from a sample."""

import codecs
import re
from collections.abc import Sequence
from typing import Final

from penstock.imports.errors import EncodingUnknown, FileUnreadable

CODECS: Final = {
    "utf-8": "utf-8",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
    "windows-1252": "cp1252",
    "iso-8859-1": "latin_1",
    "iso-8859-15": "iso8859_15",
    "iso-8859-2": "iso8859_2",
    "windows-1250": "cp1250",
    "windows-1251": "cp1251",
    "windows-1253": "cp1253",
    "windows-1254": "cp1254",
    "windows-1255": "cp1255",
    "windows-1256": "cp1256",
    "windows-1257": "cp1257",
    "koi8-r": "koi8_r",
    "macintosh": "mac_roman",
    "ibm850": "cp850",
    "shift_jis": "cp932",
    "euc-jp": "euc_jp",
    "gb18030": "gb18030",
    "big5": "big5",
    "euc-kr": "euc_kr",
}
"""Python's codec by the encoding's name. In all but UTF-16 a line ends with the byte 10 or 13."""

_ALIASES: Final = {
    "ansi": "windows-1252",
    "cp1252": "windows-1252",
    "latin-1": "iso-8859-1",
    "latin1": "iso-8859-1",
    "mac-roman": "macintosh",
    "cp850": "ibm850",
    "shift-jis": "shift_jis",
    "utf8": "utf-8",
    "utf-8-sig": "utf-8",
    "utf16": "utf-16",
}

# The longer mark first: UTF-32's begins with UTF-16's.
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, None),
    (codecs.BOM_UTF32_BE, None),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_LARGEST_GUESS: Final = 16_384


def encoding_of(slices: Sequence[bytes], wanted: str | None) -> tuple[str, int]:
    """The encoding's name, and how many bytes its mark takes at the start of the file.

    `slices` are pieces of the file, the first one its start.
    Raises EncodingUnknown, or FileUnreadable for UTF-32.
    """
    start = slices[0] if slices else b""
    marked, length = _mark(start)
    if wanted is None or wanted.lower() in {"utf-16", "utf16"}:
        return marked or _guess(slices), length
    name = wanted.lower().replace("_", "-")
    name = _ALIASES.get(name, "shift_jis" if name == "shift-jis" else name)
    if name not in CODECS:
        raise EncodingUnknown(name=wanted, known=", ".join(CODECS))
    return name, length if name == marked else 0


def _mark(start: bytes) -> tuple[str | None, int]:
    for mark, name in _MARKS:
        if start.startswith(mark):
            if name is None:
                raise FileUnreadable
            return name, len(mark)
    return None, 0


def _guess(slices: Sequence[bytes]) -> str:
    wide = _wide(slices[0]) if slices else None
    if wide:
        return wide
    sample = b"\n".join(slices)
    text = sample.decode("utf-8", "surrogateescape")
    broken = len(re.findall("[\udc80-\udcff]", text))
    # A few bad bytes are bad rows; all of them bad are another encoding.
    if broken <= len(re.findall("[^\0-\x7f\udc80-\udcff]", text)):
        return "utf-8"
    telling = b"\n".join(line for line in sample.splitlines() if not line.isascii())
    return _single(telling[:_LARGEST_GUESS])


def _wide(start: bytes) -> str | None:
    """UTF-16 without a mark: text of the West has a zero in nearly every second byte."""
    half = len(start) // 2
    if half == 0:
        return None
    zeros = start[0 : half * 2 : 2].count(0), start[1::2].count(0)
    if zeros[1] > half * 0.4 and zeros[0] < half * 0.1:
        return "utf-16-le"
    if zeros[0] > half * 0.4 and zeros[1] < half * 0.1:
        return "utf-16-be"
    return None


def _single(sample: bytes) -> str:
    names = {codec: name for name, codec in CODECS.items() if not name.startswith("utf")}
    # Where these two have their letters, the others have control characters and rare signs.
    low = sum(sample.count(byte) for byte in range(0x80, 0xA0))
    if 2 * low < sum(sample.count(byte) for byte in range(0x80, 0x100)):
        del names["mac_roman"], names["cp850"]
    # Only files that do not tell need it, and every worker would have it in its memory.
    from charset_normalizer import from_bytes

    found = from_bytes(sample, cp_isolation=list(names))
    best = found.best()
    if best is None:
        return "windows-1252"
    # Often several encodings make sense; then it is the most common one.
    usual = next((match for match in found if match.encoding == "cp1252"), None)
    as_good = usual and (usual.chaos, -usual.coherence) <= (best.chaos, -best.coherence)
    if as_good or sample.decode("cp1252", "replace") == str(best):
        return "windows-1252"
    return names[best.encoding]
