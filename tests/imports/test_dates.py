"""Reading dates as people write them."""

from zoneinfo import ZoneInfo

import pytest

from penstock.imports.dates import date_text, moment_text, order_of
from penstock.imports.model import DateFormat
from penstock.records.values import BadValue

DMY, MDY, YMD = DateFormat.DAY_MONTH_YEAR, DateFormat.MONTH_DAY_YEAR, DateFormat.YEAR_MONTH_DAY
STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("26-08-2020", DMY, "2020-08-26"),
        ("1/2/2020", DMY, "2020-02-01"),
        ("01.02.2020", DMY, "2020-02-01"),
        ("1/2/2020", MDY, "2020-01-02"),
        ("2020/2/1", YMD, "2020-02-01"),
        ("2020-02-01", DMY, "2020-02-01"),
        ("2020-02-01", None, "2020-02-01"),
        ("26-08-2020", None, "2020-08-26"),
        ("08-26-2020", None, "2020-08-26"),
        ("3/3/2020", None, "2020-03-03"),
        ("20200826", None, "2020-08-26"),
        ("26/08/2020 00:00", DMY, "2020-08-26"),
        ("2020-08-26T10:00:00Z", None, "2020-08-26"),
        ("1598400000000", None, "2020-08-26"),
    ],
)
def test_a_day_is_read_in_the_order_of_the_file(
    text: str, order: DateFormat | None, day: str
) -> None:
    assert date_text(text, order) == day


@pytest.mark.parametrize(
    ("text", "order", "code"),
    [
        ("3/4/2020", None, "AMBIGUOUS_DATE"),
        ("08-26-2020", DMY, "INVALID_DATE"),
        ("26-08-2020", MDY, "INVALID_DATE"),
        ("26-08-2020", YMD, "INVALID_DATE"),
        ("31-02-2020", DMY, "INVALID_DATE"),
        ("26-08-20", DMY, "INVALID_DATE"),
        ("26-08/2020", DMY, "INVALID_DATE"),
        ("26-08-20201", DMY, "INVALID_DATE"),
        ("26-08-2020 noon", DMY, "INVALID_DATE"),
        ("20201326", None, "INVALID_DATE"),
        ("yesterday", None, "INVALID_DATE"),
        ("26-08-2020 10:00" + " " * 100_000 + "x", DMY, "INVALID_DATE"),
        ("999999999999999", None, "INVALID_DATE"),
        ("٢٦-٠٨-٢٠٢٠x", DMY, "INVALID_DATE"),
    ],
)
def test_a_day_that_is_none_or_may_be_another_is_refused(
    text: str, order: DateFormat | None, code: str
) -> None:
    with pytest.raises(BadValue) as refused:
        date_text(text, order)
    assert refused.value.code == code
    assert text in str(refused.value)


def test_the_refusal_says_how_dates_are_written_here() -> None:
    with pytest.raises(BadValue, match="written day-month-year with a year of four digits"):
        date_text("26-08-20", DMY)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("26-08-2020", "2020-08-25T22:00:00.000Z"),
        ("26-08-2020 14:30", "2020-08-26T12:30:00.000Z"),
        ("26-01-2020 14:30:15.25", "2020-01-26T13:30:15.250Z"),
        ("26/08/2020, 2:30 PM", "2020-08-26T12:30:00.000Z"),
        ("26/08/2020 12:00 a.m.", "2020-08-25T22:00:00.000Z"),
        ("2020-08-26T14:30:00Z", "2020-08-26T14:30:00.000Z"),
        ("2020-08-26 14:30 UTC", "2020-08-26T14:30:00.000Z"),
        ("2020-08-26T14:30:00+05:30", "2020-08-26T09:00:00.000Z"),
        ("2020-08-26T14:30:00-08", "2020-08-26T22:30:00.000Z"),
        ("1598452200000", "2020-08-26T14:30:00.000Z"),
    ],
)
def test_a_moment_without_a_zone_is_the_accounts(text: str, moment: str) -> None:
    assert moment_text(text, DMY, STOCKHOLM) == moment


@pytest.mark.parametrize(
    "text",
    ["26-08-2020 25:00", "26-08-2020 13:00 PM", "26-08-2020 10:75", "0001-01-01", "26-08-2020 +1"],
)
def test_a_moment_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(BadValue) as refused:
        moment_text(text, DMY, STOCKHOLM)
    assert refused.value.code == "INVALID_DATE"


@pytest.mark.parametrize(
    ("values", "order"),
    [
        (["01-02-2020", "26-08-2020"], DMY),
        (["01/02/2020", "08/26/2020 10:00"], MDY),
        (["2020-01-02", "2020.08.26"], YMD),
        (["01-02-2020", "03-04-2020"], None),
        (["26-08-2020", "08-26-2020"], None),
        (["26-08-2020", "soon", "99-99-2020", ""], DMY),
        (["26-08-2020", "2020-08-26"], DMY),
        ([], None),
    ],
)
def test_the_order_is_known_only_when_one_alone_makes_sense(
    values: list[str], order: DateFormat | None
) -> None:
    assert order_of(values) == order
