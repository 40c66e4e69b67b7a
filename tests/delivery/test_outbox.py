"""Captured mail, for people to look at."""

import pytest

from penstock.delivery import outbox
from penstock.delivery.errors import MailNotFound
from tests.delivery.desk import Desk


async def test_captured_mail_is_found_newest_first(desk: Desk) -> None:
    people = await desk.contacts("ada@x.test", "bo@x.test", "cleo@y.test")
    await desk.queue(people)
    await desk.deliverer().deliver()
    async with desk.house.database.unit() as conn:

        async def found(**search: object) -> list[str]:
            mails = await outbox.page(conn, outbox.Search(**search))
            assert [mail.id for mail in mails] == sorted((mail.id for mail in mails), reverse=True)
            return sorted(mail.recipient for mail in mails)

        assert await found() == ["ada@x.test", "bo@x.test", "cleo@y.test"]
        assert await found(words="@X.TEST") == ["ada@x.test", "bo@x.test"]
        assert await found(words="hello cleo") == ["cleo@y.test"]
        assert await found(recipient="bo@x.test") == ["bo@x.test"]
        assert await found(record_id=people[2]) == ["cleo@y.test"]
        assert await found(workflow_id=desk.workflow_id + 1) == []
        first = await outbox.page(conn, outbox.Search(), limit=2)
        (last,) = await outbox.page(conn, outbox.Search(), before=first[-1].id, limit=2)
        assert last.id < first[-1].id
        assert (last.html, last.text) == (None, None)
        whole = await outbox.read(conn, last.id)
        assert whole.html is not None
        assert whole.text is not None
        with pytest.raises(MailNotFound):
            await outbox.read(conn, 0)
