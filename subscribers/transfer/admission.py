"""Decide what becomes of each applicant: the rules of an import, apart from what writes them down."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from subscribers import life
from subscribers.life import Event, Status


class Verdict(Enum):
    """What becomes of an applicant."""

    TAKEN = "taken"
    TAKEN_BEFORE = "taken before"
    """By a run of the same import that was stopped."""
    LEFT_ELSEWHERE = "left elsewhere"
    LEFT_ALONE = "left alone"


@dataclass(frozen=True, kw_only=True)
class Known:
    """Where one person stands, and with the newsletter applied for."""

    id: int
    status: Status
    is_subscribed: bool
    consent_id: int | None
    is_dropped: bool


def judge(*, has_left: bool, known: Known | None, is_suppressed: bool, resumed: int | None) -> Verdict:
    """Decide on one applicant, who may have left elsewhere and may be known here.

    ``resumed`` is the consent record of an import that was stopped and goes on.
    """
    if has_left:
        return Verdict.LEFT_ELSEWHERE
    if known and known.is_subscribed:
        if resumed is not None and known.consent_id == resumed:
            return Verdict.TAKEN_BEFORE
        if known.consent_id is not None or known.is_dropped:
            return Verdict.LEFT_ALONE
    standing = life.standing(known.status if known else None, is_suppressed=is_suppressed)
    return Verdict.LEFT_ALONE if life.after(standing, Event.VOUCH) is None else Verdict.TAKEN
