"""How sending stands right now, read cheaply enough to be asked every few seconds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from pipeline.model import IssueStatus
from pipeline.store.deliveries import HELD, is_due
from pipeline.store.schema import deliveries, issues

_SHOWN = (IssueStatus.APPROVED, IssueStatus.SENDING, IssueStatus.HELD)


@dataclass(frozen=True, kw_only=True)
class Gauges:
    """What an operator is to be told of before asking."""

    issues: dict[str, int]
    """How many are approved, being sent or held, zeros too."""
    overdue: timedelta
    """How long the delivery waits that was due first, in a sender's hands or not; from its issue's release, if that was later.

    Zero when none waits.
    """


def read_gauges(connection: sa.Connection, *, now: datetime) -> Gauges:
    """Read how sending stands."""
    rows = connection.execute(
        sa.select(issues.c.id, issues.c.status, issues.c.released_at).where(issues.c.status.in_(_SHOWN))
    ).all()
    sending = {row.id: row.released_at for row in rows if row.status == IssueStatus.SENDING}
    return Gauges(
        issues={str(status): sum(row.status == status for row in rows) for status in _SHOWN},
        overdue=max(_overdue(connection, sending, now=now), default=timedelta()),
    )


def _overdue(
    connection: sa.Connection, sending: Mapping[int, datetime | None], *, now: datetime
) -> Iterable[timedelta]:
    """Yield how long the rows wait that were due first, issue by issue: so the index finds the free ones without a sort."""
    moments = sa.select(deliveries.c.due_at, deliveries.c.next_try).order_by(deliveries.c.due_at).limit(1)
    for issue_id, released_at in sending.items():
        held = sa.and_(deliveries.c.issue_id == issue_id, HELD)
        for where in (is_due(issue_id, now=now, ignore_hours=False), held):
            first = connection.execute(moments.where(where)).first()
            if first is not None:
                yield now - max(filter(None, (*first, released_at)))
