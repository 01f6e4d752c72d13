"""An issue planned for a list of readers, to see what becomes of its rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from pipeline.store import deliveries, issues, planning
from pipeline.store.database import Database
from pipeline.store.planning import Hour
from subscribers import leaving
from subscribers.addresses import parse_address
from subscribers.audience import audience
from tests.contracts.people import HOUR, KEY, NOW, SLOT, add, issue, keep, sign_up

READERS = audience("daily")
LEASE = timedelta(minutes=5)
END = NOW + 12 * HOUR


def begun(connection: sa.Connection) -> int:
    """Begin to send an issue and return its id."""
    issue_id = keep(connection, issue())
    assert issues.begin_sending(connection, issue_id, now=NOW)
    return issue_id


def plan(connection: sa.Connection, issue_id: int, *, due: Mapping[str, datetime]) -> None:
    """Plan for whoever is a reader now, each hour at the moment it is ``due``; without one, at the slot's."""
    hours = [
        Hour(timezone=zone, send_at=hour, due_at=due.get(hour, SLOT.instant), not_after=END)
        for zone, hour in planning.hours_wanted(connection, READERS)
    ]
    planning.plan(connection, issue_id, READERS, hours=hours, languages=("en", "zh", "both"), now=NOW)


def planned(database: Database, *emails: str) -> int:
    """Plan an issue for these readers, all due now, and return its id."""
    with database.write() as connection:
        for email in emails:
            add(connection, sign_up(email))
        issue_id = begun(connection)
        plan(connection, issue_id, due={})
    return issue_id


def counts(database: Database, issue_id: int) -> dict[str, int]:
    """Return the number of rows in each state that has any."""
    with database.read() as connection:
        return deliveries.counts(connection, issue_id)


def leave(database: Database, email: str) -> None:
    """Let a reader leave."""
    with database.write() as connection:
        leaving.end_by_address(
            connection, parse_address(email), leaving.left(origin="test"), suppression_key=KEY, now=NOW
        )
