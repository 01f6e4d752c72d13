"""An issue's deliveries by where they go and by what was said of them; never by whom they are for."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from pipeline.deliver.ledger import Tally, tally
from pipeline.model import DeliveryState as State
from pipeline.store.schema import deliveries
from subscribers.schema import subscribers
from subscribers.stats import domain

LARGEST = 10
ERASED, OTHERS = "erased", "others"
"""What stands in a domain's place: whose address is gone, and all that are not among the largest."""
_ALIKE = 40
"""Reasons are alike that begin with so many characters: the code and the words; a relay's own number of the mail follows."""
SETTLED = (State.DEFERRED, State.REJECTED, State.UNCERTAIN, State.SUPPRESSED, State.EXPIRED)
"""The states that a reason tells something about."""


@dataclass(frozen=True, kw_only=True)
class Domain:
    """How the deliveries to one receiving domain stand."""

    name: str
    tally: Tally


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why deliveries stand where they stand, in the words said of one of them."""

    state: State
    code: int | None
    words: str
    number: int


def by_domain(connection: sa.Connection, issue_id: int, *, total: Tally) -> tuple[Domain, ...]:
    """Return the ``LARGEST`` receiving domains of an issue, the largest first, then all others together.

    ``total`` is the issue's own, read in the same transaction.
    """
    name = sa.func.coalesce(domain(connection), ERASED).label("domain")
    states = [sa.func.count().filter(deliveries.c.state == state).label(state) for state in State]
    rows = (
        sa.select(name, *states)
        .select_from(deliveries.outerjoin(subscribers, subscribers.c.id == deliveries.c.subscriber_id))
        .where(deliveries.c.issue_id == issue_id)
        .group_by(name)
        .order_by(sa.func.count().desc(), name)
        .limit(LARGEST)
    )
    largest = tuple(
        Domain(name=row["domain"], tally=tally({state: row[state] for state in State}))
        for row in connection.execute(rows).mappings()
    )
    others = _rest(total, largest)
    return (*largest, Domain(name=OTHERS, tally=others)) if others.total else largest


def _rest(total: Tally, largest: tuple[Domain, ...]) -> Tally:
    """Return what of the total is at none of the largest."""
    counts = total.by_state()
    for each in largest:
        for state, number in each.tally.by_state().items():
            counts[state] -= number
    return tally(counts)


def frequent_reasons(
    connection: sa.Connection, issue_id: int, *, states: tuple[State, ...] = SETTLED, limit: int = LARGEST
) -> tuple[Reason, ...]:
    """Return the most frequent reasons among deliveries in ``states``, the most frequent first.

    What a relay said comes before our own words, which mostly follow from it.
    """
    alike = sa.func.substr(deliveries.c.reason, 1, _ALIKE)
    number = sa.func.count()
    rows = (
        sa.select(deliveries.c.state, deliveries.c.code, sa.func.min(deliveries.c.reason), number)
        .where(
            deliveries.c.issue_id == issue_id,
            deliveries.c.state.in_(states),
            deliveries.c.reason.is_not(None),
        )
        .group_by(deliveries.c.state, deliveries.c.code, alike)
        .order_by(deliveries.c.code.is_(None), number.desc(), deliveries.c.state, deliveries.c.code, alike)
        .limit(limit)
    )
    return tuple(
        Reason(state=State(state), code=code, words=words, number=count)
        for state, code, words, count in connection.execute(rows)
    )
