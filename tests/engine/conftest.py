"""The engine under a clock that stands still."""

import pytest

from penstock.kernel.clock import VirtualClock
from tests.conftest import NOW, House
from tests.story import Story


@pytest.fixture
def story(house: House) -> Story:
    return Story(house, VirtualClock(NOW))
