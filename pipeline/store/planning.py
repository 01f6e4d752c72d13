"""The ledger's rows as they are planned: one for each reader, due at the reader's hour, and never a second one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from pipeline.model import DeliveryState as State
from pipeline.store.moves import Audience
from pipeline.store.schema import deliveries, issue_hours
from subscribers.schema import insert_new


@dataclass(frozen=True, kw_only=True)
class Hour:
    """When readers of one zone and hour are due, and how late is too late."""

    timezone: str
    send_at: str
    """``HH:MM``, or empty for the newsletter's own."""
    due_at: datetime
    not_after: datetime


def hours_wanted(connection: sa.Connection, audience: Audience) -> tuple[tuple[str, str], ...]:
    """Return the (zone, hour) pairs of an audience, each once; an empty hour is the newsletter's own."""
    people = audience.subquery()
    pairs = sa.select(people.c.timezone, sa.func.coalesce(people.c.send_at, "")).distinct()
    return tuple((zone, hour) for zone, hour in connection.execute(pairs))


def plan(
    connection: sa.Connection,
    issue_id: int,
    audience: Audience,
    *,
    hours: Sequence[Hour],
    languages: Sequence[str],
    now: datetime,
) -> None:
    """Write one planned row for each reader who has none yet, in one INSERT … SELECT.

    A reader's language that the issue is not set in becomes the first of ``languages``.
    """
    if not hours:
        return
    rows = [{"issue_id": issue_id, **hour.__dict__} for hour in hours]
    connection.execute(insert_new(connection, issue_hours), rows)
    people = audience.subquery()
    on_hour = sa.and_(
        issue_hours.c.issue_id == issue_id,
        issue_hours.c.timezone == people.c.timezone,
        issue_hours.c.send_at == sa.func.coalesce(people.c.send_at, ""),
    )
    chosen = sa.select(
        sa.literal(issue_id),
        people.c.subscriber_id,
        sa.literal(State.PLANNED, sa.Text),
        sa.case((people.c.language.in_(languages), people.c.language), else_=languages[0]),
        issue_hours.c.due_at,
        issue_hours.c.not_after,
        sa.literal(now, deliveries.c.changed_at.type),
    ).select_from(people.join(issue_hours, on_hour))
    columns = ["issue_id", "subscriber_id", "state", "language", "due_at", "not_after", "changed_at"]
    # WHERE true: without it SQLite reads the ON of ON CONFLICT as a join's
    connection.execute(insert_new(connection, deliveries).from_select(columns, chosen.where(sa.true())))
