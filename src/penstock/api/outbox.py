"""What leaves the building: `/api/outbox`, captured mail, and `/api/effects`, with its outcomes."""

from typing import Annotated, Any, Final

from fastapi import Query

from penstock.api.call import Call, ThisCall
from penstock.api.identifying import number, numbered
from penstock.api.outbox_shapes import (
    EffectPage,
    EffectQuery,
    EffectShape,
    MailDetail,
    MailPage,
    MailQuery,
)
from penstock.api.paging import paging
from penstock.api.routing import Router
from penstock.delivery import effects, outbox
from penstock.delivery.effects import Sighted
from penstock.delivery.errors import MailNotFound
from penstock.delivery.outbox import Mail
from penstock.records.values import instant_text
from penstock.workflows.reasons import REASONS

router = Router("outbox", "Outbox")

_SCOPE: Final = "automation"
_EFFECT: Final = "/api/effects/{effect_id}"


@router.get("/api/outbox", model=MailPage)
async def list_mails(call: ThisCall, query: Annotated[MailQuery, Query()]) -> dict[str, Any]:
    """A page of the mails that were captured because no mail server is set."""
    call.require(_SCOPE)
    search = outbox.Search(
        words=query.q,
        recipient=query.recipient,
        workflow_id=_optional(query.workflow_id),
        record_id=_optional(query.record_id),
    )
    found = await outbox.page(call.conn, search, before=query.after, limit=query.limit + 1)
    shown = found[: query.limit]
    after = shown[-1].id if len(found) > len(shown) else None
    return {"results": [_mail(mail) for mail in shown], **paging(call.request, after)}


@router.get("/api/outbox/{mail_id}", model=MailDetail)
async def read_mail(call: ThisCall, mail_id: str) -> dict[str, Any]:
    """A captured mail as its recipient would have got it."""
    call.require(_SCOPE)
    mail = await outbox.read(call.conn, numbered(mail_id, MailNotFound))
    return {**_mail(mail), "html": mail.html, "text": mail.text}


@router.get("/api/effects", model=EffectPage)
async def list_effects(call: ThisCall, query: Annotated[EffectQuery, Query()]) -> dict[str, Any]:
    """A page of effects in one state; the uncertain ones wait for somebody to decide."""
    call.require(_SCOPE)
    found = await effects.page(
        call.conn,
        query.state,
        workflow_id=_optional(query.workflow_id),
        before=query.after,
        limit=query.limit + 1,
    )
    shown = found[: query.limit]
    after = shown[-1].key.id if len(found) > len(shown) else None
    return {"results": [_effect(call, one) for one in shown], **paging(call.request, after)}


@router.get(_EFFECT, model=EffectShape)
async def read_effect(call: ThisCall, effect_id: str) -> dict[str, Any]:
    """One effect."""
    call.require(_SCOPE)
    return _effect(call, await effects.find(call.conn, effect_id))


@router.post(f"{_EFFECT}/send-again", model=EffectShape)
async def send_again(call: ThisCall, effect_id: str) -> dict[str, Any]:
    """Let an uncertain or failed effect go out once more, even if it may then come twice."""
    call.require(_SCOPE)
    key = (await effects.find(call.conn, effect_id)).key
    again = await effects.send_again(call.conn, key, call.now)
    await call.audit("effects_send_again", f"effects/{effect_id}")
    return _effect(call, again)


@router.post(f"{_EFFECT}/count-as-sent", model=EffectShape)
async def count_as_sent(call: ThisCall, effect_id: str) -> dict[str, Any]:
    """Let an uncertain effect count as done."""
    call.require(_SCOPE)
    key = (await effects.find(call.conn, effect_id)).key
    counted = await effects.count_as_sent(call.conn, key, call.now)
    await call.audit("effects_count_as_sent", f"effects/{effect_id}")
    return _effect(call, counted)


def _optional(word: str | None) -> int | None:
    return None if word is None else number(word)


def _mail(mail: Mail) -> dict[str, Any]:
    told = {
        "id": str(mail.id),
        "messageId": mail.message_id,
        "enrollmentId": str(mail.enrollment_id),
        "workflowId": str(mail.workflow_id),
        "recordId": str(mail.record_id),
        "emailId": None if mail.email_id is None else str(mail.email_id),
        "sender": mail.sender,
        "recipient": mail.recipient,
        "subject": mail.subject,
        "sentAt": instant_text(mail.sent_at),
    }
    return {name: value for name, value in told.items() if value is not None}


def _effect(call: Call, one: Sighted) -> dict[str, Any]:
    told = {
        "id": one.key.id,
        "kind": one.kind,
        "state": one.state,
        "enrollmentId": str(one.key.enrollment_id),
        "visit": one.key.visit,
        "part": one.key.part,
        "workflowId": str(one.workflow_id),
        "recordId": str(one.record_id),
        "step": one.step,
        "attempts": one.attempts,
        "reason": one.reason,
        "message": REASONS[one.reason].render(call.language) if one.reason in REASONS else None,
        "reply": one.reply,
        "createdAt": instant_text(one.created_at),
        "nextAt": instant_text(one.next_at) if one.state == "pending" else None,
        "settledAt": instant_text(one.settled_at) if one.settled_at else None,
    }
    return {name: value for name, value in told.items() if value is not None}
