"""Write down what a mail says of a reader, and end their time on the list when it says so or says so too often.

Who calls this has verified whose mail it is. A mail that was written down before changes nothing more, not even for one
who came back since.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from subscribers import consent, leaving, life, store
from subscribers.addresses import parse_address
from subscribers.bounces.policy import QUIET, Bounce, judge
from subscribers.bounces.reading import Kind, Reading
from subscribers.errors import AddressError
from subscribers.leaving import Ending
from subscribers.life import Status
from subscribers.schema import bounces, insert_new, subscribers


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a mail says of one reader."""

    subscriber_id: int
    delivery: str
    """What names the mail that came back, verified; empty when they were known by their leave token."""
    reading: Reading
    mail: str
    """SHA-256 of the mail, in hex."""
    at: datetime
    sent_at: datetime | None = None
    """When the mail that came back went out, as far as is known."""
    is_by_message_id: bool = False
    """They are known by a Message-ID alone, which stands in every answer and in public archives."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """What became of a report."""

    is_new: bool
    is_doubted: bool = False
    """It would end their time on the list, were they known by more than a Message-ID."""
    status: Status | None = None
    """Where the reader stands now, if the mail changed that."""
    why: str = ""


def write_down(
    connection: sa.Connection,
    report: Report,
    *,
    suppression_key: bytes,
    now: datetime,
    quiet: timedelta = QUIET,
) -> Written:
    """Write down a bounce, a complaint or a wish to leave, and do what follows from it.

    ``quiet`` is how long no bounce must come from this reader for those before to be forgiven.
    """
    row = store.find_row(connection, subscribers.c.id == report.subscriber_id)
    if row is None or row.email_key is None:
        return Written(is_new=False)
    report = replace(
        report, reading=_believed(report, row.email_key), at=_dated(report, _proved(connection, row.id))
    )
    if not _is_new(connection, report):
        return Written(is_new=False)
    if _is_doubted(report):
        return Written(is_new=True, is_doubted=True)
    ending = _ending(connection, report, now=now, quiet=quiet)
    if ending is None:
        return Written(is_new=True)
    leaving.end_row(connection, row, ending, suppression_key=suppression_key, now=now)
    status = life.after(row.status, ending.event)
    return Written(is_new=True, status=None if status == row.status else status, why=ending.claim)


def _believed(report: Report, email_key: str) -> Reading:
    """Return what a report may say against a reader.

    That another address is gone, behind an alias of theirs, is no word on their own; nor is what anybody could have
    written who once saw an answer to our mail.
    """
    reading = report.reading
    if _is_doubted(report):
        return replace(reading, reason=f"{reading.reason}; by a Message-ID alone, so it ends nothing")
    is_of_them = not reading.recipients or email_key in map(_key, reading.recipients)
    if reading.kind is not Kind.HARD or (is_of_them and not report.is_by_message_id):
        return reading
    return replace(reading, kind=Kind.SOFT, is_sure=False)


def _is_doubted(report: Report) -> bool:
    """Say whether a report would end it by itself, but may be anybody's."""
    return report.is_by_message_id and report.reading.kind in (Kind.COMPLAINT, Kind.LEAVE)


def _key(written: str) -> str:
    """Return the key of an address as a report writes it, which may be none of ours."""
    try:
        return parse_address(written).key
    except AddressError:
        return written.lower()


def _dated(report: Report, proved: datetime | None) -> datetime:
    """Return when a report counts: that on a mail from before the reader proved that they get ours is as old as that."""
    if proved is None or report.sent_at is None or report.sent_at > proved:
        return report.at
    return min(report.at, report.sent_at)


def _proved(connection: sa.Connection, subscriber_id: int) -> datetime | None:
    """Return when a reader last proved that they get our mail."""
    return consent.latest(connection, subscriber_id, (consent.Kind.CONFIRMED,))


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


def _ending(connection: sa.Connection, report: Report, *, now: datetime, quiet: timedelta) -> Ending | None:
    """Return how it ends for the reader; None while they stay.

    Bounces are judged as of the latest of them, so that a heap read late ends for nobody who, read in time, would have stayed,
    and spares nobody else.
    """
    if report.reading.kind is Kind.COMPLAINT:
        return leaving.complained(mail=report.mail)
    if report.reading.kind is Kind.LEAVE:
        return leaving.left(origin=f"mail {report.mail}")
    counting = bounces_of(connection, report.subscriber_id)
    standing = judge(counting, now=max((each.at for each in counting), default=now), quiet=quiet)
    return leaving.given_up(why=standing.why, mail=report.mail) if standing.is_off else None


def bounces_of(connection: sa.Connection, subscriber_id: int) -> tuple[Bounce, ...]:
    """Return what counts of a reader, oldest first: what came since they last proved that they get our mail."""
    since = _proved(connection, subscriber_id)
    rows = sa.select(bounces).where(bounces.c.subscriber_id == subscriber_id)
    if since is not None:
        rows = rows.where(bounces.c.at > since)
    return tuple(
        Bounce(at=row.at, kind=Kind(row.kind), is_sure=row.is_sure, delivery=row.delivery)
        for row in connection.execute(rows.order_by(bounces.c.at, bounces.c.id))
    )
