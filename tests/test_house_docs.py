"""The documents are true: what is generated is fresh, what is named exists."""

import re
from collections.abc import Iterator
from pathlib import Path

from tools import reference

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "src" / "penstock"
DECISIONS = ROOT / "docs" / "adr"


def documents() -> Iterator[Path]:
    yield from ROOT.glob("*.md")
    yield from (ROOT / "docs").rglob("*.md")


def test_what_is_generated_is_fresh() -> None:
    stale = [str(path.relative_to(ROOT)) for path in reference.stale(reference.files())]
    assert not stale, "\n".join(("make gen", *stale))


def test_links_lead_somewhere() -> None:
    broken = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in documents()
        for target in re.findall(r"\]\(([^)#:]+)[^):]*\)", path.read_text("utf-8"))
        if not (path.parent / target).exists()
    ]
    assert not broken, "\n".join(broken)


def test_paths_that_are_named_exist() -> None:
    gone = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in documents()
        for name in re.findall(r"`([a-z_.]+/[\w./-]*)`", path.read_text("utf-8"))
        if not ((ROOT / name).exists() or (SOURCES / name).exists())
    ]
    assert not gone, "\n".join(gone)


def test_the_readme_begins_with_the_two_commands() -> None:
    commands = re.findall(r"^    (make \w+)", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert commands[:2] == ["make run", "make test"]
    assert (ROOT / "README.md").read_text("utf-8").startswith("# Penstock\n\n    make run")


def test_every_decision_is_numbered_dated_and_held() -> None:
    pages = sorted(DECISIONS.glob("*.md"))
    for number, page in enumerate(pages, 1):
        text = page.read_text("utf-8")
        assert page.name.startswith(f"{number:04}-"), page.name
        assert re.match(rf"# {number}\. \S.+\n\n\d{{4}}-\d\d-\d\d · \w+\n", text), page.name
        headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
        assert headings == ["Why", "Decision", "What follows", "Held by"], page.name


def test_the_glossary_has_each_word_once() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    words = [
        word
        for cell in re.findall(r"^\| (\*\*.+?) \|", text, re.MULTILINE)
        for word in re.findall(r"\*\*(.+?)\*\*([^*|]*)", cell)
    ]
    assert len(words) > 50
    assert sorted(set(words)) == sorted(words)
