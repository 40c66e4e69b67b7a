"""Settings of time: what is wrong with them, and where."""

from typing import Any

from penstock.workflows.timing import timing, timing_problems
from penstock.workflows.zones import zone_named
from tests.conftest import House

WRONG: list[tuple[dict[str, Any], str, str]] = [
    (
        {"timeWindows": [{"day": "FUNDAY"}]},
        "$.timeWindows[0].day",
        "LITERAL_ERROR",
    ),
    (
        {"timeWindows": [{"day": "MONDAY", "startTime": {"hour": 25}}]},
        "$.timeWindows[0].startTime.hour",
        "LESS_THAN_EQUAL",
    ),
    (
        {
            "timeWindows": [
                {"day": "MONDAY"},
                {"day": "MONDAY", "startTime": {"hour": 9}, "endTime": {"hour": 8}},
            ]
        },
        "$.timeWindows[1].endTime",
        "BAD_WINDOW",
    ),
    (
        {"blockedDates": [{"month": "FEBRUARY", "dayOfMonth": 30}]},
        "$.blockedDates[0].dayOfMonth",
        "NO_SUCH_DAY",
    ),
    (
        {"blockedDates": [{"month": "FEBRUARY", "dayOfMonth": 29, "year": 2027}]},
        "$.blockedDates[0].dayOfMonth",
        "NO_SUCH_DAY",
    ),
    (
        {"holidayCalendars": [{"country": "Atlantis"}]},
        "$.holidayCalendars[0].country",
        "COUNTRY_UNKNOWN",
    ),
    (
        {"holidayCalendars": [{"country": "SE"}, {"country": "GB", "subdivision": "XX"}]},
        "$.holidayCalendars[1].subdivision",
        "SUBDIVISION_UNKNOWN",
    ),
    (
        {"timeZone": {"type": "STATIC_TIME_ZONE", "timeZoneId": "Mars/Olympus"}},
        "$.timeZone.timeZoneId",
        "TIME_ZONE_UNKNOWN",
    ),
    (
        {"timeZone": {"type": "RECORD_PROPERTY", "propertyName": "nothing"}},
        "$.timeZone.propertyName",
        "PROPERTY_DOESNT_EXIST",
    ),
    ({"missedFirings": "SHRUG"}, "$.missedFirings", "LITERAL_ERROR"),
    ({"turnOffAt": "2026-05-05T12:00:00"}, "$.turnOffAt", "TIMEZONE_AWARE"),
    (
        {"enrollmentSchedule": {"type": "HOURLY"}},
        "$.enrollmentSchedule.type",
        "UNKNOWN_TYPE",
    ),
    ({"enrollmentSchedule": {"type": "DAILY"}}, "$.enrollmentSchedule.timeOfDay", "MISSING"),
    (
        {
            "enrollmentSchedule": {
                "type": "PROPERTY_BASED",
                "dateProperty": "firstname",
                "timeOfDay": {"hour": 9},
            }
        },
        "$.enrollmentSchedule.dateProperty",
        "NOT_A_DATE",
    ),
    (
        {
            "enrollmentSchedule": {"type": "DAILY", "timeOfDay": {"hour": 9}},
            "enrollmentCriteria": {"type": "EVENT_BASED"},
        },
        "$.enrollmentCriteria.type",
        "SCHEDULE_AND_TRIGGER",
    ),
    ({"eventAnchor": {"type": "MOON"}}, "$.eventAnchor.type", "UNKNOWN_TYPE"),
    (
        {"eventAnchor": {"type": "CONTACT_PROPERTY_ANCHOR", "contactProperty": "email"}},
        "$.eventAnchor.contactProperty",
        "NOT_A_DATE",
    ),
    (
        {"eventAnchor": {"type": "STATIC_DATE_ANCHOR", "dayOfMonth": 31, "month": "JUNE"}},
        "$.eventAnchor.dayOfMonth",
        "NO_SUCH_DAY",
    ),
]


async def test_a_setting_that_is_wrong_is_a_problem_with_its_path(house: House) -> None:
    type = (await house.schema()).type("contacts")
    for settings, where, code in WRONG:
        problems = timing_problems(settings, type)
        assert [(each.where, each.code) for each in problems] == [(where, code)], settings
        timing(settings)  # is read all the same: enrollments go on under what was saved


async def test_a_workflow_without_settings_acts_at_any_time(house: House) -> None:
    assert timing_problems({}, (await house.schema()).type("contacts")) == []
    assert timing({}).calendar.always


def test_a_zone_is_found_by_its_name_or_by_the_option_that_stands_for_it() -> None:
    assert str(zone_named("Europe/Stockholm")) == "Europe/Stockholm"
    assert str(zone_named("america_slash_new_york")) == "America/New_York"
    assert str(zone_named("america_slash_port_hyphen_au_hyphen_prince")) == "America/Port-au-Prince"
    assert zone_named("somewhere") is None
    assert zone_named(None) is None
