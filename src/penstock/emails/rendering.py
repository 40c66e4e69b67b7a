"""From what a mail says to what one person gets.

What the page looks like depends on its conditions alone; it is made once for all who meet the same
ones, and each person's values are put into its slots. Values are escaped in html, and left as they
are in text and subject. Style sheets do not see values.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Final

from penstock.emails import language, page
from penstock.emails.budget import BudgetSpent, Sheet
from penstock.emails.errors import RenderFailed
from penstock.emails.grammar import problem_at
from penstock.emails.model import Content, Rendered
from penstock.emails.nesting import PageRefused
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text

TEMPLATES: Final = ("subject", "preview_text", "html", "text")
"""The parts of a mail that are templates."""

LONGEST_LINE: Final = 1_000
"""Characters of a subject or preview text."""

_BREAKING = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def tokens(content: Content) -> frozenset[str]:
    """The dotted paths of all tokens: contact.firstname, company.name, enrolled_object.email."""
    parts = asdict(content)
    return frozenset().union(*(language.read(parts[name]).tokens for name in TEMPLATES))


def render(content: Content, values: Mapping[str, str | None]) -> Rendered:
    """The mail of one person. A token without a value is empty text.

    Raises RenderFailed.
    """
    subject = _line(_fill("subject", content.subject, values).text())
    text = _fill("text", content.text, values).text() if content.text else ""
    if not content.html.strip():
        return Rendered(subject, "", text)
    sheet = _fill("html", content.html, values)
    slots = sheet.slots
    preview = _line(_fill("preview_text", content.preview_text, values).text())
    preheader = len(slots) if preview else None
    try:
        made = page.make(sheet.skeleton, preheader)
    except PageRefused as error:
        raise _failed("html", error.text) from error
    slots.append(preview)
    return Rendered(subject, made.fill_html(slots), text or made.fill_text(slots))


def text_tokens(template: str) -> frozenset[str]:
    """The dotted paths of the tokens of one text: a task's title, a note."""
    return language.read(template).tokens


def render_text(template: str, values: Mapping[str, str | None]) -> str:
    """One text with the values of its tokens, as they are. Raises RenderFailed."""
    return _fill("text", template, values).text()


def check(content: Content) -> list[Problem]:
    """Everything that keeps a mail from being sent, with its part and line."""
    problems: list[Problem] = []
    for name in TEMPLATES:
        problems += [replace(problem, where=name) for problem in _check(name, content)]
    if not content.subject.strip():
        problems.append(Problem(Text("a subject is needed"), "subject", "REQUIRED"))
    if not content.html.strip() and not content.text.strip():
        problems.append(Problem(Text("html or text is needed"), "html", "REQUIRED"))
    return problems


def _check(name: str, content: Content) -> list[Problem]:
    source = language.read(asdict(content)[name])
    if source.problems:
        return list(source.problems)
    problems: dict[str, Problem] = {}
    # Both ways through the conditions: nobody has a value, and everybody has one.
    for value in ("", "x"):
        try:
            sheet = source.fill(dict.fromkeys(source.tokens, value))
            if name == "html":
                for element, line in page.make(sheet.skeleton).left_out:
                    text = Text("<{element}> does not work in an e-mail", element=element)
                    problem = problem_at(line, text)
                    problems.setdefault(str(problem), problem)
        except PageRefused as error:
            problem = problem_at(error.line, error.text)
            problems.setdefault(str(problem), problem)
        except (BudgetSpent, TypeError, ValueError, ArithmeticError) as error:
            text = Text("this cannot be worked out: {reason}", reason=error)
            problem = problem_at(language.line_of(error), text)
            problems.setdefault(str(problem), problem)
    return list(problems.values())


def _fill(name: str, template: str, values: Mapping[str, str | None]) -> Sheet:
    source = language.read(template)
    if source.problems:
        raise _failed(name, source.problems[0].text)
    try:
        return source.fill(values)
    except BudgetSpent as error:
        raise _failed(name, Text("with its values it is too long")) from error
    except (TypeError, ValueError, ArithmeticError) as error:
        raise _failed(name, Text("this cannot be worked out: {reason}", reason=error)) from error


def _failed(name: str, what: Text) -> RenderFailed:
    return RenderFailed(reason=Text("{part}: {what}", part=name, what=what))


def _line(text: str) -> str:
    """One line, whatever was in it: a header ends where its line ends."""
    return _BREAKING.sub(" ", text).strip()[:LONGEST_LINE]
