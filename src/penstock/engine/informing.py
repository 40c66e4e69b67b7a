"""Plain mail to people of the team, and marketing mail to addresses of nobody in particular."""

from collections.abc import Mapping
from typing import Any, Final

from penstock.emails import rendering
from penstock.emails.model import Content
from penstock.engine.reading import Reading
from penstock.kernel.texts import Text

NOBODY: Final = Text("there is nobody to tell")


async def payloads(
    reading: Reading, content: Content, what: Mapping[str, Any]
) -> Mapping[int, dict[str, Any]]:
    """What an effect says beside its recipient, by record id: the mail, and its tokens' values."""
    values = await reading.texts(rendering.tokens(content))
    return {id: {**what, "tokens": dict(of_record)} for id, of_record in values.items()}
