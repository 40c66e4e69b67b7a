"""What the language of mail templates has, and what it refuses."""

import re
from collections.abc import Callable, Iterator
from inspect import signature
from typing import Any, Final

from jinja2 import nodes

from penstock.emails import filters
from penstock.emails.budget import CLOSE, OPEN
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text

MOST_EXPRESSIONS: Final = 2_000
DEEPEST: Final = 40

_CALL = "personalization_token"
_SEGMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_UNSTORABLES = re.compile(f"[\0\ud800-\udfff{OPEN}{CLOSE}]")

_ALLOWED: Final = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.CondExpr, nodes.Const,
    nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
    nodes.Tuple, nodes.List, nodes.Keyword,
)  # fmt: skip

_SIGNS: Final = {
    "Add": "+", "Sub": "-", "Mul": "*", "Div": "/", "FloorDiv": "//", "Mod": "%", "Pow": "**",
    "Neg": "-", "Pos": "+", "Concat": "~", "Assign": "set", "AssignBlock": "set", "Slice": "[:]",
    "FromImport": "from", "CallBlock": "call", "FilterBlock": "filter", "Dict": "{}",
    "Scope": "autoescape", "Getitem": "[]", "Call": "()",
}  # fmt: skip

UNSTORABLE = Text("it contains a character that cannot be stored")
TOO_DEEP = Text("expressions are nested too deeply")


def problem_at(line: int, text: Text) -> Problem:
    """Something wrong in a line of a template."""
    return Problem(
        Text("line {line}: {what}", line=line, what=text),
        code="INVALID_TEMPLATE",
        context={"line": [str(line)]},
    )


class Walk:
    """Looks at every node once: gathers the tokens, and what the language does not have."""

    def __init__(self, tree: nodes.Template) -> None:
        self.tokens: set[str] = set()
        self.problems: list[Problem] = []
        expressions = 0
        waiting: list[tuple[nodes.Node, int]] = [(tree, 0)]
        while waiting:
            node, depth = waiting.pop()
            if depth > DEEPEST:
                self._wrong(node, TOO_DEEP)
                break
            expressions += not isinstance(node, (nodes.TemplateData, nodes.Output))
            waiting += [(child, depth + 1) for child in self._enter(node)]
        if expressions > MOST_EXPRESSIONS:
            limit = Text("there are more than {limit} expressions", limit=MOST_EXPRESSIONS)
            self._wrong(tree, limit)
        self.problems.sort(key=lambda problem: int(problem.context["line"][0]))

    def _wrong(self, node: nodes.Node, text: Text) -> None:
        self.problems.append(problem_at(node.lineno or 1, text))

    def _enter(self, node: nodes.Node) -> Iterator[nodes.Node]:
        path = path_of(node)
        if path is not None:
            self.tokens.add(path)
            yield from fallback(node)
        elif isinstance(node, (nodes.Name, nodes.Getattr)):
            self._wrong(node, Text("write a token as object and property: contact.firstname"))
        elif isinstance(node, nodes.Call) and _is_personalization(node):
            self._wrong(node, Text("personalization_token takes a token in quotes and a default"))
        elif not isinstance(node, _ALLOWED):
            name = type(node).__name__
            sign = _SIGNS.get(name, name.lower())
            self._wrong(node, Text("“{sign}” cannot be used in an e-mail", sign=sign))
        else:
            self._look(node)
            yield from node.iter_child_nodes()

    def _look(self, node: nodes.Node) -> None:
        if isinstance(node, nodes.Filter):
            self._look_at_filter(node)
        elif isinstance(node, nodes.Test) and node.name not in filters.TESTS:
            self._wrong(node, Text("there is no test “{name}”", name=node.name))
        elif isinstance(node, nodes.Const) and not storable(str(node.value)):
            self._wrong(node, UNSTORABLE)

    def _look_at_filter(self, node: nodes.Filter) -> None:
        function = filters.FILTERS.get(node.name)
        if function is None:
            known = ", ".join(filters.FILTERS)
            text = Text(
                "there is no filter “{name}”; there are {known}", name=node.name, known=known
            )
            self._wrong(node, text)
        elif node.dyn_args or node.dyn_kwargs or not _takes(function, node):
            self._wrong(node, Text("the filter “{name}” does not take this", name=node.name))


def _takes(function: Callable[..., Any], node: nodes.Filter) -> bool:
    named: dict[str, Any] = {str(word.key): None for word in node.kwargs}
    try:
        signature(function).bind(None, "", *node.args, **named)
    except TypeError:
        return False
    return True


def storable(text: str) -> bool:
    """Whether the database and a mail can hold every character."""
    return _UNSTORABLES.search(text) is None


def path_of(node: nodes.Node) -> str | None:
    """The dotted path of a token, however it is written; None for everything else."""
    if isinstance(node, nodes.Call):
        if not _is_personalization(node) or not 1 <= len(node.args) <= 2:
            return None
        if node.kwargs or node.dyn_args or node.dyn_kwargs:
            return None
        return _checked(node.args[0].value) if isinstance(node.args[0], nodes.Const) else None
    segments: list[str] = []
    while isinstance(node, (nodes.Getattr, nodes.Getitem)):
        if isinstance(node, nodes.Getattr):
            segments.append(node.attr)
        elif isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            segments.append(node.arg.value)
        else:
            return None
        node = node.node
    if not segments or not isinstance(node, nodes.Name):
        return None
    return _checked(".".join([node.name, *reversed(segments)]))


def _is_personalization(node: nodes.Call) -> bool:
    return isinstance(node.node, nodes.Name) and node.node.name == _CALL


def _checked(path: Any) -> str | None:
    segments = path.split(".") if isinstance(path, str) else []
    sound = len(segments) > 1 and all(_SEGMENT.fullmatch(segment) for segment in segments)
    return path if sound else None


def fallback(node: nodes.Node) -> list[nodes.Expr]:
    """What stands in when a token has no value, if it says so itself."""
    return node.args[1:] if isinstance(node, nodes.Call) else []
