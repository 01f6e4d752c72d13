"""Slots and readers' hours: on the wall clock, over changes of summer time, to the minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import ConfigurationError, UsageError
from pipeline.schedule import at_or_after, find_slot, localise, newest_slot, parse_cron

_YEARS = (datetime.fromisoformat("2000-01-01"), datetime.fromisoformat("2037-01-01"))
SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "schedule",
    [
        "0 6 * * *",
        "*/15 6-9 * * mon-fri",
        "0 6 * * mon,WED,fri-sun",
        "0 6 1 * *",
        "0 6 29 2 *",
        "30 5 * jan sun",
    ],
)
def test_five_fields_with_weekdays_by_name_are_a_schedule(schedule: str) -> None:
    parse_cron(schedule)


@pytest.mark.parametrize("weekday", ["0", "1", "7", "1-5", "*/2", "mon-5", "mon,3", "mon#1"])
def test_a_digit_for_a_weekday_is_refused_with_the_names(weekday: str) -> None:
    with pytest.raises(ConfigurationError, match="by digit; write mon, tue, wed"):
        parse_cron(f"0 6 * * {weekday}")


@pytest.mark.parametrize(
    "schedule",
    [
        "",
        "0 6 * *",
        "0 0 6 * * *",
        "@daily",
        "60 6 * * *",
        "0 24 * * *",
        "0 6 0 * *",
        "0 6 * * moon",
        "0 6 * * monx",
        "0 6 * * mon#x",
        "0 6 * * mon,",
        "0 6 * * sat-mon",
        "0 6 * * */tue",
        "*/0 6 * * *",
        "a b c d mon",
    ],
)
def test_what_is_no_schedule_is_a_configuration_error_that_shows_it(schedule: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_cron(schedule)
    assert repr(schedule) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("schedule", "zone", "now", "wall", "instant"),
    [
        pytest.param(
            "0 6 * * *", SHANGHAI, "2022-02-21T22:00", "2022-02-22T06:00", "2022-02-21T22:00", id="now"
        ),
        pytest.param(
            "0 6 * * *",
            SHANGHAI,
            "2022-02-21T21:59:59",
            "2022-02-21T06:00",
            "2022-02-20T22:00",
            id="a second early",
        ),
        pytest.param(
            "0 6 * * *", SHANGHAI, "2022-02-22T21:59", "2022-02-22T06:00", "2022-02-21T22:00", id="a day late"
        ),
        pytest.param(
            "0 6,18 * * *",
            SHANGHAI,
            "2022-02-22T12:00",
            "2022-02-22T18:00",
            "2022-02-22T10:00",
            id="twice a day",
        ),
        pytest.param(
            "0 6 * * mon", SHANGHAI, "2022-02-22T12:00", "2022-02-21T06:00", "2022-02-20T22:00", id="weekly"
        ),
        pytest.param(
            "0 6 31 * *",
            SHANGHAI,
            "2022-03-30T12:00",
            "2022-01-31T06:00",
            "2022-01-30T22:00",
            id="months without the day",
        ),
        pytest.param(
            "0 6 29 2 *",
            SHANGHAI,
            "2023-06-01T12:00",
            "2020-02-29T06:00",
            "2020-02-28T22:00",
            id="29 February",
        ),
        pytest.param(
            "30 2 * * *",
            BERLIN,
            "2022-03-27T00:59",
            "2022-03-26T02:30",
            "2022-03-26T01:30",
            id="before a gap",
        ),
        pytest.param(
            "30 2 * * *",
            BERLIN,
            "2022-03-27T01:00",
            "2022-03-27T02:30",
            "2022-03-27T01:00",
            id="in a gap: its end",
        ),
        pytest.param(
            "30 2 * * *",
            BERLIN,
            "2022-10-30T00:29",
            "2022-10-29T02:30",
            "2022-10-29T00:30",
            id="before the first of two",
        ),
        pytest.param(
            "30 2 * * *",
            BERLIN,
            "2022-10-30T00:30",
            "2022-10-30T02:30",
            "2022-10-30T00:30",
            id="the first of two",
        ),
        pytest.param(
            "30 2 * * *",
            BERLIN,
            "2022-10-30T01:30",
            "2022-10-30T02:30",
            "2022-10-30T00:30",
            id="the second of two",
        ),
        pytest.param(
            "30 2 * * *",
            NEW_YORK,
            "2022-03-13T07:00",
            "2022-03-13T02:30",
            "2022-03-13T07:00",
            id="New York, a gap",
        ),
        pytest.param(
            "30 1 * * *",
            NEW_YORK,
            "2022-11-06T06:30",
            "2022-11-06T01:30",
            "2022-11-06T05:30",
            id="New York, two of a time",
        ),
    ],
)
def test_the_newest_slot_is_the_last_one_due(
    schedule: str, zone: ZoneInfo, now: str, wall: str, instant: str
) -> None:
    slot = newest_slot(schedule, zone, now=utc(now))
    assert (slot.wall, slot.instant) == (wall, utc(instant))


@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK, SHANGHAI], ids=str)
@pytest.mark.parametrize("month", [3, 10, 11])
def test_changes_of_summer_time_give_neither_two_slots_a_day_nor_none(zone: ZoneInfo, month: int) -> None:
    days = 30 if month == 11 else 31
    moments = [
        datetime(2022, month, day, hour, minute, tzinfo=UTC)
        for day in range(2, days)
        for hour in range(0, 24, 3)
        for minute in (0, 45)
    ]
    slots = [newest_slot("30 2 * * *", zone, now=moment) for moment in moments]
    walls = list(dict.fromkeys(slot.wall for slot in slots))
    of_days = [date.fromisoformat(wall[:10]) for wall in walls]
    assert {later - earlier for earlier, later in pairwise(of_days)} == {timedelta(days=1)}
    assert len({slot.instant for slot in slots}) == len(walls)


def test_a_schedule_that_is_never_due_is_a_configuration_error() -> None:
    with pytest.raises(ConfigurationError, match="never due"):
        newest_slot("0 6 31 2 *", BERLIN, now=utc("2022-02-22T12:00"))


@pytest.mark.parametrize(
    ("when", "wall"),
    [
        pytest.param("2022-02-22T06:00", "2022-02-22T06:00", id="wall time"),
        pytest.param("2022-02-22", "2022-02-22T06:00", id="a day"),
        pytest.param("2022-02-22T06:00+01:00", "2022-02-22T06:00", id="with its own offset"),
        pytest.param("2022-02-22T05:00Z", "2022-02-22T06:00", id="in UTC"),
        pytest.param("2022-02-22T13:00+08:00", "2022-02-22T06:00", id="as seen in Shanghai"),
        pytest.param("2030-02-22", "2030-02-22T06:00", id="to come"),
    ],
)
def test_a_slot_is_called_by_wall_time_moment_or_day(when: str, wall: str) -> None:
    assert find_slot("0 6 * * *", BERLIN, when=when).wall == wall


@pytest.mark.parametrize(
    "when",
    [
        pytest.param("2022-02-22T06:01", id="a minute late"),
        pytest.param("2022-02-22T06:00:30", id="seconds"),
        pytest.param("2022-02-22T06:00Z", id="another offset"),
        pytest.param("2022-02-22 06:00", id="a space"),
        pytest.param("2022-02-30", id="no such day"),
        pytest.param("2022-02-22T25:00", id="no such hour"),
        pytest.param("20220222T0600", id="without dashes"),
        pytest.param("2022-W08-2", id="a week"),
        pytest.param("today", id="a word"),
        pytest.param("", id="empty"),
        pytest.param("0001-01-01", id="the first day"),
        pytest.param("0001-01-01T00:00+14:00", id="before the first day"),
        pytest.param("9999-12-31T23:59-12:00", id="after the last day"),
    ],
)
def test_any_other_moment_is_wrong_use(when: str) -> None:
    with pytest.raises(UsageError) as caught:
        find_slot("0 6 * * *", BERLIN, when=when)
    assert caught.value.exit_code == 2
    assert repr(when) in str(caught.value) or when in str(caught.value)


def test_a_moment_that_is_no_slot_is_answered_with_the_next_one() -> None:
    with pytest.raises(UsageError, match="the next one after it is 2022-02-28T06:00"):
        find_slot("0 6 * * mon", BERLIN, when="2022-02-22T06:00")


@pytest.mark.parametrize(
    ("schedule", "message"),
    [
        ("0 6,18 * * *", "has 2 slots; name one: 2022-02-22T06:00, 2022-02-22T18:00"),
        ("0 6 * * mon", "has 0 slots; the next one after it is 2022-02-28T06:00"),
        ("0 0 * * mon", "has 0 slots; the next one after it is 2022-02-28T00:00"),
    ],
)
def test_a_day_must_have_one_slot(schedule: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        find_slot(schedule, BERLIN, when="2022-02-22")


@pytest.mark.parametrize("hour", ["0 0", "59 23"])
def test_a_day_reaches_from_its_first_minute_to_its_last(hour: str) -> None:
    assert find_slot(f"{hour} * * *", BERLIN, when="2022-02-22").wall.startswith("2022-02-22")


@pytest.mark.parametrize(
    ("when", "instant"),
    [
        pytest.param("2022-03-27T02:30", "2022-03-27T01:00", id="skipped, by wall time"),
        pytest.param("2022-03-27T01:00Z", "2022-03-27T01:00", id="skipped, by its moment"),
        pytest.param("2022-10-30T02:30", "2022-10-30T00:30", id="repeated, by wall time"),
        pytest.param("2022-10-30T02:30+02:00", "2022-10-30T00:30", id="repeated, its first"),
    ],
)
def test_a_slot_at_a_change_of_summer_time_is_found(when: str, instant: str) -> None:
    assert find_slot("30 2 * * *", BERLIN, when=when).instant == utc(instant)


def test_the_second_of_a_repeated_time_is_no_slot() -> None:
    with pytest.raises(UsageError):
        find_slot("30 2 * * *", BERLIN, when="2022-10-30T02:30+01:00")


@pytest.mark.parametrize(
    ("moment", "hour", "zone", "expected"),
    [
        pytest.param("2022-02-21T22:00", "06:00", SHANGHAI, "2022-02-21T22:00", id="at the moment itself"),
        pytest.param("2022-02-21T22:00", "07:30", SHANGHAI, "2022-02-21T23:30", id="later that day"),
        pytest.param("2022-02-21T22:00", "05:59", SHANGHAI, "2022-02-22T21:59", id="only the next day"),
        pytest.param(
            "2022-02-21T22:00", "07:30", NEW_YORK, "2022-02-22T12:30", id="another zone, its next day"
        ),
        pytest.param(
            "2022-02-21T22:00", "07:30", ZoneInfo("Pacific/Kiritimati"), "2022-02-22T17:30", id="far ahead"
        ),
        pytest.param(
            "2022-03-26T22:00", "02:30", BERLIN, "2022-03-27T01:00", id="skipped: the end of the gap"
        ),
        pytest.param(
            "2022-03-27T01:00:01", "02:30", BERLIN, "2022-03-28T00:30", id="after the gap: the next day"
        ),
        pytest.param("2022-10-29T22:00", "02:30", BERLIN, "2022-10-30T00:30", id="repeated: the first"),
        pytest.param(
            "2022-10-30T00:31", "02:30", BERLIN, "2022-10-31T01:30", id="after the first: the next day"
        ),
        pytest.param("2022-03-12T23:00", "07:30", NEW_YORK, "2022-03-13T11:30", id="a night one hour short"),
        pytest.param("2022-11-05T23:00", "07:30", NEW_YORK, "2022-11-06T12:30", id="a night one hour long"),
    ],
)
def test_a_readers_hour_is_the_first_at_or_after_the_slot(
    moment: str, hour: str, zone: ZoneInfo, expected: str
) -> None:
    assert at_or_after(utc(moment), hour, zone) == utc(expected)


@given(
    st.datetimes(*_YEARS).map(lambda moment: moment.replace(tzinfo=UTC)),
    st.times(),
    st.sampled_from(
        [BERLIN, NEW_YORK, SHANGHAI, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Africa/Casablanca")]
    ),
)
def test_a_readers_hour_is_never_before_the_slot_nor_more_than_a_day_and_a_change_after(
    moment: datetime, hour: object, zone: ZoneInfo
) -> None:
    found = at_or_after(moment, f"{hour:%H:%M}", zone)
    assert 0 <= (found - moment).total_seconds() <= 25 * 3600
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("wall", "zone", "instant"),
    [
        ("2022-06-01T12:00", BERLIN, "2022-06-01T10:00"),
        ("2022-03-27T01:59", BERLIN, "2022-03-27T00:59"),
        ("2022-03-27T02:00", BERLIN, "2022-03-27T01:00"),
        ("2022-03-27T02:59", BERLIN, "2022-03-27T01:00"),
        ("2022-03-27T03:00", BERLIN, "2022-03-27T01:00"),
        ("2022-10-30T02:00", BERLIN, "2022-10-30T00:00"),
        ("2022-10-30T03:00", BERLIN, "2022-10-30T02:00"),
        ("2022-10-02T02:15", ZoneInfo("Australia/Lord_Howe"), "2022-10-01T15:30"),
    ],
)
def test_a_wall_time_has_one_instant(wall: str, zone: ZoneInfo, instant: str) -> None:
    assert localise(datetime.fromisoformat(wall), zone) == utc(instant)
