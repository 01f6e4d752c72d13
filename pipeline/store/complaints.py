"""How many readers call our mail spam, measured against how many were mailed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from pipeline.model import DeliveryState, TransportKind
from pipeline.store.schema import deliveries, issues
from subscribers.consent import Kind
from subscribers.schema import consents

WINDOW = timedelta(days=7)
ALARMING_SHARE, LEAST_COMPLAINTS = 0.001, 20
"""More than that share, and at least so many: large providers begin to file a sender's mail as spam there."""
_LONGEST_WAY = timedelta(days=7)
"""From an issue's planning to its last acceptance; what takes longer is not counted as mailed."""


@dataclass(frozen=True, kw_only=True)
class Complaints:
    """Complaints that came within ``WINDOW``, against the mails that a relay accepted in it."""

    number: int
    accepted: int

    @property
    def is_alarming(self) -> bool:
        """Say whether a person must look into it."""
        return is_alarming(self.number, self.accepted)


def is_alarming(complaints: int, accepted: int) -> bool:
    """Say whether so many complaints on so many accepted mails are too many."""
    return complaints >= LEAST_COMPLAINTS and complaints > ALARMING_SHARE * accepted


def complaint_rate(connection: sa.Connection, *, now: datetime) -> Complaints:
    """Count who complained, each once and proven by a token of ours, and what went out by SMTP meanwhile."""
    since = now - WINDOW
    complained = sa.and_(consents.c.kind == Kind.COMPLAINED, consents.c.at > since, consents.c.at <= now)
    return Complaints(
        number=connection.scalar(sa.select(sa.func.count()).select_from(consents).where(complained)) or 0,
        accepted=connection.scalar(_accepted(since, until=now)) or 0,
    )


def _accepted(since: datetime, *, until: datetime) -> sa.Select[int]:
    mailed = sa.select(issues.c.id).where(
        issues.c.transport == TransportKind.SMTP, issues.c.planned_at > since - _LONGEST_WAY
    )
    number: sa.Select[int] = sa.select(sa.func.count())
    return number.select_from(deliveries).where(
        deliveries.c.issue_id.in_(mailed),  # by the key's first column: the ledger of years is not read
        deliveries.c.state == DeliveryState.ACCEPTED,
        deliveries.c.changed_at > since,
        deliveries.c.changed_at <= until,
    )
