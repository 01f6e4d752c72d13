"""Which of a newsletter's slots are to be made now, and which have passed for good. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pipeline.model import Slot
from pipeline.schedule import slots_between

FIRST_SLOT_AGE = timedelta(hours=1)
"""A newsletter that has no issue yet begins with a slot of this last while, else with the next one."""
MOST_SLOTS = 31
"""How many passed slots are looked at: a month of a daily."""


@dataclass(frozen=True, kw_only=True)
class Past:
    """What a newsletter has behind it: its last slot that has an issue, and the wall times from there on that have."""

    last: datetime | None
    walls: Collection[str] = ()


@dataclass(frozen=True, kw_only=True)
class Due:
    """Slots without an issue, oldest first."""

    make: tuple[Slot, ...] = ()
    """The newest; several where clocks went forward, for then they share their instant."""
    missed: tuple[Slot, ...] = ()

    def __bool__(self) -> bool:
        """Say whether there is anything to do."""
        return bool(self.make or self.missed)


def due_slots(schedule: str, zone: ZoneInfo, past: Past, *, now: datetime, not_after: timedelta) -> Due:
    """Return what is to be made of the slots up to ``now``: the newest, unless older than ``not_after``; others are missed."""
    since = now - FIRST_SLOT_AGE if past.last is None else past.last
    slots = slots_between(schedule, zone, since=since, until=now, most=MOST_SLOTS)
    if not slots:
        return Due()
    newest = slots[-1].instant
    is_in_time = now - newest <= not_after
    open_slots = [slot for slot in slots if slot.wall not in past.walls]
    make = tuple(slot for slot in open_slots if is_in_time and slot.instant == newest)
    missed = tuple(slot for slot in open_slots if slot not in make)
    return Due(make=make, missed=() if past.last is None else missed)
