"""Lists become PostgreSQL arrays in a few passes over the whole, not item by item."""

from datetime import date, datetime
from types import NoneType
from typing import Any, Final

import orjson
from psycopg import postgres
from psycopg.abc import Buffer
from psycopg.types.array import ListDumper

_INTEGERS: Final = {postgres.types[name].array_oid for name in ("int2", "int4", "int8")}

_REPEATED: Final = frozenset({NoneType, bool, date, datetime, int, str})
"""Types of which a list holds few different values, or that are rare in lists."""


class Arrays(ListDumper):
    """As psycopg's own, but several times as fast for the flat lists that statements are given."""

    def dump(self, obj: list[Any]) -> Buffer | None:
        kinds = set(map(type, obj))
        if kinds == {int} and self.oid in _INTEGERS:
            return b"{%b}" % orjson.dumps(obj)[1:-1]
        if kinds == {str} and self.sub_dumper is not None:
            # No text may contain a zero: where one does, psycopg says so below.
            whole = "\0".join(obj)
            if whole.count("\0") == len(obj) - 1:
                escaped = whole.replace("\\", "\\\\").replace('"', '\\"').replace("\0", '","')
                return self.sub_dumper.dump(f'{{"{escaped}"}}')
        if kinds and kinds <= _REPEATED:
            dumped = {item: bytes(super(Arrays, self).dump([item]) or b"") for item in set(obj)}
            return b"{%b}" % b",".join([dumped[item][1:-1] for item in obj])
        return super().dump(obj)
