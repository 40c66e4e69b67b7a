"""Marketing e-mails as they come in and go out."""

from dataclasses import replace
from typing import Any, Final

from penstock.api.emails_shapes import EmailUpdate
from penstock.emails import rendering
from penstock.emails.errors import ContentInvalid
from penstock.emails.model import Email, State
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.values import instant_text

# The names of a mail's parts on the wire, by ours.
_PLACES: Final = {
    "html": "content.html",
    "text": "content.plainText",
    "preview_text": "content.previewText",
    "from_name": "from.fromName",
    "from_address": "from.replyTo",
    "reply_to": "from.customReplyTo",
    "subscription": "subscriptionDetails.subscriptionId",
}


def shape(email: Email) -> dict[str, Any]:
    content = email.content
    shaped = {
        "id": str(email.id),
        "name": email.name,
        "subject": content.subject,
        "state": email.state,
        "type": "AUTOMATED_EMAIL",
        "subcategory": "automated",
        "content": {
            "html": content.html,
            "plainText": content.text,
            "plainTextVersion": content.text,
            "previewText": content.preview_text,
        },
        "from": {
            "fromName": content.from_name,
            "replyTo": content.from_address,
            "customReplyTo": content.reply_to,
        },
        "to": {},
        "sendOnPublish": False,
        "isPublished": email.state == "PUBLISHED",
        "isTransactional": False,
        "archived": email.archived_at is not None,
        "createdAt": instant_text(email.created_at),
        "updatedAt": instant_text(email.updated_at),
        "revisionId": str(email.revision),
    }
    if content.subscription:
        shaped["subscriptionDetails"] = {"subscriptionId": content.subscription}
    if email.archived_at is not None:
        shaped["deletedAt"] = instant_text(email.archived_at)
    return shaped


def detail(email: Email, language: str) -> dict[str, Any]:
    """A mail with what keeps it from being published."""
    problems = [_problem(problem, language) for problem in rendering.check(email.content)]
    return {**shape(email), "problems": problems}


def _problem(problem: Problem, language: str) -> dict[str, Any]:
    told = {
        "message": problem.text.render(language),
        "in": _place(problem.where),
        "code": problem.code,
        "context": problem.context,
    }
    return {name: value for name, value in told.items() if value}


def named(error: ContentInvalid) -> ContentInvalid:
    """The error with the parts of the mail under their names on the wire."""
    return ContentInvalid(
        problems=[replace(problem, where=_place(problem.where)) for problem in error.problems]
    )


def _place(where: str | None) -> str | None:
    return _PLACES.get(where or "", where)


def content_of(body: EmailUpdate) -> dict[str, str]:
    """The fields of content that a body sets. Raises ContentInvalid for a design of HubSpot's."""
    content, sender = body.content, body.from_
    given: dict[str, str | None] = {"subject": body.subject}
    if content is not None:
        unknown = [name for name, value in (content.model_extra or {}).items() if value]
        if unknown:
            raise ContentInvalid(problems=[_not_understood(name) for name in unknown])
        given["html"] = content.html
        given["text"] = (
            content.plain_text if content.plain_text is not None else content.plain_text_version
        )
        given["preview_text"] = content.preview_text
    if sender is not None:
        given["from_name"] = sender.from_name
        given["from_address"] = sender.reply_to
        given["reply_to"] = sender.custom_reply_to
    if body.subscription_details is not None:
        given["subscription"] = body.subscription_details.subscription_id
    return {name: value for name, value in given.items() if value is not None}


def _not_understood(name: str) -> Problem:
    text = Text(
        'content.{name} is not understood here: write the mail as "html" and "plainText"',
        name=name,
    )
    return Problem(text, f"content.{name}", "NOT_SUPPORTED")


def state_of(body: EmailUpdate) -> State | None:
    if body.state is None:
        return None
    return "PUBLISHED" if body.state in ("PUBLISHED", "AUTOMATED") else "DRAFT"
