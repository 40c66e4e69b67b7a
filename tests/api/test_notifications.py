"""Notifications over HTTP."""

import httpx

from tests.conftest import House

INSERT = (
    "INSERT INTO notifications (bucket, user_id, workflow_id, step, enrollment_id, record_id,"
    " subject, body, created_at)"
    " SELECT 7, u, 3, '1', 71, 7, 'For ' || u, 'Look', '2026-03-02T10:00Z'"
    " FROM unnest(ARRAY[5, 6, 5]) AS u"
)


async def test_notifications_are_listed_and_marked_as_read(
    house: House, wire: httpx.AsyncClient
) -> None:
    async with house.database.unit() as conn:
        await conn.execute(INSERT)
    answer = (await wire.get("/api/notifications", params={"limit": 2})).json()
    assert [one["subject"] for one in answer["results"]] == ["For 5", "For 6"]
    assert answer["results"][0] == {
        "id": "3",
        "userId": "5",
        "workflowId": "3",
        "step": "1",
        "recordId": "7",
        "subject": "For 5",
        "body": "Look",
        "createdAt": "2026-03-02T10:00:00.000Z",
    }
    (last,) = (await wire.get(answer["paging"]["next"]["link"])).json()["results"]
    assert last["id"] == "1"
    marked = await wire.post("/api/notifications/read", json={"ids": ["3", "99"]})
    assert marked.json() == {"ids": ["3"]}
    unread = await wire.get("/api/notifications", params={"userId": "5", "unread": "true"})
    assert [one["id"] for one in unread.json()["results"]] == ["1"]
    (read,) = (await wire.get("/api/notifications", params={"userId": "5"})).json()["results"][:1]
    assert read["readAt"]
