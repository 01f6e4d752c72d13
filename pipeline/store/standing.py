"""How things stand, for whoever looks after a newsroom: issues that are open or were lately, the newest moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from pipeline.deliver.ledger import Tally, tally
from pipeline.model import DeliveryState, Issue, IssueStatus
from pipeline.store.issue_rows import bare
from pipeline.store.schema import articles, deliveries, issues, source_states
from subscribers.schema import suppressions

_OPEN = (IssueStatus.DRAFT, IssueStatus.HELD, IssueStatus.APPROVED, IssueStatus.SENDING)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """An issue and how far it has come."""

    issue: Issue
    made_at: datetime
    released_at: datetime | None
    release_at: datetime | None
    """When a held one lets itself go."""
    tally: Tally
    late: int
    """Readers who were due before the moment asked for, and wait still."""
    next_try: datetime | None


def standings(connection: sa.Connection, *, since: datetime, late_before: datetime) -> tuple[Standing, ...]:
    """Return the open issues, and all whose slot was at ``since`` or after, oldest slot first."""
    wanted = sa.select(issues).where(sa.or_(issues.c.status.in_(_OPEN), issues.c.slot_at >= since))
    rows = connection.execute(wanted.order_by(issues.c.slot_at, issues.c.id)).all()
    return tuple(
        Standing(
            issue=bare(row),
            made_at=row.created_at,
            released_at=row.released_at,
            release_at=row.release_at,
            **_deliveries(connection, row.id, late_before=late_before).__dict__,
        )
        for row in rows
    )


@dataclass(frozen=True, kw_only=True)
class _Deliveries:
    tally: Tally
    late: int
    next_try: datetime | None


def _deliveries(connection: sa.Connection, issue_id: int, *, late_before: datetime) -> _Deliveries:
    is_late = sa.and_(deliveries.c.state == DeliveryState.PLANNED, deliveries.c.due_at < late_before)
    rows = connection.execute(
        sa.select(
            deliveries.c.state,
            sa.func.count().label("number"),
            sa.func.count(sa.case((is_late, 1))).label("late"),
            sa.func.min(deliveries.c.next_try, type_=deliveries.c.next_try.type).label("next_try"),
        )
        .where(deliveries.c.issue_id == issue_id)
        .group_by(deliveries.c.state)
    ).all()
    return _Deliveries(
        tally=tally({row.state: row.number for row in rows}),
        late=sum(row.late for row in rows),
        next_try=next((row.next_try for row in rows if row.state == DeliveryState.DEFERRED), None),
    )


def newest_moment(connection: sa.Connection) -> datetime | None:
    """Return the latest moment that anything was written down at: reading a source, an article, an issue."""
    columns = (source_states.c.last_attempt, articles.c.first_seen, issues.c.created_at)
    newest = (sa.select(column).order_by(column.desc()).limit(1) for column in columns)
    moments = [connection.scalars(each).first() for each in newest]
    return max((moment for moment in moments if moment is not None), default=None)


def has_suppressions(connection: sa.Connection) -> bool:
    """Say whether anyone has left for good."""
    return connection.execute(sa.select(suppressions.c.address_hash).limit(1)).first() is not None
