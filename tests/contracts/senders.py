"""What a sender does to a ledger, said shortly."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from pipeline.store.deliveries import Outcome
from tests.contracts.ledgers import Ledger
from tests.contracts.people import NOW
from tests.contracts.planning import LEASE

NOTHING = timedelta()


def plan_for(ledger: Ledger, number: int) -> tuple[int, ...]:
    """Plan for so many readers and return their ids."""
    ids = tuple(ledger.join() for _ in range(number))
    ledger.plan()
    return ids


def claimed(
    ledger: Ledger,
    *,
    owner: str = "me",
    limit: int = 10,
    later: timedelta = NOTHING,
    ignore_hours: bool = True,
) -> frozenset[int]:
    now = NOW + later
    return ledger.claim(owner=owner, lease_until=now + LEASE, now=now, limit=limit, ignore_hours=ignore_hours)


def started(
    ledger: Ledger, ids: Collection[int], *, owner: str = "me", later: timedelta = NOTHING
) -> frozenset[int]:
    now = NOW + later
    return ledger.start(ids, owner=owner, lease_until=now + LEASE, now=now)


def ended(ledger: Ledger, *outcomes: Outcome, owner: str = "me", later: timedelta = NOTHING) -> int:
    return ledger.finish(outcomes, owner=owner, now=NOW + later)


def one_started(ledger: Ledger) -> int:
    """Plan for one reader, start the row and return the id."""
    [reader] = plan_for(ledger, 1)
    claimed(ledger)
    assert started(ledger, [reader]) == {reader}
    return reader
