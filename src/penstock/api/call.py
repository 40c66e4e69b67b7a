"""A call: what a handler knows of the request it answers, and the transaction it works in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Annotated, Any

from fastapi import Depends, Request

from penstock.accounts import audit, scopes
from penstock.accounts.errors import NotAuthenticated, ScopesMissing
from penstock.accounts.scopes import Verb
from penstock.kernel.db import Connection
from penstock.kernel.settings import Settings
from penstock.records.changes import Source, Write
from penstock.records.schema import Schema, TypeSchema


@dataclass
class Call:
    """One authenticated request inside its transaction. `actor` is "key:3", or "anonymous"."""

    conn: Connection
    schema: Schema
    now: datetime
    language: str
    actor: str
    scopes: frozenset[str]
    settings: Settings
    request: Request
    correlation_id: str
    audited: bool = field(default=False, init=False)

    @cached_property
    def write(self) -> Write:
        """The circumstances of every write of this call."""
        return Write(Source("API", self.actor), self.now)

    def require(self, scope: str) -> None:
        """Raises ScopesMissing, or NotAuthenticated when nobody is known to be asking."""
        if self.actor == "anonymous":
            raise NotAuthenticated
        if not scopes.covers(self.scopes, scope):
            raise ScopesMissing(scope=scope, context={"requiredScopes": [scope]})

    def require_any(self, scope: str, *others: str) -> None:
        """One of the scopes is enough. Raises as `require` does."""
        if not any(scopes.covers(self.scopes, other) for other in others):
            self.require(scope)

    def objects(self, word: str, verb: Verb) -> TypeSchema:
        """The object type that a path names, for reading or writing its records.

        Raises ObjectTypeUnknown or ScopesMissing.
        """
        found = self.schema.type(word)
        self.require(scopes.objects(_noun(found), verb))
        return found

    def definitions(self, word: str, verb: Verb) -> TypeSchema:
        """The object type that a path names, for reading or writing its definitions.

        Raises ObjectTypeUnknown or ScopesMissing.
        """
        found = self.schema.type(word)
        self.require(scopes.schemas(_noun(found), verb))
        return found

    def may_define(self, type_id: str, verb: Verb) -> bool:
        """Whether the caller may read or write an object type's definitions."""
        noun = _noun(self.schema.types[type_id])
        return scopes.covers(self.scopes, scopes.schemas(noun, verb))

    async def audit(
        self, operation: str, target: str, details: Mapping[str, Any] | None = None
    ) -> None:
        """Leave a row in the audit trail; details name what was touched, never personal values."""
        self.audited = True
        await audit.record(self.conn, self.actor, operation, target, details or {}, self.now)


def _noun(type: TypeSchema) -> str:
    return "custom" if type.custom else type.plural


def _this_call(request: Request) -> Call:
    call: Call = request.scope["penstock.call"]
    return call


ThisCall = Annotated[Call, Depends(_this_call)]
"""The type of a handler's parameter that takes the call."""
