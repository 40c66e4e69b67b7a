"""The language of mail templates: Jinja's tokens, filters and conditions, and nothing that repeats.

What bounds a template is mostly what the language lacks: without loops, assignments, macros, calls,
arithmetic and attribute access, one pass over the text is all that can happen. Beyond that a source
has a greatest length, number and depth of expressions, and one rendering a budget of characters.
Tokens are rewritten into look-ups by path before anything is compiled, so a template never touches
an object; the sandbox is the second wall.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from inspect import signature
from typing import Any, Final

from jinja2 import Template, TemplateSyntaxError, nodes, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from penstock.emails import filters
from penstock.emails.budget import CLOSE, OPEN, Sheet
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text

LONGEST_SOURCE: Final = 262_144
"""Characters of one template."""

MOST_EXPRESSIONS: Final = 2_000
DEEPEST: Final = 40

_CALL = "personalization_token"
_SEGMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_UNSTORABLES = re.compile(f"[\0\ud800-\udfff{OPEN}{CLOSE}]")
_TEMPLATE = "<template>"

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


@dataclass(frozen=True)
class Source:
    """A template that was read: the tokens it uses, what is wrong with it, and how to run it."""

    tokens: frozenset[str]
    problems: tuple[Problem, ...]
    template: Template | None

    def fill(self, values: Mapping[str, str | None]) -> Sheet:
        """One pass of the template over the values of its tokens.

        Raises BudgetSpent, or TypeError where a filter or comparison cannot take a value. The
        source must be without problems.
        """
        assert self.template is not None
        sheet = Sheet(values)
        sheet.skeleton = "".join(self.template.generate(values=sheet))
        return sheet


@lru_cache(512)
def read(text: str) -> Source:
    """Read a template. Never fails: what is wrong is in the problems."""
    if len(text) > LONGEST_SOURCE:
        return _refused(Text("it is longer than {limit} characters", limit=LONGEST_SOURCE))
    if not storable(text):
        return _refused(_UNSTORABLE)
    try:
        tree = _ENVIRONMENT.parse(text)
    except TemplateSyntaxError as error:
        return _refused(Text("{reason}", reason=error.message or ""), error.lineno)
    except RecursionError:
        return _refused(_TOO_DEEP)
    except ValueError:
        return _refused(Text("a number is too long"))
    walk = _Walk(tree)
    if walk.problems:
        return Source(frozenset(walk.tokens), tuple(walk.problems), None)
    template = _ENVIRONMENT.from_string(_Rewriting().visit(tree))
    return Source(frozenset(walk.tokens), (), template)


def line_of(error: BaseException) -> int:
    """The line of the template in which a pass over it failed."""
    trace, line = error.__traceback__, 1
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == _TEMPLATE:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def problem_at(line: int, text: Text) -> Problem:
    """Something wrong in a line of a template."""
    return Problem(
        Text("line {line}: {what}", line=line, what=text),
        code="INVALID_TEMPLATE",
        context={"line": [str(line)]},
    )


_UNSTORABLE = Text("it contains a character that cannot be stored")
_TOO_DEEP = Text("expressions are nested too deeply")


def _refused(text: Text, line: int = 1) -> Source:
    return Source(frozenset(), (problem_at(line, text),), None)


class _Walk:
    """Looks at every node once: gathers the tokens, and what the language does not have."""

    def __init__(self, tree: nodes.Template) -> None:
        self.tokens: set[str] = set()
        self.problems: list[Problem] = []
        expressions = 0
        waiting: list[tuple[nodes.Node, int]] = [(tree, 0)]
        while waiting:
            node, depth = waiting.pop()
            if depth > DEEPEST:
                self._wrong(node, _TOO_DEEP)
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
            yield from _fallback(node)
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
            self._wrong(node, _UNSTORABLE)

    def _look_at_filter(self, node: nodes.Filter) -> None:
        function = filters.FILTERS.get(node.name)
        if function is None:
            known = ", ".join(filters.FILTERS)
            pattern = "there is no filter “{name}”; there are {known}"
            self._wrong(node, Text(pattern, name=node.name, known=known))
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


def _fallback(node: nodes.Node) -> list[nodes.Expr]:
    return node.args[1:] if isinstance(node, nodes.Call) else []


class _Rewriting(NodeTransformer):
    """Puts a look-up by path in the place of every token."""

    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Node:  # noqa: N802 - Jinja's naming
        return _look_up(node)

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:  # noqa: N802
        return _look_up(node)

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802
        fallback = [self.visit(argument) for argument in _fallback(node)]
        if not fallback:
            return _look_up(node)
        found = nodes.Filter(_look_up(node), "default", fallback, [], None, None)
        return found.set_lineno(node.lineno)


def _look_up(node: nodes.Node) -> nodes.Expr:
    name, path = nodes.Name("values", "load"), nodes.Const(path_of(node))
    found = nodes.Getitem(name, path, "load")
    found.set_lineno(node.lineno, override=True)
    return found


@pass_context
def _place(context: Context, value: Any) -> str:
    sheet: Sheet = context["values"]
    return sheet.place(str(value))


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        autoescape=True, keep_trailing_newline=True, finalize=_place
    )
    environment.globals.clear()
    environment.filters = dict(filters.FILTERS)
    environment.tests = dict(filters.TESTS)
    return environment


_ENVIRONMENT = _environment()
