"""The ledger's rules: which state may follow which, what happens to a row, what they sum to, when to try again. Pure.

``store.deliveries`` says the same in SQL, a whole issue at a time; one suite holds both to it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
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


def may_follow(before: State, after: State) -> bool:
    """Say whether a delivery in ``before`` may move to ``after``."""
    return after in MOVES[before]


def sources_of(after: State) -> tuple[State, ...]:
    """Return the states from which a delivery may move to ``after``."""
    return tuple(before for before in State if may_follow(before, after))


@dataclass(frozen=True, kw_only=True)
class Row:
    """One delivery, as far as the rules look at it."""

    due_at: datetime
    not_after: datetime
    state: State = State.PLANNED
    owner: str | None = None
    """Who works on it: set while claimed or started, and only then."""
    lease_until: datetime | None = None
    """Until when nobody else may take it; comes and goes with the owner."""
    next_try: datetime | None = None
    attempts: int = 0
    code: int | None = None
    """The relay's last reply."""


def claimed(row: Row, *, owner: str, lease_until: datetime, now: datetime, ignore_hours: bool) -> Row | None:
    """Return a row in its new owner's hands, or None when it does not wait, is not due or is too late."""
    if row.not_after <= now or not _is_due(row, now=now, ignore_hours=ignore_hours):
        return None
    return replace(row, state=State.CLAIMED, owner=owner, lease_until=lease_until)


def started(
    row: Row, *, owner: str, lease_until: datetime, now: datetime, is_sending: bool, is_reader: bool
) -> Row | None:
    """Return a row that may leave now, in ``DATA_STARTED``, or one closed at the fence; None when it is left as it is.

    Its lease begins anew, so that waiting long for the reply makes nobody else take the row.
    """
    if row.state is not State.CLAIMED or row.owner != owner or _is_over(row, now=now):
        return None
    if not is_reader:
        return _settled(row, State.SUPPRESSED)
    if row.not_after <= now:
        return _settled(row, State.EXPIRED)
    if not is_sending:
        return None
    return replace(row, state=State.DATA_STARTED, lease_until=lease_until)


def finished(
    row: Row,
    state: State,
    *,
    owner: str,
    code: int | None = None,
    next_try: datetime | None = None,
    is_try: bool = True,
) -> Row | None:
    """Return a row as its owner's try ended, or None when it is no longer the owner's or may not move there."""
    if row.owner != owner or not may_follow(row.state, state):
        return None
    attempts = row.attempts + int(is_try)
    return replace(_settled(row, state), code=code, next_try=next_try, attempts=attempts)


def given_back(row: Row, *, owner: str) -> Row | None:
    """Return a row that its owner claimed and will not start, or None for any other."""
    if row.state is not State.CLAIMED or row.owner != owner:
        return None
    return _settled(row, State.PLANNED)


def recovered(
    row: Row, *, repeatable: bool, now: datetime, dead: Collection[str] = (), living: Collection[str] = ()
) -> Row | None:
    """Return a row taken from an owner who is dead or whose lease is over; None for one that nobody holds or may take.

    Before the dot it cannot have arrived; after it nobody knows, unless the transport is ``repeatable``. What one
    of the ``living`` has on the wire is waited for.
    """
    if row.owner is None or not (_is_over(row, now=now) or row.owner in dead):
        return None
    if row.state is State.CLAIMED:
        return _settled(row, State.PLANNED)
    if row.owner in living:
        return None
    return _settled(row, State.DEFERRED if repeatable else State.UNCERTAIN)


def resolved(row: Row, state: State) -> Row | None:
    """Return an uncertain row where a person says it belongs, free to be tried at once, or None for any other."""
    if row.state is not State.UNCERTAIN or not may_follow(row.state, state):
        return None
    return replace(row, state=state, next_try=None)


def swept(row: Row, *, now: datetime, ignore_hours: bool, is_reader: bool) -> Row | None:
    """Return a row closed because it is too late or its reader left, or None when it may still go or is not due."""
    if not _is_due(row, now=now, ignore_hours=ignore_hours):
        return None
    if row.not_after <= now:
        return _settled(row, State.EXPIRED)
    return None if is_reader else _settled(row, State.SUPPRESSED)


def _is_due(row: Row, *, now: datetime, ignore_hours: bool) -> bool:
    is_free = row.next_try is None or row.next_try <= now
    return may_follow(row.state, State.CLAIMED) and is_free and (ignore_hours or row.due_at <= now)


def _is_over(row: Row, *, now: datetime) -> bool:
    return row.lease_until is not None and row.lease_until <= now


def _settled(row: Row, state: State) -> Row:
    return replace(row, state=state, owner=None, lease_until=None)


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
