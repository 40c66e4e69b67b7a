"""What keeps a mail from being stored, whatever its templates say."""

import re
from dataclasses import asdict
from typing import Final

from penstock.emails.grammar import storable
from penstock.emails.language import LONGEST_SOURCE
from penstock.emails.model import Content
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text

LONGEST_NAME: Final = 500
LONGEST_ADDRESS: Final = 254

_ADDRESS = re.compile(r"[^@\s,;:<>()\[\]\"\\]+@[^@\s,;:<>()\[\]\"\\]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_LIMITS: Final = {
    "html": LONGEST_SOURCE,
    "text": LONGEST_SOURCE,
    "subject": 2_000,
    "preview_text": 2_000,
}


def problems(name: str, content: Content) -> list[Problem]:
    """What cannot be kept of a mail: too long, without a name, no address, a broken header."""
    found: list[Problem] = []
    if not name.strip():
        found.append(Problem(Text("a name is needed"), "name", "REQUIRED"))
    for part, value in {"name": name, **asdict(content)}.items():
        limit = _LIMITS.get(part, LONGEST_NAME)
        if len(value) > limit:
            text = Text("it is longer than {limit} characters", limit=limit)
            found.append(Problem(text, part, "TOO_LONG"))
        elif not storable(value) or (part not in _LIMITS and _CONTROL.search(value)):
            text = Text("it contains a character that cannot be stored")
            found.append(Problem(text, part, "INVALID_CHARACTER"))
        elif part in ("from_address", "reply_to") and value and not is_address(value):
            text = Text('"{value}" is not an e-mail address', value=value)
            found.append(Problem(text, part, "INVALID_EMAIL"))
        elif part == "subscription" and value and not value.isdecimal():
            text = Text('"{value}" is not the id of a subscription type', value=value)
            found.append(Problem(text, part, "INVALID_ID"))
    return found


def is_address(text: str) -> bool:
    """Whether a text is one address that can stand in a header and an envelope."""
    return len(text) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None
