"""Write down what a mail says of a reader, and end their time on the list when it says so or says so too often.

Who calls this has verified whose mail it is. A mail that was written down before changes nothing more, not even for one
who came back since.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from subscribers import consent, leaving, life, store
from subscribers.bounces.policy import Bounce, judge
from subscribers.bounces.reading import Kind, Reading
from subscribers.leaving import Ending
from subscribers.life import Status
from subscribers.schema import bounces, consents, insert_new, subscribers


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a mail says of one reader."""

    subscriber_id: int
    delivery: str
    """The token of the mail that came back, verified; empty when they were known by their leave token."""
    reading: Reading
    mail: str
    """SHA-256 of the mail, in hex."""
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Written:
    """What became of a report."""

    is_new: bool
    status: Status | None = None
    """Where the reader stands now, if the mail changed that."""
    why: str = ""


def write_down(
    connection: sa.Connection, report: Report, *, suppression_key: bytes, now: datetime
) -> Written:
    """Write down a bounce, a complaint or a wish to leave, and do what follows from it."""
    is_reader = subscribers.c.id == report.subscriber_id
    row = store.find_row(connection, is_reader)
    if row is None or row.status is Status.ERASED or not _is_new(connection, report):
        return Written(is_new=False)
    ending = _ending(connection, report, now=now)
    if ending is None:
        return Written(is_new=True)
    leaving.end(connection, is_reader, ending, suppression_key=suppression_key, now=now)
    status = life.after(row.status, ending.event)
    return Written(is_new=True, status=None if status == row.status else status, why=ending.claim)


def _is_new(connection: sa.Connection, report: Report) -> bool:
    """Keep the report, unless this mail has said it of this reader before."""
    row = {
        "subscriber_id": report.subscriber_id,
        "delivery": report.delivery,
        "kind": report.reading.kind,
        "is_sure": report.reading.is_sure,
        "status": report.reading.status,
        "reason": report.reading.reason,
        "mail": report.mail,
        "at": report.at,
    }
    written = connection.execute(insert_new(connection, bounces).returning(bounces.c.id), row)
    return written.first() is not None


def _ending(connection: sa.Connection, report: Report, *, now: datetime) -> Ending | None:
    """Return how it ends for the reader; None while they stay.

    Bounces are judged as of the latest of them, so that a heap read late ends for nobody who, read in time, would have stayed,
    and spares nobody else.
    """
    if report.reading.kind is Kind.COMPLAINT:
        return leaving.complained(mail=report.mail)
    if report.reading.kind is Kind.LEAVE:
        return leaving.left(origin=f"mail {report.mail}")
    counting = bounces_of(connection, report.subscriber_id)
    standing = judge(counting, now=max((each.at for each in counting), default=now))
    return leaving.given_up(why=standing.why, mail=report.mail) if standing.is_off else None


def bounces_of(connection: sa.Connection, subscriber_id: int) -> tuple[Bounce, ...]:
    """Return what counts of a reader, oldest first: what came since they last proved that they get our mail."""
    proved = sa.select(sa.func.max(consents.c.at)).where(
        consents.c.subscriber_id == subscriber_id, consents.c.kind == consent.Kind.CONFIRMED
    )
    since = connection.scalar(proved)
    rows = sa.select(bounces).where(bounces.c.subscriber_id == subscriber_id)
    if since is not None:
        rows = rows.where(bounces.c.at > since)
    return tuple(
        Bounce(at=row.at, kind=Kind(row.kind), is_sure=row.is_sure, delivery=row.delivery)
        for row in connection.execute(rows.order_by(bounces.c.at, bounces.c.id))
    )
