"""Lists in stories: at rest, on a Monday morning, under a clock that stands still."""

import pytest

from penstock.kernel.clock import VirtualClock
from tests.conftest import NOW, House
from tests.lists.shelf import Shelf
from tests.story import Story


@pytest.fixture
def shelf(house: House) -> Shelf:
    return Shelf(Story(house, VirtualClock(NOW)))
