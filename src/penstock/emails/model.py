"""The nouns of marketing e-mails: a mail, what one revision of it says, and what a person gets."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

State = Literal["DRAFT", "PUBLISHED"]
"""Only what is published is sent."""


@dataclass(frozen=True)
class Content:
    """What a mail says. Subject, preview text, html and text are templates (see `language`).

    Without `text` the text version is made from the html. Without `from_address` the
    installation's own address sends; without `reply_to` answers go there, too. Who left the kind of
    mail whose id is `subscription` does not get it.
    """

    subject: str = ""
    preview_text: str = ""
    html: str = ""
    text: str = ""
    from_name: str = ""
    from_address: str = ""
    reply_to: str = ""
    subscription: str = ""


def plain(subject: str, body: str) -> Content:
    """A mail of a subject and a body; a body without markup is text alone."""
    return Content(subject=subject, html=body) if "<" in body else Content(subject, text=body)


@dataclass(frozen=True)
class Email:
    """A mail with its newest content, whose revisions count from 1."""

    id: int
    name: str
    state: State
    revision: int
    content: Content
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None = None


@dataclass(frozen=True)
class Rendered:
    """A mail as one person gets it. `html` is empty for a mail of text alone."""

    subject: str
    html: str
    text: str
