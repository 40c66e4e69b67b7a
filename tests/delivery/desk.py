"""Where effects lie: contacts, a workflow, a mail, and rows of effects as a turn leaves them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from psycopg.types.json import Jsonb

from penstock.delivery.base import Key
from penstock.delivery.deliverer import Deliverer
from penstock.emails import store as emails
from penstock.emails.model import Content, Email
from penstock.kernel import ids
from penstock.kernel.clock import VirtualClock
from penstock.kernel.ids import bucket_of
from penstock.kernel.settings import Settings
from penstock.records import store
from tests.conftest import NOW, House

CONTENT = Content(
    subject="Hello {{ contact.firstname }}",
    html="<p>Hi {{ contact.firstname }}</p>",
    from_name="Penny",
    from_address="penny@stock.test",
)


@dataclass
class Desk:
    """A house with a workflow that is on and a published mail."""

    house: House
    clock: VirtualClock
    workflow_id: int
    email: Email
    deliverers: list[Deliverer] = field(default_factory=list)

    def deliverer(self, name: str = "first", **settings: Any) -> Deliverer:
        made = Deliverer(self.house.database, self.clock, Settings(**settings), name)
        self.deliverers.append(made)
        return made

    async def query(self, sql: str, *parameters: Any) -> list[Any]:
        async with self.house.database.unit() as conn:
            cursor = await conn.execute(sql, parameters)
            return await cursor.fetchall() if cursor.description else []

    async def contacts(self, *addresses: str, **properties: Any) -> list[int]:
        return await self.create(
            "contacts", *[{"email": address, **properties} for address in addresses]
        )

    async def create(self, word: str, *of_each: dict[str, Any]) -> list[int]:
        async with self.house.database.unit() as conn:
            schema = await self.house.schemas.current(conn)
            drafts = [store.Draft(properties) for properties in of_each]
            made = await store.create(conn, schema, schema.type(word), drafts, self.house.write)
        return [store.one([record]).id for record in made]

    async def update(self, id: int, **properties: Any) -> None:
        async with self.house.database.unit() as conn:
            schema = await self.house.schemas.current(conn)
            patch = store.Patch(id, properties)
            store.one(
                await store.update(conn, schema, schema.type("contacts"), [patch], self.house.write)
            )

    async def queue(
        self,
        records: Sequence[int],
        *,
        to: str | None = None,
        at: datetime = NOW,
        **payload: Any,
    ) -> list[Key]:
        """Enroll the records and queue the mail for each, as a turn does."""
        async with self.house.database.unit() as conn:
            enrollments = await ids.take_in(conn, [bucket_of(id) for id in records])
            cursor = await conn.execute(
                "SELECT id, properties ->> 'email' AS email FROM records WHERE id = ANY(%s)",
                (list(records),),
            )
            addresses = {row.id: row.email for row in await cursor.fetchall()}
            rows = [
                (bucket_of(record), enrollment, record, to or addresses[record])
                for enrollment, record in zip(enrollments, records, strict=True)
            ]
            async with conn.cursor() as cursor:
                await cursor.executemany(
                    "INSERT INTO enrollments (bucket, id, workflow_id, record_id, passage, state,"
                    " step, entered_at, lane, depth, enrolled_at, ended_at, source)"
                    " VALUES (%s, %s, %s, %s, (SELECT count(*) + 1 FROM enrollments"
                    " WHERE record_id = %s), 'finished', '2', %s, 0, 3, %s, %s, 'test')",
                    [(b, e, self.workflow_id, r, r, NOW, NOW, NOW) for b, e, r, _ in rows],
                )
                await cursor.executemany(
                    "INSERT INTO effects (bucket, enrollment_id, visit, part, kind, state, payload,"
                    " workflow_id, record_id, step, next_at, created_at)"
                    " VALUES (%s, %s, 2, %s, 'mail', 'pending', %s, %s, %s, '2', %s, %s)",
                    [
                        (
                            b,
                            e,
                            address,
                            self._payload(address, payload),
                            self.workflow_id,
                            r,
                            at,
                            NOW,
                        )
                        for b, e, r, address in rows
                    ],
                )
        return [Key(enrollment, 2, address) for _, enrollment, _, address in rows]

    def _payload(self, to: str, given: dict[str, Any]) -> Jsonb:
        usual = {
            "email": self.email.id,
            "revision": self.email.revision,
            "to": to,
            "tokens": {"contact.firstname": to.partition("@")[0]},
        }
        return Jsonb({**usual, **given})

    async def effect(self, key: Key) -> Any:
        (row,) = await self.query(
            "SELECT * FROM effects WHERE enrollment_id = %s AND part = %s",
            key.enrollment_id,
            key.part,
        )
        return row

    async def states(self) -> dict[str, int]:
        rows = await self.query("SELECT state, count(*) FROM effects GROUP BY state")
        return {row.state: row.count for row in rows}

    async def announced(self) -> list[Any]:
        """The changes that tell the engine of outcomes, in order."""
        return await self.query("SELECT * FROM changes WHERE kind = 'effect' ORDER BY at, id")

    async def cut_sessions(self) -> None:
        """End the sessions that hold deliverers' names."""
        await self.query(
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_locks WHERE locktype = 'advisory'"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )

    async def until_idle(self, deliverer: Deliverer) -> int:
        total = 0
        while dealt := await deliverer.deliver():
            total += dealt
        return total


@asynccontextmanager
async def open_desk(house: House, content: Content = CONTENT) -> AsyncIterator[Desk]:
    async with house.database.unit() as conn:
        (workflow_id,) = await ids.take(conn, 1)
        await conn.execute(
            "INSERT INTO workflows (id, uuid, name, object_type, state, revision, live_revision,"
            " created_at, updated_at, created_by, updated_by)"
            " VALUES (%s, gen_random_uuid(), 'Test', '0-1', 'on', 1, 1, %s, %s, 'test', 'test')",
            (workflow_id, NOW, NOW),
        )
        mail = emails.one(await emails.create(conn, [emails.Draft("Mail", content)], NOW))
        mail = emails.one(await emails.publish(conn, [mail.id], NOW))
    desk = Desk(house, VirtualClock(NOW), workflow_id, mail)
    try:
        yield desk
    finally:
        for deliverer in desk.deliverers:
            await deliverer.close()


Answer = Callable[[Envelope], Any]


@dataclass
class Post:
    """A real mail server on a loopback port; it answers as it is told and keeps what it takes."""

    on_data: Answer | None = None
    on_rcpt: Callable[[str], str] | None = None
    taken: list[Envelope] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    server: Any = None
    sessions: list[SMTP] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.on_rcpt(address) if self.on_rcpt else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        answer = self.on_data(envelope) if self.on_data else "250 OK"
        if not isinstance(answer, str):
            answer = await answer
        if answer.startswith("250"):
            self.taken.append(envelope)
        return answer

    def recipients(self) -> list[str]:
        return [envelope.rcpt_tos[0] for envelope in self.taken]

    def hang_up(self) -> None:
        """Cut every connection where it stands."""
        for session in self.sessions:
            if session.transport is not None:
                session.transport.abort()


@asynccontextmanager
async def open_post(**options: Any) -> AsyncIterator[Post]:
    post = Post()

    def connected() -> SMTP:
        post.connections += 1
        post.sessions.append(SMTP(post, hostname="post.test", loop=loop, **options))
        return post.sessions[-1]

    loop = asyncio.get_running_loop()
    post.server = await loop.create_server(connected, "127.0.0.1", 0)
    post.port = post.server.sockets[0].getsockname()[1]
    try:
        yield post
    finally:
        post.server.close()
        post.hang_up()
        await post.server.wait_closed()
