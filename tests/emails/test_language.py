"""What the language of mail templates has, and what it refuses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.emails import language
from penstock.emails.budget import BudgetSpent


def filled(template: str, **values: str | None) -> str:
    paths = {path.replace("__", "."): value for path, value in values.items()}
    source = language.read(template)
    assert not source.problems, [str(problem) for problem in source.problems]
    return source.fill(paths).text()


def problems(template: str) -> list[str]:
    return [str(problem) for problem in language.read(template).problems]


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("{{ contact.firstname }}", "contact.firstname"),
        ("{{contact.firstname|default('x')}}", "contact.firstname"),
        ("{{ contact['first-name'] }}", "contact.first-name"),
        ("{{ personalization_token('contact.firstname', 'there') }}", "contact.firstname"),
        ('{{ personalization_token("contact.firstname") }}', "contact.firstname"),
        ("{% if deal.company.name == 'x' %}{% endif %}", "deal.company.name"),
        ("{{ enrolled_object.email|upper }}", "enrolled_object.email"),
    ],
)
def test_a_token_is_found_however_it_is_written(template: str, path: str) -> None:
    assert language.read(template).tokens == {path}


def test_a_default_stands_for_a_value_that_is_missing_empty_or_null() -> None:
    template = (
        "{{ contact.nick|default('you') }} {{ personalization_token('contact.nick', 'you') }}"
    )
    assert filled(template) == "you you"
    assert filled(template, contact__nick=None) == "you you"
    assert filled(template, contact__nick="") == "you you"
    assert filled(template, contact__nick="Ada") == "Ada Ada"


def test_a_default_may_be_another_token() -> None:
    template = "{{ personalization_token('contact.nick', contact.firstname|default('you')) }}"
    assert filled(template, contact__firstname="Ada") == "Ada"
    assert filled(template) == "you"


def test_a_token_without_a_value_is_empty_text() -> None:
    assert filled("[{{ contact.firstname }}]") == "[]"


def test_conditions_choose_between_texts() -> None:
    template = (
        "{% if contact.country in ['SE', 'NO'] and not contact.vip %}Hej"
        "{% elif contact.age|int >= 18 %}Hello{% else %}Hi{% endif %}"
    )
    assert filled(template, contact__country="SE") == "Hej"
    assert filled(template, contact__country="SE", contact__vip="true") == "Hi"
    assert filled(template, contact__age="18") == "Hello"
    assert filled("{{ 'a' if contact.x is defined }}", contact__x="1") == "a"
    assert filled("{{ 'a' if contact.x is defined else 'b' }}") == "b"


@pytest.mark.parametrize(
    ("template", "sign"),
    [
        ("{% for i in range(10**9) %}x{% endfor %}", "for"),
        ("{% set a = 'x' %}", "set"),
        ("{% macro f() %}{% endmacro %}", "macro"),
        ("{% include 'other' %}", "include"),
        ("{% import 'other' as o %}", "import"),
        ("{% extends 'other' %}", "extends"),
        ("{% block b %}{% endblock %}", "block"),
        ("{% filter upper %}{% endfilter %}", "filter"),
        ("{% call f() %}{% endcall %}", "call"),
        ("{% with x = 'a' %}{% endwith %}", "with"),
        ("{% autoescape false %}{% endautoescape %}", "autoescape"),
        ("{{ 'x' * 10**9 }}", "*"),
        ("{{ 9 ** 9 ** 9 }}", "**"),
        ("{{ contact.x ~ contact.x }}", "~"),
        ("{{ '%999999999d' % 1 }}", "%"),
        ("{{ contact.x.upper() }}", "()"),
        ("{{ range(10**9) }}", "()"),
        ("{{ lipsum(1000) }}", "()"),
        ("{{ contact.x[0] }}", "[]"),
        ("{{ {'a': 1} }}", "{}"),
    ],
)
def test_what_could_repeat_or_call_is_not_in_the_language(template: str, sign: str) -> None:
    assert problems(template) == [f"line 1: “{sign}” cannot be used in an e-mail"]
    assert language.read(template).template is None


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ contact.__init__.__globals__['os'].popen('id').read() }}",
        "{{ ().__class__.__bases__[0].__subclasses__() }}",
        "{{ cycler.__init__.__globals__.os.system('id') }}",
        "{{ self._TemplateReference__context }}{{ values.slots.append('x') }}",
        "{{ values }}",
        "{{ '{0.__class__}'.format(contact) }}",
        "{{ contact|attr('__class__') }}",
        "{{ ['a']|map(attribute='__class__')|list }}",
        "{{ contact.x|upper|format('x') }}",
        "{{ caller() }}",
    ],
)
def test_nothing_leads_from_a_template_to_an_object(template: str) -> None:
    source = language.read(template)
    assert source.problems
    assert source.template is None


def test_a_path_of_python_names_is_a_token_like_any_other() -> None:
    assert filled("[{{ values.slots }}{{ contact.__class__ }}{{ self.x }}]") == "[]"


def test_problems_come_with_their_lines_in_order() -> None:
    found = language.read(
        "a\n{{ x }}\n\n{{ contact.a|nope }}{% for i in [] %}{% endfor %}"
    ).problems
    assert [problem.context["line"] for problem in found] == [["2"], ["4"], ["4"]]


@pytest.mark.parametrize(
    ("template", "line"),
    [("ok\n{{ contact.x", 2), ("\n\n{% if contact.x %}", 3), ("{% nope %}", 1), ("{{ 'x }}", 1)],
)
def test_a_template_that_cannot_be_read_says_where(template: str, line: int) -> None:
    (problem,) = language.read(template).problems
    assert problem.context == {"line": [str(line)]}


@pytest.mark.parametrize(
    "template",
    [
        "{{ " + "(" * 5_000 + "}}",
        "{{ " + "not " * 5_000 + "contact.x }}",
        "{{ contact.x" + "|upper" * 5_000 + " }}",
        "{{ " + "contact.a and " * 3_000 + "contact.b }}",
        "{% if contact.x %}" * 200 + "{% endif %}" * 200,
        "{{ contact.x if " * 500 + "contact.x" + " }}",
        "{{ " + "9" * 10_000 + " }}",
        "{{ contact.x }}" * 3_000,
        "x" * (language.LONGEST_SOURCE + 1),
    ],
)
def test_a_template_that_is_too_much_is_refused(template: str) -> None:
    assert language.read(template).problems


def test_filters_cannot_grow_a_text_beyond_the_budget() -> None:
    grow = "|replace('x', 'xxxxxxxxxx')" * 30
    source = language.read(f"{{{{ contact.x{grow} }}}}")
    assert not source.problems
    with pytest.raises(BudgetSpent):
        source.fill({"contact.x": "x"})


def test_many_large_values_are_stopped_by_the_budget() -> None:
    source = language.read("{{ contact.x }}" * 100)
    with pytest.raises(BudgetSpent):
        source.fill({"contact.x": "x" * 65_536})


@pytest.mark.parametrize(
    "template", ["{{ '\\x00' }}", "{{ '\\ud800' }}", "\0", "\ud800", "\ufdd00\ufdd1"]
)
def test_characters_that_cannot_be_stored_are_refused(template: str) -> None:
    assert problems(template) == ["line 1: it contains a character that cannot be stored"]


def test_values_are_not_read_as_templates_or_slots() -> None:
    template = "{{ contact.a }}{{ contact.b }}"
    assert filled(template, contact__a="{{ contact.b }}", contact__b="\ufdd00\ufdd1") == (
        "{{ contact.b }}\ufdd00\ufdd1"
    )


@given(st.text(alphabet="{}%#|().,[]'\"x \n1+-~!=<>abcontactif", max_size=200))
def test_whatever_is_written_is_read_or_refused(template: str) -> None:
    source = language.read(template)
    assert (source.template is None) == bool(source.problems)
