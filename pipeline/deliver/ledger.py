"""The ledger's rules: which state may follow which, what they sum to, when to try again. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.model import DeliveryState as State

MOVES: Mapping[State, frozenset[State]] = {
    State.PLANNED: frozenset({State.CLAIMED, State.SUPPRESSED, State.EXPIRED}),
    State.DEFERRED: frozenset({State.CLAIMED, State.SUPPRESSED, State.EXPIRED}),
    State.CLAIMED: frozenset(
        {State.PLANNED, State.DEFERRED, State.REJECTED, State.SUPPRESSED, State.EXPIRED, State.DATA_STARTED}
    ),
    State.DATA_STARTED: frozenset({State.ACCEPTED, State.DEFERRED, State.REJECTED, State.UNCERTAIN}),
    State.UNCERTAIN: frozenset({State.ACCEPTED, State.PLANNED}),  # a person's word alone moves these
    State.ACCEPTED: frozenset(),
    State.REJECTED: frozenset(),
    State.SUPPRESSED: frozenset(),
    State.EXPIRED: frozenset(),
}

UNFINISHED = frozenset({State.PLANNED, State.DEFERRED, State.CLAIMED, State.DATA_STARTED})
"""While one row is here, its issue is not sent."""


def may_follow(before: State, after: State) -> bool:
    """Say whether a delivery in ``before`` may move to ``after``."""
    return after in MOVES[before]


def sources_of(after: State) -> tuple[State, ...]:
    """Return the states from which a delivery may move to ``after``."""
    return tuple(before for before in State if may_follow(before, after))


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many deliveries of an issue stand where; ``planned`` includes those being worked on."""

    planned: int = 0
    accepted: int = 0
    deferred: int = 0
    rejected: int = 0
    uncertain: int = 0
    suppressed: int = 0
    expired: int = 0

    @property
    def total(self) -> int:
        """Return the sum of all states."""
        return sum(self.by_state().values())

    @property
    def is_final(self) -> bool:
        """Say whether nothing is left to try."""
        return self.planned == 0 and self.deferred == 0

    def by_state(self) -> dict[str, int]:
        """Return the counts by the names shown to people, in their order."""
        return {name: getattr(self, name) for name in Tally.__dataclass_fields__}


def tally(counts: Mapping[str, int]) -> Tally:
    """Sum up counts by state as they are shown."""
    shown = {name: counts.get(name, 0) for name in Tally.__dataclass_fields__}
    shown["planned"] += counts.get(State.CLAIMED, 0) + counts.get(State.DATA_STARTED, 0)
    return Tally(**shown)


def next_try(attempts: int, *, pauses: Sequence[timedelta], now: datetime, not_after: datetime) -> datetime:
    """Return when to try again after ``attempts`` tries (1 or more); the last pause repeats, never past the end."""
    pause = pauses[min(attempts, len(pauses)) - 1]
    return min(now + pause, not_after)
