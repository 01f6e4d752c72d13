"""Write down that a relay refused a reader's address while the mail was being sent, as a bounce that no mail tells of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from subscribers.bounces.diagnosis import diagnose
from subscribers.bounces.kind import Kind
from subscribers.bounces.policy import QUIET
from subscribers.bounces.reading import Reading
from subscribers.bounces.register import Report, Written, write_down


@dataclass(frozen=True, kw_only=True)
class Rejection:
    """A relay's reply to RCPT that refused a reader for good."""

    subscriber_id: int
    delivery: str
    """What names the delivery in its tokens, so that a mail that tells of it too counts no second time."""
    reply: str
    """Code and words."""


def write_down_rejection(
    connection: sa.Connection,
    rejection: Rejection,
    *,
    suppression_key: bytes,
    now: datetime,
    quiet: timedelta = QUIET,
) -> Written:
    """Count a rejection against the reader, once a delivery; what is our fault counts nothing.

    It ends nobody's time on the list by itself, however sure it sounds: a relay that is set up wrong says it of all.
    """
    found = diagnose(rejection.reply, story="in reply to RCPT TO")
    if found.kind not in (Kind.HARD, Kind.SOFT):
        return Written(is_new=False)
    report = Report(
        subscriber_id=rejection.subscriber_id,
        delivery=rejection.delivery,
        reading=Reading(kind=found.kind, status=found.status, reason=found.why),
        mail=f"reply to {rejection.delivery}",
        at=now,
    )
    return write_down(connection, report, suppression_key=suppression_key, now=now, quiet=quiet)
