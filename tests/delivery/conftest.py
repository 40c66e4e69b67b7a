"""A desk with effects on it, and a mail server."""

from collections.abc import AsyncIterator

import pytest

from tests.conftest import House
from tests.delivery.desk import Desk, Post, open_desk, open_post
from tests.delivery.hooks import Hook, open_hook


@pytest.fixture
async def desk(house: House) -> AsyncIterator[Desk]:
    async with open_desk(house) as desk:
        yield desk


@pytest.fixture
async def post() -> AsyncIterator[Post]:
    async with open_post() as post:
        yield post


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    async with open_hook() as hook:
        yield hook
