"""What of an issue's deliveries waits, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from pipeline.model import DeliveryState as State
from pipeline.store.deliveries import HELD, WAITS, is_due
from pipeline.store.schema import deliveries


@dataclass(frozen=True, kw_only=True)
class Leased:
    """Rows that a sender holds, and when the last of them is free if it died."""

    number: int
    until: datetime | None


def leased(connection: sa.Connection, issue_id: int) -> Leased:
    """Return what senders hold of an issue just now."""
    held = sa.and_(deliveries.c.issue_id == issue_id, HELD)
    number = connection.scalar(sa.select(sa.func.count()).where(held)) or 0
    last = sa.select(deliveries.c.lease_until).where(held).order_by(deliveries.c.lease_until.desc()).limit(1)
    return Leased(number=number, until=connection.scalars(last).first())


def next_moment(connection: sa.Connection, issue_id: int) -> datetime | None:
    """Return when the next deferred row may be tried again, or None when there is none."""
    waiting = sa.and_(deliveries.c.issue_id == issue_id, deliveries.c.state == State.DEFERRED)
    soonest = sa.select(deliveries.c.next_try).where(waiting).order_by(deliveries.c.next_try).limit(1)
    return connection.scalars(soonest).first()


def number_due(connection: sa.Connection, issue_id: int, *, now: datetime, ignore_hours: bool) -> int:
    """Return how many rows may be claimed now."""
    due = is_due(issue_id, now=now, ignore_hours=ignore_hours)
    return connection.scalar(sa.select(sa.func.count()).select_from(deliveries).where(due)) or 0


def next_due(connection: sa.Connection, issue_id: int, *, after: datetime) -> datetime | None:
    """Return when the first of the waiting rows is due that are due after a moment, or None when there are none."""
    later = sa.and_(deliveries.c.issue_id == issue_id, WAITS, deliveries.c.due_at > after)
    soonest = sa.select(deliveries.c.due_at).where(later).order_by(deliveries.c.due_at).limit(1)
    return connection.scalars(soonest).first()


def is_round_due(connection: sa.Connection, issue_id: int, *, now: datetime, ignore_hours: bool) -> bool:
    """Say whether sending finds something to do: a row that is due, one whose sender stopped, or an end to put on record."""
    mine = deliveries.c.issue_id == issue_id
    held = sa.and_(mine, HELD)
    due = is_due(issue_id, now=now, ignore_hours=ignore_hours)
    found = sa.or_(
        sa.exists().where(due),
        sa.exists().where(held, deliveries.c.lease_until <= now),
        sa.not_(sa.or_(sa.exists().where(mine, WAITS), sa.exists().where(held))),
    )
    return bool(connection.scalar(sa.select(found)))
