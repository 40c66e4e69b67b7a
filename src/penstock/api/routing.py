"""Routers collect operations under all their paths; the index finds one however many there are."""

from collections.abc import Callable, Iterator, Sequence
from inspect import cleandoc
from typing import Any, Final
from urllib.parse import unquote

from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from penstock.api.errors import MethodNotAllowed
from penstock.api.incoming import LARGEST_BODY
from penstock.api.models import ErrorBody
from penstock.api.operation import Endpoint, Operation, Traits

# HubSpot's dated names of the same operations.
_DATED: Final = (
    ("/crm/v3/objects", "/crm/objects/2026-03"),
    ("/crm/v4/objects", "/crm/objects/2026-03"),
    ("/crm/v4/associations", "/crm/associations/2026-03"),
    ("/crm/v3/lists", "/crm/lists/2026-03"),
    ("/crm/v3/properties", "/crm/properties/2026-03"),
    ("/crm/v3/pipelines", "/crm/pipelines/2026-03"),
    ("/crm/v3/owners", "/crm/owners/2026-03"),
    ("/crm/v3/imports", "/crm/imports/2026-03"),
    ("/crm-object-schemas/v3", "/crm-object-schemas/2026-03"),
    ("/automation/v4/actions/callbacks", "/automation/actions/callbacks/2026-03"),
    ("/automation/v4/actions", "/automation/actions/2026-03"),
    ("/automation/v4/flows", "/automation/2026-09-beta/flows"),
    ("/automation/v4/action-types", "/automation/2026-09-beta/action-types"),
    ("/automation/v4/workflow-id-mappings", "/automation/2026-09-beta/workflow-id-mappings"),
    ("/oauth/v1/token", "/oauth/2026-03/token"),
    ("/events/v3/send", "/events/2026-03/send"),
    ("/communication-preferences/v4", "/communication-preferences/2026-03"),
    ("/marketing/v3/transactional", "/marketing/transactional/2026-03"),
)


def dated(path: str) -> str | None:
    """The dated name of a path, if HubSpot gave it one."""
    for old, new in _DATED:
        if path == old or path.startswith(f"{old}/"):
            return new + path.removeprefix(old)
    return None


class Router:
    """The operations of one API family; `name` begins their ids, `tag` is their heading."""

    def __init__(self, name: str, tag: str) -> None:
        self.name = name
        self.tag = tag
        self.operations: list[Operation] = []

    def operation(
        self,
        method: str,
        *paths: str,
        model: Any = None,
        status: int | None = None,
        partial: Any = None,
        mutates: bool | None = None,
        key: bool = True,
        page: bool = False,
        developer: bool = False,
        limit: int = LARGEST_BODY,
        dates: bool = True,
    ) -> Callable[[Endpoint], Endpoint]:
        """Register a handler under its paths and their dated names.

        The handler's name and docstring become the operation's id, summary and description. It
        returns plain values that have the shape of `model` (None: no body), which is documented and
        not enforced again, or an Answer of its own. `partial` is the shape of a 207. `mutates` is
        true for everything but GET unless said otherwise. A `page` is HTML for people and is
        not documented.
        """
        traits = Traits(
            mutates=method != "GET" if mutates is None else mutates,
            key=key,
            page=page,
            developer=developer,
            limit=limit,
        )

        def register(endpoint: Endpoint) -> Endpoint:
            summary, _, description = cleandoc(endpoint.__doc__ or "").partition("\n")
            name = f"{self.name}_{endpoint.__name__}"
            for suffix, path in _named(paths, dates=dates):
                self.operations.append(
                    Operation(
                        path,
                        endpoint,
                        traits=traits,
                        methods=[method],
                        operation_id=name + suffix,
                        summary=summary.rstrip("."),
                        description=description.strip(),
                        tags=[self.tag],
                        include_in_schema=not page,
                        status_code=status or (200 if model is not None else 204),
                        response_model=model,
                        responses={"default": {"model": ErrorBody}}
                        | ({207: {"model": partial}} if partial is not None else {}),
                    )
                )
            return endpoint

        return register

    def get(self, *paths: str, **options: Any) -> Callable[[Endpoint], Endpoint]:
        return self.operation("GET", *paths, **options)

    def post(self, *paths: str, **options: Any) -> Callable[[Endpoint], Endpoint]:
        return self.operation("POST", *paths, **options)

    def put(self, *paths: str, **options: Any) -> Callable[[Endpoint], Endpoint]:
        return self.operation("PUT", *paths, **options)

    def patch(self, *paths: str, **options: Any) -> Callable[[Endpoint], Endpoint]:
        return self.operation("PATCH", *paths, **options)

    def delete(self, *paths: str, **options: Any) -> Callable[[Endpoint], Endpoint]:
        return self.operation("DELETE", *paths, **options)


def _named(paths: Sequence[str], *, dates: bool) -> Iterator[tuple[str, str]]:
    for number, path in enumerate(paths):
        suffix = f"_{number + 1}" if number else ""
        yield suffix, path
        other = dated(path) if dates else None
        if other is not None:
            yield f"{suffix}_dated", other


class _Node:
    """One segment of the paths: what follows, literally or as a parameter, and what ends here."""

    def __init__(self) -> None:
        self.literal: dict[str, _Node] = {}
        self.parameter: _Node | None = None
        self.operations: dict[str, Operation] = {}

    def find(self, segments: Sequence[str], place: int = 0) -> Iterator["_Node"]:
        """The ends that a path may mean, literal segments before parameters."""
        if place == len(segments):
            yield self
            return
        following = self.literal.get(segments[place])
        if following is not None:
            yield from following.find(segments, place + 1)
        if self.parameter is not None and segments[place]:
            yield from self.parameter.find(segments, place + 1)


class Index(BaseRoute):
    """All operations in a tree of path segments: a look-up costs the same for ten or a thousand.

    Paths are accepted with and without a slash at the end. Raises ValueError when two operations
    share a path and method, or an id.
    """

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = list(operations)
        self._root = _Node()
        ids: set[str | None] = set()
        for operation in operations:
            if operation.operation_id in ids:
                raise ValueError(f"two operations are called {operation.operation_id}")
            ids.add(operation.operation_id)
            self._add(operation)

    def _add(self, operation: Operation) -> None:
        node = self._root
        for segment in operation.path.strip("/").split("/"):
            if segment.startswith("{"):
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.literal.setdefault(segment, _Node())
        for method in operation.methods or ():
            if method in node.operations:
                raise ValueError(f"{method} {operation.path} has two operations")
            node.operations[method] = operation

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] != "http":
            return Match.NONE, {}
        segments = _segments(scope)
        allowed: set[str] = set()
        for node in self._root.find(segments):
            operation = node.operations.get(scope["method"])
            if operation is not None:
                return Match.FULL, {
                    "route": operation,
                    "endpoint": operation.endpoint,
                    "path_params": _parameters(operation.path, segments),
                }
            allowed |= node.operations.keys()
        return (Match.FULL, {"penstock.allowed": allowed}) if allowed else (Match.NONE, {})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if "penstock.allowed" in scope:
            allowed = ", ".join(sorted(scope["penstock.allowed"]))
            raise MethodNotAllowed(method=scope["method"], allowed=allowed)
        await scope["route"].app(scope, receive, send)


def _segments(scope: Scope) -> list[str]:
    if "raw_path" not in scope:
        return str(scope["path"]).strip("/").split("/")
    # The raw path, because a parameter may hold an encoded slash.
    raw: bytes = scope["raw_path"]
    return [unquote(segment) for segment in raw.decode("latin-1").strip("/").split("/")]


def _parameters(path: str, segments: Sequence[str]) -> dict[str, str]:
    names = path.strip("/").split("/")
    return {
        name[1:-1]: segment
        for name, segment in zip(names, segments, strict=True)
        if name.startswith("{")
    }
