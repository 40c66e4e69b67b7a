"""Edges: both directions, one of a kind, and never to what is archived."""

from penstock.records import associations, store
from penstock.records.associations import NewEdge
from penstock.records.reading import Record
from tests.conftest import House


async def made(house: House, word: str, count: int) -> list[int]:
    schema = await house.schema()
    properties = {"name": "A"} if word == "companies" else {"firstname": "A"}
    async with house.database.unit() as conn:
        outcomes = await store.create(
            conn, schema, schema.type(word), [store.Draft(properties)] * count, house.write
        )
    return [one.id for one in outcomes if isinstance(one, Record)]


async def test_of_edges_that_cannot_be_together_the_last_stays(house: House) -> None:
    schema = await house.schema()
    (ada,), firms = await made(house, "contacts", 1), await made(house, "companies", 3)
    types = (schema.type("contacts"), schema.type("companies"))
    async with house.database.unit() as conn:
        for portion in (firms[:1], firms[1:]):
            live = await associations.lock(conn, [ada, *portion], alone=True)
            edges = [(ada, NewEdge(firm, (1,))) for firm in portion]
            await associations.add(conn, schema, types[0], edges, live, house.write)
        found = await associations.neighbours(conn, schema, types, ada)
    assert {one.id: {edge.id for edge in one.edges} for one in found} == {
        firms[0]: {279},
        firms[1]: {279},
        firms[2]: {1, 279},
    }


async def test_pages_of_neighbours_pass_over_what_is_archived(house: House) -> None:
    schema = await house.schema()
    (firm,), people = await made(house, "companies", 1), await made(house, "contacts", 7)
    types = (schema.type("companies"), schema.type("contacts"))
    async with house.database.unit() as conn:
        live = await associations.lock(conn, [firm, *people])
        edges = [(firm, NewEdge(id)) for id in people]
        await associations.add(conn, schema, types[0], edges, live, house.write)
        await store.archive(conn, types[1], [*people[:3], people[5]], house.write)
        first = await associations.neighbours(conn, schema, types, firm, limit=2)
        rest = await associations.neighbours(conn, schema, types, firm, after=first[-1].id, limit=2)
        assert [one.id for one in first] == people[3:5]
        assert [one.id for one in rest] == people[6:]
        every = await associations.neighbours_of(conn, schema, types, [firm])
        assert [one.id for one in every[firm]] == [*people[3:5], people[6]]
        await store.restore(conn, types[1], people[0], house.write)
        back = await associations.neighbours(conn, schema, types, firm, limit=1)
        assert [one.id for one in back] == people[:1]
