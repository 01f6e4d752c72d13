"""When issues are due: cron on a wall clock, slots, and each reader's hour. Pure; every ``now`` is passed in.

Slots are found on the wall clock, where days have no gaps, and only then put into the zone. So a change to or
from summer time gives neither two issues nor none: a time that comes twice means its first, one that is
skipped means the first instant after the gap.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import TypeVar
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from pipeline.errors import ConfigurationError, UsageError
from pipeline.model import Slot

_Day = TypeVar("_Day", bound=date)
_LOOK_BACK = tuple(timedelta(hours=hours) for hours in (0, 6, 24, 8 * 24, 32 * 24, 400 * 24, 1500 * 24))
_LONGEST_GAP = timedelta(hours=3)
_WALL = "%Y-%m-%dT%H:%M"
_DAY = r"(?:mon|tue|wed|thu|fri|sat|sun)"
_WEEKDAYS = re.compile(rf"\*|{_DAY}(?:-{_DAY})?(?:,{_DAY}(?:-{_DAY})?)*", re.IGNORECASE)
_WHEN = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?:Z|[+-]\d{2}:?\d{2})?", re.ASCII)
_YEARS = range(1970, 9000)


def parse_cron(schedule: str) -> CronTrigger:
    """Return the trigger of five cron fields; weekdays go by name, for a digit means different days to different programs.

    Raises ``ConfigurationError``.
    """
    fields = schedule.split()
    if len(fields) != 5:
        raise ConfigurationError(
            f"schedule {schedule!r} has {len(fields)} fields; cron takes five, such as '0 6 * * *'"
        )
    minute, hour, day, month, weekday = fields
    if re.search(r"\d", weekday):
        raise ConfigurationError(
            f"schedule {schedule!r} names weekdays by digit; write mon, tue, wed, thu, fri, sat or sun"
        )
    if not _WEEKDAYS.fullmatch(weekday):
        raise ConfigurationError(
            f"schedule {schedule!r}: {weekday!r} names no weekdays; write such as mon, mon-fri or *"
        )
    try:
        return CronTrigger(
            minute=minute,
            hour=hour,
            day=day,
            month=month,
            day_of_week=weekday.lower(),
            second=0,
            timezone=UTC,
        )
    except ValueError as error:
        raise ConfigurationError(f"schedule {schedule!r} is no cron time: {error}") from error


def newest_slot(schedule: str, zone: ZoneInfo, *, now: datetime) -> Slot:
    """Return the newest slot at or before ``now``. Raises ``ConfigurationError`` when there is none in four years."""
    newest = slots_between(schedule, zone, since=now - _LOOK_BACK[-1], until=now, most=1)
    if not newest:
        raise ConfigurationError(
            f"schedule {schedule!r} was never due in the last four years; see its day and month"
        )
    return newest[0]


def slots_between(
    schedule: str, zone: ZoneInfo, *, since: datetime, until: datetime, most: int
) -> tuple[Slot, ...]:
    """Return the newest ``most`` slots from ``since`` to ``until``, both included, oldest first.

    Several share an instant where clocks go forward: all that were skipped, and the one at the gap's end.
    """
    trigger = parse_cron(schedule)
    # where clocks go back, a later wall time is past
    wall = until.astimezone(zone).replace(tzinfo=None) + _LONGEST_GAP
    found: list[Slot] = []
    for newer, older in pairwise(_LOOK_BACK):
        slots = (_slot(moment, zone) for moment in _moments(trigger, wall - older, wall - newer))
        found[:0] = [slot for slot in slots if since <= slot.instant <= until]
        if len(found) >= most or until - older + 2 * _LONGEST_GAP < since:
            break
    return tuple(found[-most:])


def next_slot(schedule: str, zone: ZoneInfo, *, after: datetime) -> Slot:
    """Return the first slot later than ``after``. Raises ``ConfigurationError`` when there is none in four years."""
    wall = after.astimezone(zone).replace(tzinfo=None)
    moments = _moments(parse_cron(schedule), wall, wall + _LOOK_BACK[-1])
    # where clocks go back, times that come a second time are no slots
    following = next((slot for moment in moments if (slot := _slot(moment, zone)).instant > after), None)
    if following is None:
        raise ConfigurationError(
            f"schedule {schedule!r} is not due in the next four years; see its day and month"
        )
    return following


def find_slot(schedule: str, zone: ZoneInfo, *, when: str) -> Slot:
    """Return the slot that ``when`` names: local wall time, the same with an offset, or a day with one slot.

    Raises ``UsageError`` for any other moment.
    """
    trigger = parse_cron(schedule)
    wall, instant = _parse_when(when, zone)
    if isinstance(wall, datetime):
        near = [_slot(moment, zone) for moment in _moments(trigger, wall - _LONGEST_GAP, wall)]
        meant = [
            slot
            for slot in near
            if instant == slot.instant or (instant is None and slot.wall == wall.strftime(_WALL))
        ]
        if meant:
            return meant[-1]
        raise UsageError(f"{when} is no slot of schedule {schedule!r} in {zone.key}; {_near(trigger, wall)}")
    start = datetime.combine(wall, time())
    of_day = list(_moments(trigger, start - timedelta(minutes=1), start + timedelta(hours=24, minutes=-1)))
    if len(of_day) == 1:
        return _slot(of_day[0], zone)
    many = ", ".join(moment.strftime(_WALL) for moment in of_day[:3])
    raise UsageError(
        f"{when} has {len(of_day)} slots; " + (f"name one: {many}" if of_day else _near(trigger, start))
    )


def at_or_after(moment: datetime, hour: str, zone: ZoneInfo) -> datetime:
    """Return the first instant at or after ``moment`` when clocks in ``zone`` show ``hour`` (``HH:MM``)."""
    clock = time.fromisoformat(hour)
    today = moment.astimezone(zone).date()
    days = (today + timedelta(days=offset) for offset in (-1, 0, 1, 2))
    instants = (localise(datetime.combine(day, clock), zone) for day in days)
    return next(instant for instant in instants if instant >= moment)


def localise(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the UTC instant of a wall time: the first of two, or the first after a gap."""
    instant = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall:
        return instant
    before = instant - timedelta(days=1)
    low, high = int(before.timestamp()), int(instant.timestamp()) + 86400
    offset = before.astimezone(zone).utcoffset()
    while high - low > 1:  # the second at which the clock jumped
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)


def _slot(wall: datetime, zone: ZoneInfo) -> Slot:
    return Slot(wall=wall.strftime(_WALL), instant=localise(wall, zone))


def _moments(trigger: CronTrigger, after: datetime, until: datetime) -> Iterator[datetime]:
    """Yield the wall times of a trigger in (after, until], in order."""
    moment: datetime | None = None
    start = after.replace(tzinfo=UTC, second=0, microsecond=0) + timedelta(minutes=1)
    while True:
        moment = trigger.get_next_fire_time(moment, start)
        if moment is None or moment.replace(tzinfo=None) > until:
            return
        yield moment.replace(tzinfo=None)
        start = moment + timedelta(minutes=1)


def _parse_when(when: str, zone: ZoneInfo) -> tuple[datetime | date, datetime | None]:
    """Return the wall time (or the day) meant, and the instant when an offset gave one."""
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", when, re.ASCII):
            day = date.fromisoformat(when)
            return _within_years(day), None
        if not _WHEN.fullmatch(when):
            raise ValueError(when)
        moment = _within_years(datetime.fromisoformat(when))
    except ValueError as error:
        raise UsageError(
            f"{when!r} is no slot; write YYYY-MM-DDTHH:MM, the same with an offset, or YYYY-MM-DD"
        ) from error
    if moment.tzinfo is None:
        return moment, None
    return moment.astimezone(zone).replace(tzinfo=None), moment.astimezone(UTC)


def _within_years(day: _Day) -> _Day:
    if day.year not in _YEARS:
        raise ValueError(day)
    return day


def _near(trigger: CronTrigger, wall: datetime) -> str:
    following = next(_moments(trigger, wall, wall + _LOOK_BACK[-1]), None)
    return f"the next one after it is {following.strftime(_WALL)}" if following else "none follows it"
