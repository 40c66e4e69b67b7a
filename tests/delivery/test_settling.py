"""How long to wait before trying again."""

from datetime import timedelta

from penstock.delivery.settling import MOST_ATTEMPTS, pause


def test_pauses_double_up_to_an_hour() -> None:
    minutes = [pause(attempt) / timedelta(minutes=1) for attempt in range(1, 10)]
    assert minutes == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_all_pauses_together_are_four_days() -> None:
    total = sum((pause(n) for n in range(1, MOST_ATTEMPTS)), timedelta())
    assert timedelta(days=4) > total > timedelta(days=3, hours=20)
