"""The language of mail templates: Jinja's tokens, filters and conditions, and nothing that repeats.

What bounds a template is mostly what the language lacks: without loops, assignments, macros, calls,
arithmetic and attribute access, one pass over the text is all that can happen. Beyond that a source
has a greatest length, number and depth of expressions, and one rendering a budget of characters.
Tokens are rewritten into look-ups by path before anything is compiled, so a template never touches
an object; the sandbox is the second wall.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from jinja2 import Template, TemplateSyntaxError, nodes, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from penstock.emails import filters
from penstock.emails.budget import Sheet
from penstock.emails.grammar import (
    TOO_DEEP,
    UNSTORABLE,
    Walk,
    fallback,
    path_of,
    problem_at,
    storable,
)
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text

LONGEST_SOURCE: Final = 262_144
"""Characters of one template."""

_TEMPLATE = "<template>"


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
        return _refused(UNSTORABLE)
    try:
        tree = _ENVIRONMENT.parse(text)
    except TemplateSyntaxError as error:
        return _refused(Text("{reason}", reason=error.message or ""), error.lineno)
    except RecursionError:
        return _refused(TOO_DEEP)
    except ValueError:
        return _refused(Text("a number is too long"))
    walk = Walk(tree)
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


def _refused(text: Text, line: int = 1) -> Source:
    return Source(frozenset(), (problem_at(line, text),), None)


class _Rewriting(NodeTransformer):
    """Puts a look-up by path in the place of every token."""

    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Node:  # noqa: N802 - Jinja's naming
        return _look_up(node)

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:  # noqa: N802
        return _look_up(node)

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802
        given = [self.visit(argument) for argument in fallback(node)]
        if not given:
            return _look_up(node)
        found = nodes.Filter(_look_up(node), "default", given, [], None, None)
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
