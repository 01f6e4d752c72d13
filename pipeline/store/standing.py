"""How things stand, for whoever looks after a newsroom: issues that are open or were lately, the newest moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pipeline.deliver.ledger import Tally, tally
from pipeline.model import DeliveryState, Issue, IssueStatus
from pipeline.store.issue_rows import bare
from pipeline.store.schema import articles, deliveries, issues, source_states

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
    """Readers who were due, and free to be written to, before the moment asked for, and wait still."""
    next_try: datetime | None


def standings(connection: sa.Connection, *, since: datetime, late_before: datetime) -> tuple[Standing, ...]:
    """Return the open issues, and all whose slot was at ``since`` or after, oldest slot first."""
    wanted = sa.select(issues).where(sa.or_(issues.c.status.in_(_OPEN), issues.c.slot_at >= since))
    rows = connection.execute(wanted.order_by(issues.c.slot_at, issues.c.id)).all()
    return tuple(_standing(connection, row, late_before=late_before) for row in rows)


def _standing(connection: sa.Connection, row: sa.Row[Any], *, late_before: datetime) -> Standing:
    counted = _counted(connection, row.id, due_before=late_before)
    was_held = row.released_at is not None and row.released_at >= late_before
    return Standing(
        issue=bare(row),
        made_at=row.created_at,
        released_at=row.released_at,
        release_at=row.release_at,
        tally=tally({each.state: each.number for each in counted}),
        late=0 if was_held else sum(each.due for each in counted),
        next_try=next((each.next_try for each in counted if each.state == DeliveryState.DEFERRED), None),
    )


def _counted(connection: sa.Connection, issue_id: int, *, due_before: datetime) -> Sequence[sa.Row[Any]]:
    """Count an issue's deliveries by state."""
    is_due = sa.and_(deliveries.c.state == DeliveryState.PLANNED, deliveries.c.due_at < due_before)
    return connection.execute(
        sa.select(
            deliveries.c.state,
            sa.func.count().label("number"),
            sa.func.count(sa.case((is_due, 1))).label("due"),
            sa.func.min(deliveries.c.next_try, type_=deliveries.c.next_try.type).label("next_try"),
        )
        .where(deliveries.c.issue_id == issue_id)
        .group_by(deliveries.c.state)
    ).all()


def newest_moment(connection: sa.Connection) -> datetime | None:
    """Return the latest moment that anything was written down at: reading a source, an article, an issue."""
    columns = (source_states.c.last_attempt, articles.c.first_seen, issues.c.created_at)
    newest = (sa.select(column).order_by(column.desc()).limit(1) for column in columns)
    moments = [connection.scalars(each).first() for each in newest]
    return max((moment for moment in moments if moment is not None), default=None)
