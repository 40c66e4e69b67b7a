"""Which marketing e-mails workflows send."""

from collections.abc import Iterator
from typing import Annotated, Any, NamedTuple

from fastapi import Query
from pydantic import Field

from penstock.actions.base import ACTIONS
from penstock.api.call import Call, ThisCall
from penstock.api.errors import RequestInvalid
from penstock.api.identifying import number
from penstock.api.models import Wire, Words
from penstock.api.paging import paging
from penstock.api.routing import Router
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.workflows import store
from penstock.workflows.document import Document, Step
from penstock.workflows.store import Workflow

router = Router("flows_emails", "Workflows")


class FlowEmail(Wire):
    """An e-mail that a workflow sends; an e-mail here is one campaign, so both ids are its own."""

    email_campaign_id: str
    email_content_id: str
    flow_id: str


class FlowEmailPage(Wire):
    results: list[FlowEmail]
    paging: dict[str, Any] | None = Field(None, description="`next` and `prev`")


class _Sent(NamedTuple):
    flow: int
    content: int

    @property
    def cursor(self) -> str:
        return f"{self.flow}-{self.content}"


@router.get("/automation/v4/flows/email-campaigns", model=FlowEmailPage)
async def list_emails(
    call: ThisCall,
    flows: Annotated[Words, Query(alias="flowId")],
    after: Annotated[str | None, Query(max_length=50)] = None,
    before: Annotated[str | None, Query(max_length=50)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 100,
) -> dict[str, Any]:
    """The e-mails of all workflows, or of those named, in the order of their flows' ids."""
    call.require("automation")
    every = sorted({sent for workflow in await _workflows(call, flows) for sent in _sent(workflow)})
    start = None if after is None else _place("after", after)
    if before is not None:
        end = _place("before", before)
        earlier = [sent for sent in every if sent < end]
        shown, more = earlier[-limit:], len(earlier) < len(every)
    else:
        later = [sent for sent in every if start is None or sent > start]
        shown, more = later[:limit], len(later) > limit
    following = shown[-1].cursor if shown and more else None
    answer: dict[str, Any] = {
        "results": [
            {
                "emailCampaignId": str(sent.content),
                "emailContentId": str(sent.content),
                "flowId": str(sent.flow),
            }
            for sent in shown
        ],
        **paging(call.request, following),
    }
    if shown and shown[0] != every[0]:
        answer.setdefault("paging", {})["prev"] = {"before": shown[0].cursor}
    return answer


def _place(name: str, cursor: str) -> _Sent:
    flow, content = (number(word) for word in cursor.partition("-")[::2])
    if not flow or not content:
        text = Text(
            '"{where}" names no place in this list: take it from the page before', where=name
        )
        raise RequestInvalid(problems=[Problem(text, name, "INVALID")])
    return _Sent(flow, content)


async def _workflows(call: Call, words: list[str]) -> list[Workflow]:
    if words:
        return await store.read(call.conn, [number(word) for word in words])
    found: list[Workflow] = []
    while page := await store.page(call.conn, after=found[-1].id if found else 0, limit=1000):
        found += page
    return found


def _sent(workflow: Workflow) -> Iterator[_Sent]:
    for step in _steps(workflow.document):
        entry = ACTIONS.get(step.type_id)
        for name, setting in {} if entry is None else entry.model_fields.items():
            hints = setting.json_schema_extra
            if isinstance(hints, dict) and hints.get("widget") == "email":
                content = number(str(step.settings.get(setting.alias or name, "")))
                if content:
                    yield _Sent(workflow.id, content)


def _steps(document: Document) -> list[Step]:
    return [document.steps[id] for id in document.order]
