"""The shapes of captured mail and of effects on the wire."""

from pydantic import Field

from penstock.api.models import Paging, Wire
from penstock.delivery.effects import State


class MailShape(Wire):
    """A captured mail; ids are strings."""

    id: str
    message_id: str
    enrollment_id: str
    workflow_id: str
    record_id: str
    email_id: str | None = Field(None, description="Not of internal mail")
    sender: str
    recipient: str
    subject: str
    sent_at: str


class MailDetail(MailShape):
    html: str
    text: str


class MailPage(Wire):
    results: list[MailShape]
    paging: Paging | None = None


class MailQuery(Wire):
    """Which mails to list, newest first; `q` are words in recipient or subject."""

    q: str | None = Field(None, max_length=500)
    recipient: str | None = None
    workflow_id: str | None = None
    record_id: str | None = None
    after: int | None = Field(None, ge=1, le=2**63 - 1)
    limit: int = Field(50, ge=1, le=100)


class EffectShape(Wire):
    """Something that leaves, left or could not leave; `part` is its recipient."""

    id: str
    kind: str
    state: State
    enrollment_id: str
    visit: int
    part: str
    workflow_id: str
    record_id: str
    step: str
    attempts: int
    reason: str | None = Field(None, description="A stable code")
    message: str | None = Field(None, description="The reason for people")
    reply: str | None = Field(None, description="What the receiver answered last")
    created_at: str
    next_at: str | None = None
    settled_at: str | None = None


class EffectPage(Wire):
    results: list[EffectShape]
    paging: Paging | None = None


class EffectQuery(Wire):
    """Which effects to list, newest first; `after` is the id where the page before ended."""

    state: State = "uncertain"
    workflow_id: str | None = None
    after: str | None = None
    limit: int = Field(50, ge=1, le=100)
