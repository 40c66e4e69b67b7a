"""Marketing e-mails in HubSpot's dialect: `/marketing/v3/emails`."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

from fastapi import Query

from penstock.api.call import Call, ThisCall
from penstock.api.emails_shapes import (
    EmailClone,
    EmailDetail,
    EmailInput,
    EmailPage,
    EmailQuery,
    EmailUpdate,
)
from penstock.api.emails_wire import content_of, detail, named, shape, state_of
from penstock.api.identifying import number, numbered
from penstock.api.paging import paging
from penstock.api.routing import Router
from penstock.emails import store
from penstock.emails.errors import ContentInvalid, EmailNotFound
from penstock.emails.model import Content, Email, State
from penstock.emails.store import Draft, Outcome, Patch, Search
from penstock.records import subscriptions

router = Router("emails", "Marketing e-mails")

_ALL: Final = "/marketing/v3/emails"
_ONE: Final = _ALL + "/{email_id}"
_SCOPE: Final = "content"


@router.get(_ALL, model=EmailPage)
async def list_emails(call: ThisCall, query: Annotated[EmailQuery, Query()]) -> dict[str, Any]:
    """A page of mails in the order of their ids."""
    call.require(_SCOPE)
    search = Search(_state(query.is_published), words=query.q, archived=query.archived)
    found = await store.page(call.conn, search, after=query.after, limit=query.limit + 1)
    shown = found[: query.limit]
    return {
        "total": await store.count(call.conn, search),
        "results": [shape(email) for email in shown],
        **paging(call.request, shown[-1].id if len(found) > len(shown) else None),
    }


@router.post(_ALL, model=EmailDetail, status=201)
async def create(call: ThisCall, body: EmailInput) -> dict[str, Any]:
    """Create a mail; it is a draft unless its state says otherwise, and must then be complete."""
    call.require(_SCOPE)
    draft = Draft(body.name, Content(**await _content(call, body)))
    made = _one(await store.create(call.conn, [draft], call.now))
    if state_of(body) == "PUBLISHED":
        made = _one(await store.publish(call.conn, [made.id], call.now))
    return await _written(call, "emails_create", made)


@router.post(f"{_ALL}/clone", model=EmailDetail)
async def clone(call: ThisCall, body: EmailClone) -> dict[str, Any]:
    """Make a draft that says the same as another mail."""
    call.require(_SCOPE)
    email = await _read(call, body.id)
    draft = Draft(body.clone_name or email.name, email.content)
    made = _one(await store.create(call.conn, [draft], call.now))
    return await _written(call, "emails_clone", made)


@router.get(_ONE, model=EmailDetail)
async def read_one(call: ThisCall, email_id: str, archived: bool = False) -> dict[str, Any]:
    """A mail, with what keeps it from being published."""
    call.require(_SCOPE)
    return detail(await _read(call, email_id, archived=archived), call.language)


@router.patch(_ONE, model=EmailDetail)
async def update(call: ThisCall, email_id: str, body: EmailUpdate) -> dict[str, Any]:
    """Change a mail; a published one stays complete, and says the new at once."""
    call.require(_SCOPE)
    content = await _content(call, body)
    patch = Patch(numbered(email_id, EmailNotFound), body.name, state_of(body), content)
    return await _written(
        call, "emails_update", _one(await store.update(call.conn, [patch], call.now))
    )


@router.delete(_ONE)
async def archive(call: ThisCall, email_id: str) -> None:
    """Archive a mail; what is queued of it still goes out."""
    call.require(_SCOPE)
    email = _one(await store.archive(call.conn, [numbered(email_id, EmailNotFound)], call.now))
    await call.audit("emails_archive", f"emails/{email.id}")


@router.post(f"{_ONE}/publish")
async def publish(call: ThisCall, email_id: str) -> None:
    """Let a mail be sent by workflows; it must be complete."""
    call.require(_SCOPE)
    email = _one(await store.publish(call.conn, [numbered(email_id, EmailNotFound)], call.now))
    await call.audit("emails_publish", f"emails/{email.id}", {"revision": email.revision})


@router.post(f"{_ONE}/unpublish")
async def unpublish(call: ThisCall, email_id: str) -> None:
    """Let a mail be sent no more; what is queued of it still goes out."""
    call.require(_SCOPE)
    email = _one(await store.unpublish(call.conn, [numbered(email_id, EmailNotFound)], call.now))
    await call.audit("emails_unpublish", f"emails/{email.id}")


async def _content(call: Call, body: EmailUpdate) -> dict[str, str]:
    """What a body sets. Raises ContentInvalid, or DefinitionNotFound for the kind of mail."""
    content = content_of(body)
    if content.get("subscription"):
        await subscriptions.known(call.conn, [number(content["subscription"])])
    return content


def _state(published: bool | None) -> State | None:
    if published is None:
        return None
    return "PUBLISHED" if published else "DRAFT"


async def _written(call: Call, operation: str, email: Email) -> dict[str, Any]:
    details = {"revision": email.revision, "state": email.state}
    await call.audit(operation, f"emails/{email.id}", details)
    return detail(email, call.language)


async def _read(call: Call, word: str, *, archived: bool = False) -> Email:
    found = await store.read(call.conn, [number(word)], archived=archived)
    if not found:
        raise EmailNotFound(id=word)
    return found[number(word)]


def _one(outcomes: Sequence[Outcome]) -> Email:
    try:
        return store.one(outcomes)
    except ContentInvalid as error:
        raise named(error) from error
