"""What workflows tell people of the team: `/api/notifications`."""

from typing import Annotated, Any, Final

from fastapi import Query

from penstock.api.call import ThisCall
from penstock.api.identifying import number
from penstock.api.notifications_shapes import (
    MarkedShape,
    NotificationPage,
    NotificationQuery,
    ReadInput,
)
from penstock.api.paging import paging
from penstock.api.routing import Router
from penstock.engine import notifying
from penstock.engine.notifying import Told
from penstock.records.values import instant_text

router = Router("notifications", "Notifications")

_SCOPE: Final = "automation"
_ALL: Final = "/api/notifications"


@router.get(_ALL, model=NotificationPage)
async def list_notifications(
    call: ThisCall, query: Annotated[NotificationQuery, Query()]
) -> dict[str, Any]:
    """A page of notifications, newest first: of one user or of all, unread or all."""
    call.require(_SCOPE)
    found = await notifying.page(
        call.conn,
        user=None if query.user_id is None else number(query.user_id),
        unread=query.unread,
        before=query.after,
        limit=query.limit + 1,
    )
    shown = found[: query.limit]
    after = shown[-1].id if len(found) > len(shown) else None
    return {"results": [_shape(one) for one in shown], **paging(call.request, after)}


@router.post(f"{_ALL}/read", model=MarkedShape)
async def mark_read(call: ThisCall, body: ReadInput) -> dict[str, Any]:
    """Mark notifications as read; those that do not exist are passed over."""
    call.require(_SCOPE)
    marked = await notifying.mark_read(call.conn, [number(id) for id in body.ids], call.now)
    return {"ids": [str(id) for id in marked]}


def _shape(one: Told) -> dict[str, Any]:
    told = {
        "id": str(one.id),
        "userId": str(one.user_id),
        "workflowId": str(one.workflow_id),
        "step": one.step,
        "recordId": str(one.record_id),
        "subject": one.subject,
        "body": one.body,
        "createdAt": instant_text(one.created_at),
        "readAt": instant_text(one.read_at) if one.read_at else None,
    }
    return {name: value for name, value in told.items() if value is not None}
