"""Regular expressions that people write, put into those of the database.

What the two read differently, or what could stall or break a statement, is refused.
"""

from typing import Final, NoReturn

from penstock.kernel.texts import Text
from penstock.records.values import BadValue

LONGEST: Final = 500
"""Characters of one expression."""

_LARGEST: Final = 1000
_DEEPEST: Final = 20
_MOST: Final = 255

# They are folded like what they are held against, so no class may have a capital letter.
_CLASSES: Final = {"d": "[:digit:]", "w": "[:alnum:]_", "s": "[:space:]"}
_SIGNS: Final = {"n": "\n", "r": "\r", "t": "\t"}


def translated(pattern: str) -> str:
    """The expression as PostgreSQL reads it. Raises BadValue when it cannot be used."""
    if len(pattern) > LONGEST:
        _refuse(Text("it has more than {limit} characters", limit=LONGEST))
    reader = _Reader(pattern)
    sql, size = reader.alternatives(0)
    if reader.rest:
        _refuse(Text("a bracket is closed that was not opened"))
    if size > _LARGEST:
        _refuse(Text("it repeats too much"))
    return sql


def _refuse(reason: Text) -> NoReturn:
    text = Text("this regular expression cannot be used: {reason}", reason=reason)
    raise BadValue(text, "INVALID_PATTERN")


def _literal(sign: str) -> str:
    return f"\\{sign}" if sign.isascii() and not sign.isalnum() and sign.isprintable() else sign


class _Reader:
    """Reads from left to right; `size` is what there is once all repetitions are written out."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0

    @property
    def rest(self) -> str:
        return self.pattern[self.at :]

    def next(self) -> str:
        if not self.rest:
            _refuse(Text("it ends too early"))
        self.at += 1
        return self.pattern[self.at - 1]

    def accept(self, text: str) -> bool:
        found = self.rest.startswith(text)
        self.at += len(text) if found else 0
        return found

    def alternatives(self, depth: int) -> tuple[str, int]:
        if depth > _DEEPEST:
            _refuse(Text("its brackets are nested too deep"))
        said, size = self.sequence(depth)
        while self.accept("|"):
            other, more = self.sequence(depth)
            said, size = f"{said}|{other}", size + more
        return said, size

    def sequence(self, depth: int) -> tuple[str, int]:
        said, size = "", 0
        while self.rest and self.rest[0] not in "|)":
            piece, more = self.repeated(depth)
            said, size = said + piece, size + more
        if not said:
            _refuse(Text("an alternative is empty"))
        return said, size

    def repeated(self, depth: int) -> tuple[str, int]:
        if self.accept("^"):
            return self.once("^")
        if self.accept("$"):
            return self.once("$")
        said, size = self.atom(depth)
        times = self.times()
        if times is None:
            return said, size
        self.accept("?")  # The shortest is found where the longest is.
        sign, most = times
        return self.once(said + sign)[0], size * max(most, 1)

    def once(self, said: str) -> tuple[str, int]:
        if self.times() is not None:
            _refuse(Text("a repetition has nothing to repeat"))
        return said, 1

    def times(self) -> tuple[str, int] | None:
        for sign in "*+?":
            if self.accept(sign):
                return sign, 1
        start = self.at
        if not self.accept("{"):
            return None
        least, comma, most = self.upto("}").partition(",")
        if not least.isdecimal() or not least.isascii() or not (most == "" or most.isdecimal()):
            self.at = start  # Then the brace stands for itself.
            return None
        low, high = int(least), int(most or least)
        if max(low, high) > _MOST:
            _refuse(Text("it repeats too much"))
        if low > high:
            _refuse(Text("a repetition has nothing to repeat"))
        return f"{{{low}{comma}{high if most else ''}}}", high

    def upto(self, end: str) -> str:
        inside, found, _ = self.rest.partition(end)
        self.at += len(inside) + len(found)
        return inside if found else "?"

    def atom(self, depth: int) -> tuple[str, int]:
        sign = self.next()
        if sign == "(":
            if self.accept("?") and not self.accept(":"):
                _refuse(Text("a bracket begins with a question mark"))
            said, size = self.alternatives(depth + 1)
            if not self.accept(")"):
                _refuse(Text("it ends too early"))
            return f"(?:{said})", size
        if sign == "[":
            return self.choice(), 1
        if sign == ".":
            return ".", 1
        if sign in "*+?":
            _refuse(Text("a repetition has nothing to repeat"))
        if sign == "\\":
            return self.escaped(), 1
        return _literal(sign), 1

    def escaped(self) -> str:
        sign = self.next()
        if sign.lower() in _CLASSES:
            return f"[{'^' if sign.isupper() else ''}{_CLASSES[sign.lower()]}]"
        return _literal(self.meant(sign))

    def meant(self, sign: str) -> str:
        """What a character stands for after a backslash."""
        if sign in _SIGNS:
            return _SIGNS[sign]
        if sign.isalnum():
            _refuse(Text('"{sign}" has no meaning after a backslash here', sign=sign))
        return sign

    def choice(self) -> str:
        said = "[^" if self.accept("^") else "["
        first = True
        while first or not self.accept("]"):
            said += self.chosen()
            first = False
        return said + "]"

    def chosen(self) -> str:
        low = self.next()
        if low == "\\":
            low = self.next()
            if low in _CLASSES:
                return _CLASSES[low]
            low = self.meant(low)
        if self.rest[:1] != "-" or self.rest[1:2] in {"]", ""}:
            return _literal(low)
        self.accept("-")
        high = self.next()
        if high == "\\":
            high = self.meant(self.next())
        ends = low.lower(), high.lower()
        if max(map(len, ends)) > 1 or ends[0] > ends[1]:
            _refuse(Text("a range of characters is the wrong way round"))
        return f"{_literal(low)}-{_literal(high)}"
