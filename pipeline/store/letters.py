"""Our own letters to readers, queued in the transaction that calls for them."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa

from pipeline.model import LetterState
from pipeline.store.schema import letters
from subscribers.store import Letter

ONE_OF_A_KIND = timedelta(hours=1)


class Letters:
    """The queue that ``subscribers`` is given as its ``Mailer``."""

    def queue(
        self,
        connection: sa.Connection,
        *,
        subscriber_id: int,
        kind: Letter,
        now: datetime,
        consent_id: int | None = None,
    ) -> bool:
        """Queue a letter, unless one of its kind was queued for this reader within the hour."""
        recent = sa.select(letters.c.token).where(
            letters.c.subscriber_id == subscriber_id,
            letters.c.kind == kind,
            letters.c.queued_at > now - ONE_OF_A_KIND,
        )
        if connection.execute(recent).first() is not None:
            return False
        row = {
            "token": secrets.token_urlsafe(16),
            "subscriber_id": subscriber_id,
            "kind": kind,
            "consent_id": consent_id,
            "state": LetterState.QUEUED,
            "queued_at": now,
        }
        connection.execute(letters.insert(), row)
        return True
