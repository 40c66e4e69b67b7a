"""A bench for random filters."""

from collections.abc import AsyncIterator

import psycopg
import pytest

from tests.conftest import House
from tests.filters.bench import Bench
from tests.filters.documents import schema_with_days


@pytest.fixture
async def bench(house: House, url: str) -> AsyncIterator[Bench]:
    schema = schema_with_days(await house.schema())
    with psycopg.connect(url, autocommit=True) as conn:
        yield Bench(conn, schema)
