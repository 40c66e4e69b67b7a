"""Stories begin at rest, on a Monday morning, under a clock that stands still."""

import pytest
from tests.conftest import NOW, House
from tests.story import Story

from penstock.kernel.clock import VirtualClock


@pytest.fixture
def story(house: House) -> Story:
    return Story(house, VirtualClock(NOW))
