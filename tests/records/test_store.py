"""Creating, updating and upserting records."""

from tests.conftest import House

from penstock.records import store
from penstock.records.errors import RecordExists, ValuesInvalid
from penstock.records.reading import Record


async def test_a_record_that_is_wrong_does_not_keep_the_others_from_being_created(
    house: House,
) -> None:
    schema = await house.schema()
    drafts = [
        store.Draft({"email": "Ada@Example.test", "firstname": "Ada"}),
        store.Draft({"email": "no address"}),
        store.Draft({"email": "ada@example.test"}),
        store.Draft({"nickname": "x"}),
    ]
    async with house.database.unit() as conn:
        ada, bad, twin, unknown = await store.create(
            conn, schema, schema.type("contacts"), drafts, house.write
        )
    assert isinstance(ada, Record)
    assert ada.properties["email"] == "ada@example.test"
    assert isinstance(bad, ValuesInvalid)
    assert isinstance(twin, RecordExists)
    assert twin.existing == ada.id
    assert isinstance(unknown, ValuesInvalid)
    assert unknown.problems[0].code == "PROPERTY_DOESNT_EXIST"
