"""From what a mail says to what one person gets."""

from dataclasses import replace

import pytest

from penstock.emails import rendering
from penstock.emails.errors import RenderFailed
from penstock.emails.model import Content

CONTENT = Content(
    subject="Hello {{ contact.firstname|default('there') }}",
    preview_text="News for {{ company.name }}",
    html=(
        "<style>p { color: red }</style>"
        '<p>Hi {{ contact.firstname }}, <a href="{{ contact.website }}">your site</a></p>'
    ),
)


def test_every_part_of_a_mail_may_have_tokens() -> None:
    assert rendering.tokens(CONTENT) == {"contact.firstname", "contact.website", "company.name"}
    assert rendering.tokens(replace(CONTENT, text="{{ deal.amount }}")) >= {"deal.amount"}


def test_a_mail_is_rendered_with_its_values() -> None:
    values = {
        "contact.firstname": "Ada <3",
        "contact.website": "https://ada.test/?a=1&b=2",
        "company.name": "Lovelace & Co",
    }
    mail = rendering.render(CONTENT, values)
    assert mail.subject == "Hello Ada <3"
    assert '<p style="color: red;">Hi Ada &lt;3, ' in mail.html
    assert 'href="https://ada.test/?a=1&amp;b=2"' in mail.html
    assert mail.html.index("News for Lovelace &amp; Co") < mail.html.index("Hi Ada")
    assert mail.text == "Hi Ada <3, your site (https://ada.test/?a=1&b=2)"


def test_a_text_of_its_own_is_sent_as_it_is() -> None:
    content = replace(CONTENT, text="Hi {{ contact.firstname }} & all\n")
    mail = rendering.render(content, {"contact.firstname": "<Ada>"})
    assert mail.text == "Hi <Ada> & all\n"


def test_a_mail_of_text_alone_has_no_html() -> None:
    mail = rendering.render(Content(subject="x", text="Hi {{ contact.firstname }}"), {})
    assert (mail.html, mail.text) == ("", "Hi ")


@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r", "\u2028", "\x0b", "\x85", "\0"])
def test_a_value_cannot_begin_a_header_of_its_own(line_break: str) -> None:
    values = {"contact.firstname": f"Ada{line_break}Bcc: everybody@x.test"}
    assert rendering.render(CONTENT, values).subject == "Hello Ada Bcc: everybody@x.test"


def test_people_who_meet_different_conditions_get_different_pages() -> None:
    content = Content(
        subject="x",
        html="{% if contact.vip %}<h1>{{ contact.a }}</h1>{% endif %}<p>{{ contact.b }}</p>",
    )
    both = {"contact.a": "A", "contact.b": "B"}
    assert "<h1>A</h1><p>B</p>" in rendering.render(content, both | {"contact.vip": "yes"}).html
    mail = rendering.render(content, both)
    assert "<h1>" not in mail.html
    assert "<p>B</p>" in mail.html


def test_a_sound_mail_has_no_problems() -> None:
    assert rendering.check(CONTENT) == []


def test_problems_name_part_and_line() -> None:
    content = Content(
        subject="{{ contact }}",
        preview_text="{{ contact.a|nope }}",
        html="<p>x</p>\n<script>x</script>{% if contact.a %}\n<iframe></iframe>{% endif %}",
        text="\n\n{{ contact.a > 3 }}",
    )
    found = [(p.where, p.context["line"][0]) for p in rendering.check(content)]
    assert found == [
        ("subject", "1"), ("preview_text", "1"), ("html", "2"), ("html", "3"), ("text", "3"),
    ]  # fmt: skip


def test_a_mail_needs_a_subject_and_something_to_say() -> None:
    assert [p.where for p in rendering.check(Content(subject=" ", html=" "))] == ["subject", "html"]


def test_a_page_that_is_too_much_is_a_problem_and_is_not_rendered() -> None:
    content = Content(subject="x", html="<div>" * 20_000)
    (problem,) = rendering.check(content)
    assert problem.where == "html"
    with pytest.raises(RenderFailed, match="html"):
        rendering.render(content, {})


def test_values_that_make_a_mail_too_long_fail_its_rendering() -> None:
    content = Content(subject="x", html="{{ contact.x }}" * 100)
    assert rendering.check(content) == []
    with pytest.raises(RenderFailed, match="too long"):
        rendering.render(content, {"contact.x": "x" * 65_536})


def test_a_comparison_that_does_not_fit_a_value_fails_the_rendering() -> None:
    with pytest.raises(RenderFailed, match="subject"):
        rendering.render(Content(subject="{{ contact.x > 3 }}", text="x"), {"contact.x": "4"})


def test_a_single_text_takes_tokens_too() -> None:
    template = "Call {{ contact.firstname|default('them') }}"
    assert rendering.text_tokens(template) == {"contact.firstname"}
    assert rendering.render_text(template, {"contact.firstname": "Ada & Bo"}) == "Call Ada & Bo"
    with pytest.raises(RenderFailed):
        rendering.render_text("{{ x", {})
