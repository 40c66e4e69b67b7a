"""Which record an action is about, where the wire lets one choose: "{{ enrolled_object }}"."""

import re
from typing import Final

from penstock.actions.base import Place
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text

_ENROLLED: Final = re.compile(r"\s*\{\{\s*enrolled_object\s*\}\}\s*")


def target_problems(target: str | None, place: Place, setting: str) -> list[Problem]:
    """What keeps an action from being about this target: it is not the enrolled record."""
    if target is None or _ENROLLED.fullmatch(target):
        return []
    text = Text("this action is about the enrolled record alone, not about {target}", target=target)
    return [Problem(text, f"{place.where}.{setting}", "TARGET_UNSUPPORTED")]
