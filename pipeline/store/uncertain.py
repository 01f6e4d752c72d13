"""Deliveries of which nobody knows whether they arrived, until a person says so."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from pipeline.deliver.ledger import may_follow
from pipeline.model import DeliveryState as State
from pipeline.store.breakdown import ERASED
from pipeline.store.schema import deliveries
from subscribers.schema import subscribers
from subscribers.stats import domain


@dataclass(frozen=True, kw_only=True)
class Uncertain:
    """A delivery that may have arrived; it tells the receiving domain and never the reader."""

    subscriber_id: int
    domain: str
    """``ERASED`` when the reader's address is gone."""
    since: datetime
    code: int | None
    reason: str
    not_after: datetime


def uncertain(connection: sa.Connection, issue_id: int) -> tuple[Uncertain, ...]:
    """Return an issue's uncertain deliveries, by subscriber."""
    rows = (
        sa.select(
            deliveries.c.subscriber_id,
            sa.func.coalesce(domain(connection), ERASED).label("domain"),
            deliveries.c.changed_at.label("since"),
            deliveries.c.code,
            sa.func.coalesce(deliveries.c.reason, "").label("reason"),
            deliveries.c.not_after,
        )
        .select_from(deliveries.outerjoin(subscribers, subscribers.c.id == deliveries.c.subscriber_id))
        .where(deliveries.c.issue_id == issue_id, deliveries.c.state == State.UNCERTAIN)
        .order_by(deliveries.c.subscriber_id)
    )
    return tuple(Uncertain(**row) for row in connection.execute(rows).mappings())


def states_of(connection: sa.Connection, issue_id: int, ids: Collection[int]) -> dict[int, State]:
    """Return where those of ``ids`` stand that are deliveries of an issue."""
    mine = sa.and_(deliveries.c.issue_id == issue_id, deliveries.c.subscriber_id.in_(ids))
    rows = connection.execute(sa.select(deliveries.c.subscriber_id, deliveries.c.state).where(mine))
    return {row.subscriber_id: State(row.state) for row in rows}


def resolve(
    connection: sa.Connection,
    issue_id: int,
    state: State,
    *,
    now: datetime,
    ids: Collection[int] | None = None,
) -> int:
    """Move uncertain deliveries, all or those of ``ids``, where a person says they belong; return how many moved.

    Planned again they may be tried at once. Raises ``ValueError`` for a state that uncertain may not become.
    """
    if not may_follow(State.UNCERTAIN, state):
        raise ValueError(f"what is uncertain never becomes {state}")
    mine = sa.true() if ids is None else deliveries.c.subscriber_id.in_(ids)
    values = {
        "state": state,
        "reason": f"{state} by a person's word",
        "next_try": None,
        "owner": None,
        "lease_until": None,
        "changed_at": now,
    }
    moved = deliveries.update().where(
        deliveries.c.issue_id == issue_id, deliveries.c.state == State.UNCERTAIN, mine
    )
    return connection.execute(moved.values(values)).rowcount
