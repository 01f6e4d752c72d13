"""The two things the pipeline asks for: who gets a newsletter, and where to write at the moment of sending."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from subscribers.life import Status
from subscribers.schema import IS_AGREED, rows_at_once, subscribers, subscriptions


@dataclass(frozen=True)
class Recipient:
    """One reader at the moment of sending."""

    id: int
    email: str
    name: str
    token: str
    language: str
    timezone: str
    send_at: str | None = None
    """``HH:MM`` in that zone; None: with the issue."""


_RECIPIENT = (
    subscribers.c.id,
    subscribers.c.email,
    subscribers.c.name,
    subscribers.c.token,
    subscribers.c.language,
    subscribers.c.timezone,
    subscribers.c.send_at,
)


def audience(newsletter: str) -> sa.Select[tuple[int, str, str, str | None]]:
    """Return the SELECT of who gets ``newsletter`` now: subscriber_id, language, timezone, send_at."""
    return (
        sa.select(
            subscribers.c.id.label("subscriber_id"),
            subscribers.c.language,
            subscribers.c.timezone,
            subscribers.c.send_at,
        )
        .join(subscriptions, subscriptions.c.subscriber_id == subscribers.c.id)
        .where(
            subscriptions.c.newsletter == newsletter,
            IS_AGREED,
            subscribers.c.status == Status.ACTIVE,
        )
    )


def recipients(connection: sa.Connection, ids: Collection[int]) -> dict[int, Recipient]:
    """Return the readers behind ``ids``; those erased meanwhile are missing."""
    chosen = sa.select(*_RECIPIENT).where(subscribers.c.id.in_(ids), subscribers.c.email.is_not(None))
    people = (Recipient(*row) for row in rows_at_once(connection, chosen))
    return {person.id: person for person in people}
