"""Slots to come and slots in a span: over changes of summer time each wall slot once, at the instant the contract names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pipeline.errors import ConfigurationError
from pipeline.model import Slot
from pipeline.schedule import newest_slot, next_slot, slots_between

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def named(slots: tuple[Slot, ...]) -> list[str]:
    return [f"{slot.wall} {slot.instant:%dT%H:%M}" for slot in slots]


CHANGES = [
    # schedule, zone, since, until, wall time and instant of each slot
    pytest.param(
        "30 2 * * *", BERLIN, "2026-03-28T00:00", "2026-03-30T12:00",
        ["2026-03-28T02:30 28T01:30", "2026-03-29T02:30 29T01:00", "2026-03-30T02:30 30T00:30"],
        id="Berlin, skipped: the gap's end",
    ),
    pytest.param(
        "30 2 * * *", BERLIN, "2026-10-24T12:00", "2026-10-26T12:00",
        ["2026-10-25T02:30 25T00:30", "2026-10-26T02:30 26T01:30"],
        id="Berlin, repeated: the first",
    ),
    pytest.param(
        "0 * * * *", BERLIN, "2026-03-29T00:00", "2026-03-29T02:00",
        ["2026-03-29T01:00 29T00:00", "2026-03-29T02:00 29T01:00", "2026-03-29T03:00 29T01:00", "2026-03-29T04:00 29T02:00"],
        id="Berlin, hourly: two share the gap's end",
    ),
    pytest.param(
        "0 * * * *", BERLIN, "2026-10-24T23:00", "2026-10-25T02:00",
        ["2026-10-25T01:00 24T23:00", "2026-10-25T02:00 25T00:00", "2026-10-25T03:00 25T02:00"],
        id="Berlin, hourly: none in the second of two hours",
    ),
    pytest.param(
        "30 2 * * *", NEW_YORK, "2026-03-07T12:00", "2026-03-09T12:00",
        ["2026-03-08T02:30 08T07:00", "2026-03-09T02:30 09T06:30"],
        id="New York, skipped",
    ),
    pytest.param(
        "30 1 * * *", NEW_YORK, "2026-10-31T12:00", "2026-11-02T12:00",
        ["2026-11-01T01:30 01T05:30", "2026-11-02T01:30 02T06:30"],
        id="New York, repeated",
    ),
    pytest.param(
        "0 6 * * mon", BERLIN, "2026-03-23T00:00", "2026-03-31T00:00",
        ["2026-03-23T06:00 23T05:00", "2026-03-30T06:00 30T04:00"],
        id="Berlin, weekly over a change",
    ),
    pytest.param(
        "30 2 * * *", SHANGHAI, "2026-03-28T00:00", "2026-03-30T00:00",
        ["2026-03-29T02:30 28T18:30", "2026-03-30T02:30 29T18:30"],
        id="Shanghai, which has no summer time",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("schedule", "zone", "since", "until", "expected"), CHANGES)
def test_a_span_holds_each_of_its_slots_once_in_order(
    schedule: str, zone: ZoneInfo, since: str, until: str, expected: list[str]
) -> None:
    assert named(slots_between(schedule, zone, since=utc(since), until=utc(until), most=99)) == expected


@pytest.mark.parametrize(("schedule", "zone", "since", "until", "expected"), CHANGES)
def test_going_from_slot_to_slot_leaves_no_instant_out(
    schedule: str, zone: ZoneInfo, since: str, until: str, expected: list[str]
) -> None:
    moment, instants = utc(since) - timedelta(seconds=1), []
    while (moment := next_slot(schedule, zone, after=moment).instant) <= utc(until):
        instants.append(f"{moment:%dT%H:%M}")
    assert instants == list(dict.fromkeys(name.split()[1] for name in expected))


@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK, SHANGHAI], ids=str)
@pytest.mark.parametrize("schedule", ["30 2 * * *", "0 * * * *", "0 6 * * mon", "*/20 1-3 * * *"])
def test_from_any_minute_the_next_slot_is_the_first_that_becomes_the_newest(
    zone: ZoneInfo, schedule: str
) -> None:
    for start in ("2026-03-07T20:00", "2026-03-28T20:00", "2026-10-24T20:00", "2026-10-31T20:00"):
        for minutes in range(0, 24 * 60, 37):
            now = utc(start) + timedelta(minutes=minutes)
            following = next_slot(schedule, zone, after=now)
            assert following.instant > now
            just_before = following.instant - timedelta(seconds=1)
            assert newest_slot(schedule, zone, now=just_before) == newest_slot(schedule, zone, now=now)
            assert newest_slot(schedule, zone, now=following.instant).instant == following.instant


def test_of_many_slots_the_newest_are_returned_oldest_first() -> None:
    slots = slots_between("* * * * *", SHANGHAI, since=utc("2020-01-01"), until=utc("2022-02-22"), most=3)
    assert [slot.wall[-5:] for slot in slots] == ["07:58", "07:59", "08:00"]


def test_a_span_without_slots_is_empty() -> None:
    assert slots_between("0 6 * * *", BERLIN, since=utc("2022-02-22T06:00"), until=utc("2022-02-23T04:59"), most=9) == ()  # fmt: skip


def test_a_schedule_that_never_comes_is_a_configuration_error() -> None:
    with pytest.raises(ConfigurationError, match="not due in the next four years"):
        next_slot("0 6 31 2 *", BERLIN, after=utc("2022-02-22"))
