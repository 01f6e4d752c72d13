"""Which slots are made, which are missed: with a clock that goes on, stands still, or sleeps over a change of time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pipeline.jobs.due import MOST_SLOTS, Due, Past, due_slots
from pipeline.model import Slot

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
HALF_A_DAY = timedelta(hours=12)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due(now: str, *, past: Past, schedule: str = "0 6 * * *") -> Due:
    return due_slots(schedule, SHANGHAI, past, now=utc(now), not_after=HALF_A_DAY)


def walls(slots: tuple[Slot, ...]) -> list[str]:
    return [slot.wall for slot in slots]


YESTERDAY = Past(last=utc("2022-02-20T22:00"), walls=["2022-02-21T06:00"])


@pytest.mark.parametrize(
    ("now", "made", "missed"),
    [
        pytest.param("2022-02-21T21:59", [], [], id="a minute early"),
        pytest.param("2022-02-21T22:00", ["22"], [], id="now"),
        pytest.param("2022-02-22T10:00", ["22"], [], id="as late as may be"),
        pytest.param("2022-02-22T10:01", [], ["22"], id="too late"),
        pytest.param("2022-02-24T22:30", ["25"], ["22", "23", "24"], id="days later"),
    ],
)
def test_the_newest_slot_is_made_up_for_in_time_and_older_ones_are_missed(
    now: str, made: list[str], missed: list[str]
) -> None:
    found = due(now, past=YESTERDAY)
    assert walls(found.make) == [f"2022-02-{day}T06:00" for day in made]
    assert walls(found.missed) == [f"2022-02-{day}T06:00" for day in missed]
    assert bool(found) == bool(made or missed)


def test_after_a_long_silence_a_month_of_slots_is_missed_and_no_more() -> None:
    found = due("2023-06-01T22:00", past=YESTERDAY)
    assert len(found.make) + len(found.missed) == MOST_SLOTS


@pytest.mark.parametrize(
    ("now", "made"),
    [
        pytest.param("2022-02-21T22:59", ["2022-02-22T06:00"], id="within the hour"),
        pytest.param("2022-02-21T23:01", [], id="later"),
    ],
)
def test_a_new_newsletter_makes_up_for_the_last_hour_and_misses_nothing(now: str, made: list[str]) -> None:
    found = due(now, past=Past(last=None))
    assert walls(found.make) == made
    assert found.missed == ()


def test_a_new_newsletter_of_many_slots_makes_the_newest_alone() -> None:
    found = due("2022-02-21T22:30", past=Past(last=None), schedule="*/10 * * * *")
    assert (walls(found.make), found.missed) == (["2022-02-22T06:30"], ())


def lived(
    schedule: str, zone: ZoneInfo, *, start: datetime, end: datetime
) -> tuple[list[tuple[str, timedelta]], list[str]]:
    """Look every ten minutes; return what was made, how late, and what was missed."""
    made: list[tuple[str, timedelta]] = []
    missed: list[str] = []
    last, known = start, {"before"}
    now = start
    while (now := now + timedelta(minutes=10)) < end:
        found = due_slots(schedule, zone, Past(last=last, walls=known), now=now, not_after=HALF_A_DAY)
        for slot in (*found.missed, *found.make):
            last = max(last, slot.instant)
            known.add(slot.wall)
        made += [(slot.wall, now - slot.instant) for slot in found.make]
        missed += walls(found.missed)
    return made, missed


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        pytest.param(BERLIN, "2026-03-29", id="Berlin, spring"),
        pytest.param(BERLIN, "2026-10-25", id="Berlin, autumn"),
        pytest.param(NEW_YORK, "2026-03-08", id="New York, spring"),
        pytest.param(NEW_YORK, "2026-11-01", id="New York, autumn"),
        pytest.param(SHANGHAI, "2026-03-29", id="Shanghai"),
    ],
)
@pytest.mark.parametrize(("schedule", "a_day"), [("30 2 * * *", 1), ("0 * * * *", 24), ("30 1 * * *", 1)])
def test_over_a_change_of_time_each_wall_slot_is_made_once_and_at_its_time(
    zone: ZoneInfo, day: str, schedule: str, a_day: int
) -> None:
    middle = datetime.fromisoformat(day).replace(tzinfo=zone)
    start, end = middle - timedelta(hours=11, minutes=55), middle + timedelta(hours=40)
    made, missed = lived(schedule, zone, start=start.astimezone(UTC), end=end.astimezone(UTC))
    of_the_day = [wall for wall, _ in made if date.fromisoformat(wall[:10]) == middle.date()]
    assert len(of_the_day) == len(set(of_the_day)) == a_day
    assert len({wall for wall, _ in made}) == len(made)
    assert missed == []
    assert all(late < timedelta(minutes=10) for _, late in made)
