"""The rules of the house that no linter knows.

An exception says so on its line or the one above: `# house: allow <rule> — <reason>`.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

SOURCES = Path(__file__).parents[1] / "src" / "penstock"

BANNED_NAMES = {"utils", "helpers", "common", "manager", "handler", "data", "process"}
READS_THE_TIME = {"now", "utcnow", "today", "time", "time_ns"}
CLOCKS = {"datetime", "date", "time"}
SQL_TIME = re.compile(
    r"\b(now\s*\(\s*\)|(clock|statement|transaction)_timestamp|current_(timestamp|date|time)"
    r"|local(time|timestamp))\b",
    re.IGNORECASE,
)
STATEMENT = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH|CREATE|ALTER|DROP|TRUNCATE)\s[^a-z]*")


def modules() -> Iterator[tuple[Path, list[str], ast.Module]]:
    for path in sorted(SOURCES.rglob("*.py")):
        text = path.read_text("utf-8")
        yield path.relative_to(SOURCES), text.splitlines(), ast.parse(text)


def calls(tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    """Line, object and method of every call of a method."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
            yield node.lineno, name, node.func.attr


def allowed(lines: list[str], line: int, rule: str) -> bool:
    near = lines[max(line - 2, 0) : line]
    return any(re.search(rf"house: allow {rule} — \S", text) for text in near)


def refuse(found: list[str], advice: str) -> None:
    assert not found, "\n".join((advice, *found))


def test_nobody_commits_who_was_handed_a_connection() -> None:
    found = [
        f"{path}:{line}"
        for path, lines, tree in modules()
        for line, _, method in calls(tree)
        if method in {"commit", "rollback"} and not allowed(lines, line, "commit")
    ]
    refuse(found, "a unit of work commits at its edge, by Database.unit")


def test_only_the_clock_reads_the_time() -> None:
    found = [
        f"{path}:{line}"
        for path, lines, tree in modules()
        for line, owner, method in calls(tree)
        if owner in CLOCKS and method in READS_THE_TIME and not allowed(lines, line, "clock")
    ]
    refuse(found, "take `now` as a parameter; kernel/clock.py is where it is read")


def test_no_statement_asks_for_the_time() -> None:
    found = []
    for path in sorted(SOURCES.rglob("*")):
        if path.suffix not in {".sql", ".py"} or path == SOURCES / "kernel" / "clock.py":
            continue
        lines = path.read_text("utf-8").splitlines()
        found += [
            f"{path.relative_to(SOURCES)}:{number}"
            for number, line in enumerate(lines, 1)
            if SQL_TIME.search(line) and not allowed(lines, number, "clock")
        ]
    refuse(found, "bind `now`")


def test_static_sql_stands_in_sql_files() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, lines, tree in modules()
        if path.parts[0] not in {"kernel", "filters"}
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and STATEMENT.match(node.value)
        and not allowed(lines, node.lineno, "sql")
    ]
    refuse(found, "name it, introduce it, and load it with kernel.queries")


def test_names_say_what_things_are() -> None:
    found = [
        str(path)
        for path, _, _ in modules()
        if BANNED_NAMES & {part.removesuffix(".py") for part in path.parts}
    ]
    refuse(found, f"{sorted(BANNED_NAMES)} say nothing: name the noun")


def test_every_module_opens_with_what_it_is() -> None:
    found = [str(path) for path, _, tree in modules() if not ast.get_docstring(tree)]
    refuse(found, "begin with one sentence")


def test_tables_are_never_qualified_by_a_schema() -> None:
    found = [
        str(path.relative_to(SOURCES))
        for path in sorted(SOURCES.rglob("*.sql"))
        if re.search(r"\bpublic\.\w", path.read_text("utf-8"))
    ]
    refuse(found, "a simulation shadows tables by their names alone")
