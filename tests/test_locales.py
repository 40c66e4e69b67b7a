"""Every sentence that the server says to people has its Swedish.

Patterns are found by walking the source: what `Text(…)` is given, the docstrings of errors, and
what the entries of the catalogues carry. Labels of properties and options are not translated yet.
"""

import ast
import importlib
import json
import pkgutil
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from inspect import cleandoc
from pathlib import Path
from string import Formatter
from typing import Any

from pydantic import BaseModel

import penstock
from penstock.actions.base import ACTIONS
from penstock.filters.branches.logic import Logic
from penstock.filters.editing import FAMILIES, Field, fields, title
from penstock.filters.kinds.ads import ENTITIES
from penstock.filters.kinds.email_event import FATES
from penstock.filters.memberships import MEMBERSHIPS
from penstock.filters.operators import Operation
from penstock.kernel.errors import PenstockError
from penstock.records.seed import EVENT_TYPES, OBJECT_TYPES
from penstock.records.values import TYPES
from penstock.triggers.base import TRIGGERS
from penstock.triggers.schedule import SCHEDULES

SOURCES = Path(penstock.__file__).parent
SWEDISH: dict[str, str] = json.loads((SOURCES / "locales" / "sv.json").read_text("utf-8"))

FROM_CATALOGUES = {
    "ENTITIES[self.entity_type].label",
    "FATES[self.operator].label",
    "ACTIONS[step.type_id].label if step.type_id in ACTIONS else step.type_id",
    "TYPES[property.type].label",
    "membership.label if self.operator == 'IN_LIST' else membership.negated",
    "self.frame",
    "self.scope.type.label",
    "type.label",
    "type.plural_label",
    "cleandoc(type(self).__doc__ or '')",
    "entry.label",
    "explanation(kind)",
    "field.description",
    "field.title",
    "one.label",
    "row.label",
    "self.refusal",
    "self.row.label",
    "self.summary",
    "title(kind)",
}
"""Arguments of Text whose patterns the entries carry."""

NO_PATTERNS = {
    "property.label",  # not translated yet
    "stored['pattern']",  # a text that was kept
    "row.reason",  # likewise
}


@cache
def module(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def modules() -> Iterator[Path]:
    return (path for path in sorted(SOURCES.rglob("*.py")))


def given(tree: ast.Module) -> Iterator[ast.expr]:
    """The first arguments of all calls of Text."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "Text"
        ):
            yield from node.args[:1]


@cache
def bindings(path: Path) -> dict[str, list[ast.expr]]:
    """What each name of a module is bound to."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(module(path)):
        match node:
            case ast.Assign(targets=targets, value=value):
                pass
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                targets = [target]
            case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value):
                targets = [target]
            case _:
                continue
        for name in {named(part) for target in targets for part in ast.walk(target)}:
            found.setdefault(name, []).append(value)
    return found


@cache
def origins(path: Path) -> dict[str, Path]:
    """The module that each imported name of ours comes from."""
    return {
        alias.name: (SOURCES.parent / node.module.replace(".", "/")).with_suffix(".py")
        for node in ast.walk(module(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("penstock.")
        for alias in node.names
        if node.module is not None
    }


def values_of(name: str, path: Path) -> Iterator[tuple[ast.expr, Path]]:
    """What a name is bound to in a module, or in the module that it is imported from."""
    yield from ((value, path) for value in bindings(path).get(name, []))
    origin = origins(path).get(name)
    if origin is not None and origin.exists():
        yield from values_of(name, origin)


def named(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def literals(expression: ast.expr, path: Path, seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """The strings that an expression may come to, as far as they stand in the source."""
    if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
        yield expression.value
    for part in parts(expression):
        yield from literals(part, path, seen)
    if named(expression) and named(expression) not in seen:
        for value, where in values_of(named(expression), path):
            yield from literals(value, where, seen | {named(expression)})


def parts(expression: ast.expr) -> Sequence[ast.expr]:
    match expression:
        case ast.IfExp(body=one, orelse=other):
            return [one, other]
        case ast.Dict(keys=keys, values=values):
            # Keys are codes, unless they read like sentences.
            return [*values, *(key for key in keys if key and " " in ast.unparse(key))]
        case ast.Tuple(elts=several) | ast.List(elts=several) | ast.BoolOp(values=several):
            return several
        case ast.Subscript(value=whole) | ast.Attribute(value=whole):
            return [whole]
        case ast.Call(func=ast.Name(id="Text"), args=[pattern, *_]):
            return [pattern]
        case ast.Call(func=ast.Attribute(value=whole), args=arguments):
            return [whole, *arguments[1:]]  # lookup.get(code, otherwise)
    return []


def said() -> set[str]:
    """What Text is given, wherever it is called."""
    found: set[str] = set()
    unknown = []
    for path in modules():
        for argument in given(module(path)):
            patterns = set(literals(argument, path))
            found |= patterns
            source = ast.unparse(argument)
            if not patterns and source not in FROM_CATALOGUES | NO_PATTERNS:
                unknown.append(f"{path.relative_to(SOURCES)}:{argument.lineno}: {source}")
    assert not unknown, f"say in this test where these patterns come from:{listed(unknown)}"
    return found - {""}


def errors() -> set[str]:
    """The default messages of all errors."""
    for info in pkgutil.walk_packages(penstock.__path__, "penstock."):
        importlib.import_module(info.name)
    kinds = [PenstockError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    return helped(kind for kind in kinds if kind.__module__.startswith("penstock."))


def helped(entries: Iterable[type]) -> set[str]:
    return {cleandoc(entry.__doc__ or "") for entry in entries}


def forms(models: Iterable[type[BaseModel]]) -> set[str]:
    fields = [field for model in models for field in model.model_fields.values() if field.title]
    return {words for field in fields for words in (field.title, field.description) if words}


def labels(found: Iterable[Field]) -> set[str]:
    """What the keys of filters are called, also those within others."""
    return {label for field in found for label in (field.label, *labels(field.fields))}


def entries() -> set[str]:
    """What the entries of the catalogues say of themselves."""
    actions, triggers = list(ACTIONS.values()), list(TRIGGERS.values())
    found = helped(actions) | helped(triggers) | forms(actions) | forms(triggers)
    for action in actions:
        found |= {action.label, action.summary, action.category}
    found |= {trigger.label for trigger in triggers}
    schedules = list(SCHEDULES.values())
    found |= helped(schedules) | forms(schedules) | {each.label for each in schedules}
    for family in FAMILIES.values():
        kinds = list(family.kinds.values())
        found |= {family.refusal} | helped(kinds) | {title(kind) for kind in kinds}
        found |= labels(field for kind in kinds for field in fields(family, kind))
        tables = [kind.operators for kind in kinds if issubclass(kind, Operation)]
        found |= {row.label for table in tables for row in table.values()}
        found |= {kind.frame for kind in kinds if issubclass(kind, Logic)}
    found |= {fate.label for fate in FATES.values()}
    found |= {entity.label for entity in ENTITIES.values()}
    for membership in MEMBERSHIPS.values():
        found |= {membership.label, membership.negated}
    found |= {type.label for type in TYPES.values()}
    found |= {words for event in EVENT_TYPES.values() for words in (event.label, event.description)}
    for type in OBJECT_TYPES.values():
        found |= {type.label, type.plural_label}
        found |= {group.label for group in type.groups}
        found |= {pipeline.label for pipeline in type.pipelines}
        found |= {stage.label for pipeline in type.pipelines for stage in pipeline.stages}
        found |= {edge.label for edge in type.associations if edge.label}
        found |= {edge.inverse_label for edge in type.associations if edge.inverse_label}
    return found - {""}


@cache
def patterns() -> frozenset[str]:
    return frozenset(said() | errors() | entries())


def placeholders(pattern: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(pattern)} - {None}


def formatted(pattern: str) -> bool:
    """Whether it is a pattern with arguments: without any, braces are braces."""
    try:
        return all(str(name).isidentifier() for name in placeholders(pattern))
    except ValueError:
        return False


def listed(found: Iterable[Any]) -> str:
    return "\n" + json.dumps(sorted(found), ensure_ascii=False, indent=2)


def test_every_pattern_has_its_swedish() -> None:
    missing = patterns() - SWEDISH.keys()
    assert not missing, f"add these to locales/sv.json:{listed(missing)}"


def test_no_translation_has_lost_its_pattern() -> None:
    dead = SWEDISH.keys() - patterns()
    assert not dead, f"remove these from locales/sv.json:{listed(dead)}"


def test_a_translation_has_the_placeholders_of_its_pattern() -> None:
    differing = [
        english
        for english, swedish in SWEDISH.items()
        if formatted(english) and placeholders(english) != placeholders(swedish)
    ]
    assert not differing, listed(differing)


def test_translations_stand_in_order_so_that_changes_merge() -> None:
    assert list(SWEDISH) == sorted(SWEDISH)
