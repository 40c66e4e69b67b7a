"""Tokens: what a dotted path means, and back."""

import pytest

from penstock.actions.tokens import Token, own, sole

PATHS = [
    ("enrolled_object.city", Token("enrolled_object", "", "city")),
    ("contact.firstname", Token("contact", "", "firstname")),
    ("fetched_objects.boss.email", Token("fetched_objects", "boss", "email")),
    ("fetched_objects.boss", Token("fetched_objects", "boss", "")),
    ("action_outputs.action_output_7.hs_object_id", Token("action_outputs", "7", "hs_object_id")),
    ("enrollment_event.hs_page_url", Token("enrollment_event", "", "hs_page_url")),
]


@pytest.mark.parametrize(("path", "token"), PATHS)
def test_a_path_is_a_token_and_a_token_a_path(path: str, token: Token) -> None:
    assert Token.of_path(path) == token
    assert token.path == path


def test_a_text_that_is_one_token() -> None:
    assert sole(" {{ enrolled_object }} ") == Token("enrolled_object")
    assert sole("{{enrolled_object.city}}") == own("city")


@pytest.mark.parametrize(
    "text", ["", "city", "enrolled_object.city", "{{ a.b }} and {{ c.d }}", "{{ a.b|upper }}"]
)
def test_any_other_text_is_none(text: str) -> None:
    assert sole(text) is None
