"""The shapes of marketing e-mails on the wire."""

from typing import Any, Literal

from pydantic import ConfigDict, Field

from penstock.api.models import Paging, Wire


class EmailContent(Wire):
    """What a mail says, under keys of our own; a design of HubSpot's editor is not understood."""

    model_config = ConfigDict(extra="allow")

    html: str | None = None
    plain_text: str | None = None
    preview_text: str | None = None
    plain_text_version: str | None = Field(None, description="HubSpot's name of plainText")


class EmailFrom(Wire):
    """Who a mail is from: `replyTo` is the sender's address, as HubSpot has it."""

    from_name: str | None = None
    reply_to: str | None = None
    custom_reply_to: str | None = Field(None, description="Where answers go, if elsewhere")


class EmailSubscription(Wire):
    """The kind of mail that it is: who left that does not get it. "" is none."""

    subscription_id: str | None = None


class EmailUpdate(Wire):
    """What is left out stays."""

    name: str | None = None
    subject: str | None = None
    state: Literal["DRAFT", "PUBLISHED", "AUTOMATED", "AUTOMATED_DRAFT"] | None = None
    subcategory: Literal["automated"] | None = None
    content: EmailContent | None = None
    from_: EmailFrom | None = Field(None, alias="from")
    subscription_details: EmailSubscription | None = None


class EmailInput(EmailUpdate):
    name: str


class EmailClone(Wire):
    id: str
    clone_name: str | None = None


class EmailProblem(Wire):
    """What keeps a mail from being published."""

    message: str
    in_: str | None = Field(None, alias="in")
    code: str | None = None
    context: dict[str, list[str]] | None = None


class EmailShape(Wire):
    id: str
    name: str
    subject: str
    state: Literal["DRAFT", "PUBLISHED"]
    type: Literal["AUTOMATED_EMAIL"]
    subcategory: Literal["automated"]
    content: dict[str, str]
    from_: dict[str, str] = Field(alias="from")
    to: dict[str, Any]
    subscription_details: EmailSubscription | None = None
    send_on_publish: bool
    is_published: bool
    is_transactional: bool
    archived: bool
    created_at: str
    updated_at: str
    deleted_at: str | None = None
    revision_id: str = Field(description="Grows with every change of what the mail says")


class EmailDetail(EmailShape):
    problems: list[EmailProblem] = Field(description="What keeps it from being published")


class EmailPage(Wire):
    total: int
    results: list[EmailShape]
    paging: Paging | None = None


class EmailQuery(Wire):
    """Which mails to list; `after` is where the page before ended, `q` words to look for."""

    after: int = Field(0, ge=0, le=2**63 - 1)
    limit: int = Field(10, ge=1, le=100)
    archived: bool = False
    is_published: bool | None = None
    q: str | None = Field(None, max_length=500)
