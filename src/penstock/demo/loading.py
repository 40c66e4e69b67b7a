"""Loads the demo company into an empty database, part by part, each in one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from penstock.demo import giants, leads, offers, people, reading
from penstock.emails import store as emails
from penstock.emails.model import Content
from penstock.kernel.clock import Clock
from penstock.kernel.db import Connection, Database
from penstock.kernel.queries import load as load_queries
from penstock.records import associations, owners, store, teams
from penstock.records.associations import NewEdge
from penstock.records.changes import Lane, Source, Write
from penstock.records.owners import Owner, OwnerDraft
from penstock.records.schema import Schema, Schemas
from penstock.workflows import store as workflows

_queries = load_queries("penstock.demo")

_PORTION = 1000
_ACTOR = "demo"

Progress = Callable[[str, int, int], None]
"""Told what is being loaded, how much of it is done, and of how much."""


@dataclass
class _Company:
    """What the parts hand on to each other: ids by name."""

    owners: dict[str, str] = field(default_factory=dict)
    companies: dict[str, int] = field(default_factory=dict)
    products: dict[str, int] = field(default_factory=dict)
    people: dict[str, list[int]] = field(default_factory=dict)


async def load(database: Database, schemas: Schemas, clock: Clock, progress: Progress) -> bool:
    """Load the demo company and turn its workflows on; returns whether anything was loaded.

    A database that has records already is left as it is. Killed on the way, the next call begins
    anew: everything is one transaction.
    """
    async with database.unit() as conn:
        if await _queries.value(conn, "inhabited"):
            return False
        now = await clock.now(conn)
        write = Write(Source("IMPORT", _ACTOR), now, Lane.BACKFILL)
        company = _Company()
        await _staff(conn, company, write, progress)
        schema = await schemas.current(conn)
        await _companies(conn, schema, company, write, progress)
        await _deals(conn, schema, company, write, progress)
        await _contacts(conn, schema, company, write, progress)
        await _workflows(conn, schema, now)
    return True


async def _staff(conn: Connection, company: _Company, write: Write, progress: Progress) -> None:
    agents = list(reading.rows("sales_teams"))
    names = dict.fromkeys([*(a["sales_agent"] for a in agents), *(a["manager"] for a in agents)])
    drafts = [_draft(name) for name in names]
    made = await owners.create(conn, drafts, write)
    for name, owner in zip(names, made, strict=True):
        assert isinstance(owner, Owner)
        company.owners[name] = str(owner.id)
    offices = dict.fromkeys(agent["regional_office"] for agent in agents)
    for office in offices:
        members = [
            company.owners[a["sales_agent"]] for a in agents if a["regional_office"] == office
        ]
        await teams.create_one(conn, office, write.now, members=[int(id) for id in members])
    progress("owners", len(names), len(names))


def _draft(name: str) -> OwnerDraft:
    first, _, last = name.partition(" ")
    address = f"{first}.{last}@penstock.example".lower().replace(" ", "-")
    return OwnerDraft(address, first, last)


async def _companies(
    conn: Connection, schema: Schema, company: _Company, write: Write, progress: Progress
) -> None:
    rows = list(reading.rows("accounts"))
    drafts = [store.Draft(reading.company(row)) for row in rows]
    ids = await _create(conn, schema, "companies", drafts, write, progress)
    company.companies = dict(zip([row["account"] for row in rows], ids, strict=True))
    type = schema.type("companies")
    (child,) = [e for e in schema.edges_between(type.id, type.id) if e.label == "Child Company"]
    children = [
        (company.companies[row["subsidiary_of"]], company.companies[row["account"]])
        for row in rows
        if row["subsidiary_of"] in company.companies
    ]
    live = await associations.lock(conn, [id for _, id in children])
    edges = [(parent, NewEdge(id, (child.id,))) for parent, id in children]
    await associations.add(conn, schema, type, edges, live, write)
    products = list(reading.rows("products"))
    drafts = [store.Draft(reading.product(row)) for row in products]
    ids = await _create(conn, schema, "products", drafts, write, progress)
    company.products = dict(zip([row["product"] for row in products], ids, strict=True))


async def _deals(
    conn: Connection, schema: Schema, company: _Company, write: Write, progress: Progress
) -> None:
    rows = list(reading.rows("sales_pipeline"))
    drafts = [
        store.Draft(
            reading.deal(row, company.owners.get(row["sales_agent"])),
            [NewEdge(company.companies[row["account"]])] if row["account"] else (),
        )
        for row in rows
    ]
    deals = await _create(conn, schema, "deals", drafts, write, progress)
    prices = {row["product"]: row["sales_price"] for row in reading.rows("products")}
    items = [
        store.Draft(
            {
                "name": row["product"],
                "hs_product_id": str(company.products[row["product"]]),
                "quantity": 1,
                "price": row["close_value"] or prices[row["product"]],
            },
            [NewEdge(deal)],
        )
        for row, deal in zip(rows, deals, strict=True)
    ]
    await _create(conn, schema, "line_items", items, write, progress)


async def _contacts(
    conn: Connection, schema: Schema, company: _Company, write: Write, progress: Progress
) -> None:
    rows = [reading.company(row) for row in reading.rows("accounts")]
    drafts = [
        store.Draft(person, [NewEdge(company.companies[person["company"]])])
        for person in people.contacts(rows, sorted(company.owners.values()))
    ]
    await _create(conn, schema, "contacts", drafts, write, progress)


async def _workflows(conn: Connection, schema: Schema, now: datetime) -> None:
    """Draw the workflows, and turn them on for those who are there already."""
    drafts = [
        emails.Draft("Welcome", Content(**leads.MAIL)),
        emails.Draft("For our largest", Content(**giants.MAIL)),
    ]
    mails = [emails.one([made]) for made in await emails.create(conn, drafts, now)]
    await emails.publish(conn, [mail.id for mail in mails], now)

    async def turned_on(body: dict[str, Any]) -> int:
        flow = await workflows.create(conn, schema, body, _ACTOR, now)
        await workflows.turn_on(conn, schema, flow.id, _ACTOR, now, enroll_existing=True)
        return flow.id

    welcome = await turned_on(leads.welcome(mails[0].id))
    await turned_on(giants.attend(mails[1].id, welcome))
    await turned_on(offers.follow_up())


async def _create(
    conn: Connection,
    schema: Schema,
    word: str,
    drafts: Sequence[store.Draft],
    write: Write,
    progress: Progress,
) -> list[int]:
    ids: list[int] = []
    for start in range(0, len(drafts), _PORTION):
        part = drafts[start : start + _PORTION]
        made: list[Any] = await store.create(conn, schema, schema.type(word), part, write)
        ids += [store.one([outcome]).id for outcome in made]
        progress(word, len(ids), len(drafts))
    return ids
