"""When a reader's address has bounced too often to be written to again, with the reasons in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from subscribers.bounces.kind import Kind

HARD_POINTS = 1.0
SOFT_POINTS = 0.5
OFF_POINTS = 5.0
QUIET = timedelta(days=7)
"""So long without a bounce, and those before are forgiven; longer for whom we seldom write to."""
_POINTS = {Kind.HARD: HARD_POINTS, Kind.SOFT: SOFT_POINTS}


@dataclass(frozen=True, kw_only=True)
class Bounce:
    """What a verified mail said of a delivery to the reader."""

    at: datetime
    kind: Kind
    is_sure: bool
    """The host says by code and words that there is no such user."""
    delivery: str
    """Which delivery, by its name; several mails on one count once, the worst."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a reader stands by their bounces."""

    points: float
    is_off: bool
    """Nothing may be sent there any more."""
    why: str


def quiet_for(period: timedelta) -> timedelta:
    """Return how long no bounce must come from one who is written to once a ``period``: two mails must have arrived."""
    return max(QUIET, 2 * period)


def judge(bounces: Sequence[Bounce], *, now: datetime, quiet: timedelta = QUIET) -> Standing:
    """Judge a reader by their bounces, given in any order.

    Only hard and soft ones count: what is our fault, or no bounce at all, says nothing against the reader. A bounce is
    forgiven when ``quiet`` has passed between it and the next, or since the last. One that surely says that there
    is no such user is enough by itself.
    """
    counting = (each for each in bounces if each.kind in _POINTS and each.at <= now)
    recent = _unforgiven(counting, now, quiet=quiet)
    worst = _worst_of_each_delivery(recent)
    points = sum(_POINTS[each.kind] for each in worst)
    sure = next((each for each in recent if each.kind is Kind.HARD and each.is_sure), None)
    if sure is not None:
        return Standing(points=points, is_off=True, why=f"no such user, said so on {_day(sure.at)}")
    return Standing(points=points, is_off=points >= OFF_POINTS, why=_in_words(points, worst))


def _unforgiven(bounces: Iterable[Bounce], now: datetime, *, quiet: timedelta) -> list[Bounce]:
    """Return the bounces since the last quiet time, the latest first."""
    kept: list[Bounce] = []
    after = now
    for each in sorted(bounces, key=lambda bounce: bounce.at, reverse=True):
        if after - each.at >= quiet:
            break
        kept.append(each)
        after = each.at
    return kept


def _worst_of_each_delivery(bounces: Iterable[Bounce]) -> list[Bounce]:
    worst: dict[str, Bounce] = {}
    for each in bounces:
        known = worst.get(each.delivery)
        if known is None or _POINTS[each.kind] > _POINTS[known.kind]:
            worst[each.delivery] = each
    return list(worst.values())


def _in_words(points: float, bounces: Sequence[Bounce]) -> str:
    if not bounces:
        return "no bounce that counts"
    counts = Counter(each.kind for each in bounces)
    told = ", ".join(f"{counts[kind]} {kind}" for kind in _POINTS if counts[kind])
    unit = "point" if points == 1 else "points"
    return f"{points:g} {unit}: {told} since {_day(min(each.at for each in bounces))}"


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B}"
