"""What dead senders left of an issue: taken back by whoever sends it, settles it or calls it off."""

from __future__ import annotations

import sqlalchemy as sa

from pipeline.app import Newsroom
from pipeline.jobs import senders
from pipeline.model import Issue, TransportKind
from pipeline.store import deliveries
from pipeline.store.schema import deliveries as rows


def recover(newsroom: Newsroom, issue: Issue) -> None:
    """Take back what dead senders left of an issue, in a transaction of its own."""
    with newsroom.database.write() as connection:
        _, dead = take_back(newsroom, issue, connection=connection)
    senders.forget(newsroom.home, dead)


def take_back(
    newsroom: Newsroom, issue: Issue, *, connection: sa.Connection, owner: str = ""
) -> tuple[int, tuple[str, ...]]:
    """Do so in the caller's transaction; return how many rows that were, and whom to forget once it is committed.

    What ``owner``, who asks, has in hand stays there.
    """
    found = senders.look_at(newsroom.home, deliveries.owners(connection, issue.id))
    number = deliveries.recover(
        connection,
        issue.id,
        repeatable=issue.transport is TransportKind.OUTBOX,
        now=newsroom.clock(),
        dead=found.dead,
        living=found.living,
        owner=owner,
    )
    return number, found.dead


def number_in_doubt(newsroom: Newsroom, issue: Issue) -> int:
    """Return how many deliveries ``recover`` would find uncertain; it only looks."""
    if issue.transport is TransportKind.OUTBOX:
        return 0
    with newsroom.database.read() as connection:
        found = senders.look_at(newsroom.home, deliveries.owners(connection, issue.id))
        doubtful = deliveries.in_doubt(issue.id, now=newsroom.clock(), dead=found.dead, living=found.living)
        return connection.scalar(sa.select(sa.func.count()).select_from(rows).where(doubtful)) or 0
