"""How long to wait before trying again."""

from datetime import timedelta

import pytest

from penstock.delivery.base import DELIVERIES, Effect, Key, Outcome, Schedule
from tests.conftest import NOW

LATER = Outcome("pending", "server_error")


def effect(attempts: int) -> Effect:
    return Effect(Key(1, 1, "a"), "http", {}, 1, 1, attempts, NOW)


def attempts(schedule: Schedule) -> list[timedelta]:
    """When each attempt takes place, from the first one on."""
    times, at = [timedelta()], NOW
    while next_at := schedule.again(effect(len(times)), LATER, at):
        at = next_at
        times.append(at - NOW)
    return times


@pytest.mark.parametrize(
    ("kind", "minutes"),
    [
        ("mail", [1, 2, 4, 8, 16, 32, 60, 60, 60]),
        ("http", [1, 2, 4, 8, 16, 32, 64, 128, 256, 480, 480]),
    ],
)
def test_pauses_double_up_to_the_longest(kind: str, minutes: list[int]) -> None:
    schedule = DELIVERIES[kind].schedule
    pauses = [schedule.pause(n) / timedelta(minutes=1) for n in range(1, len(minutes) + 1)]
    assert pauses == minutes


@pytest.mark.parametrize(("kind", "days"), [("mail", 4), ("http", 3)])
def test_it_is_tried_for_days_and_no_longer(kind: str, days: int) -> None:
    schedule = DELIVERIES[kind].schedule
    last = attempts(schedule)[-1]
    assert timedelta(days=days) - schedule.longest <= last <= timedelta(days=days)


def test_what_the_receiver_asks_for_comes_before_the_schedule() -> None:
    schedule = DELIVERIES["http"].schedule
    soon = NOW + timedelta(seconds=5)
    assert schedule.again(effect(9), Outcome("pending", not_before=soon), NOW) == soon
    too_late = NOW + timedelta(days=4)
    assert schedule.again(effect(1), Outcome("pending", not_before=too_late), NOW) is None
