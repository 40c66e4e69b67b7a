"""Letters as messages."""

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest

from penstock.delivery.base import Effect, Key
from penstock.delivery.mail import Letter
from penstock.delivery.message import compose
from penstock.emails.model import Rendered

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def letter(**changes: str) -> Letter:
    effect = Effect(Key(9_223_372_036_854_775_807, 2, "ada@x.test"), "mail", {}, 1, 2, 1)
    usual = {
        "from_name": "",
        "from_address": "penny@stock.test",
        "reply_to": "",
        "to": "ada@x.test",
    }
    subject = changes.pop("subject", "Hi")
    body = Rendered(subject, "<p>Hi</p>", "Hi")
    return Letter(effect, 1, body=body, **{**usual, **changes})


def read(**changes: str):
    return message_from_bytes(compose(letter(**changes), NOW).as_bytes(), policy=policy.default)


@pytest.mark.parametrize("field", ["from_name", "from_address", "reply_to", "to", "subject"])
def test_no_field_can_begin_a_header_of_its_own(field: str) -> None:
    with pytest.raises(ValueError, match=r"(?i)line|header|linefeed|cr|invalid|CR"):
        compose(letter(**{field: "a@x.test\r\nBcc: everybody@x.test"}), NOW).as_bytes()


@pytest.mark.parametrize("length", [10, 60, 180])
def test_a_message_id_is_whole_however_long_the_domain(length: int) -> None:
    domain = ".".join(["d" * 50] * (length // 50) + ["e" * (length % 50) + ".test"])
    sent = letter(from_address=f"penny@{domain}")
    raw = compose(sent, NOW).as_bytes()
    header = message_from_bytes(raw, policy=policy.compat32)["Message-ID"]
    assert header.strip() == f"<{sent.effect.key.id}@{domain}>"


def test_names_and_subjects_of_any_script_arrive() -> None:
    message = read(from_name='Penny "P", Østergård', subject="日本語 " * 40)
    assert message["From"].addresses[0].display_name == 'Penny "P", Østergård'
    assert message["Subject"] == ("日本語 " * 40).rstrip() or message["Subject"] == "日本語 " * 40


def test_a_domain_beyond_ascii_is_written_in_ascii() -> None:
    message = read(to="ada@bücher.test")
    assert message["To"].addresses[0].addr_spec == "ada@xn--bcher-kva.test"
