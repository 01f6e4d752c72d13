"""Show people: one by their link, or the list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from subscribers.life import Status
from subscribers.schema import subscriber_tags, subscribers, subscriptions
from subscribers.store import token_hash


@dataclass(frozen=True, kw_only=True)
class Subscriber:
    """A person as listings show them."""

    id: int
    email: str
    status: Status
    name: str
    language: str
    timezone: str
    send_at: str | None
    paused_until: datetime | None
    tags: tuple[str, ...]
    newsletters: tuple[str, ...]


def find_by_token(connection: sa.Connection, token: str) -> Subscriber | None:
    """Return the person whose link holds ``token``."""
    return next(iter(_people(connection, subscribers.c.token_hash == token_hash(token))), None)


def listing(connection: sa.Connection) -> tuple[Subscriber, ...]:
    """Return everyone but the erased, by address."""
    return _people(connection, sa.true())


def _people(connection: sa.Connection, where: sa.ColumnElement[bool]) -> tuple[Subscriber, ...]:
    rows = (
        sa.select(subscribers)
        .where(where, subscribers.c.status != Status.ERASED)
        .order_by(subscribers.c.email_key)
    )
    wanted = rows.with_only_columns(subscribers.c.id).order_by(None)
    tags = _grouped(connection, sa.select(subscriber_tags).where(subscriber_tags.c.subscriber_id.in_(wanted)))
    has = sa.select(subscriptions.c.subscriber_id, subscriptions.c.newsletter).where(
        subscriptions.c.subscriber_id.in_(wanted), subscriptions.c.dropped_at.is_(None)
    )
    newsletters = _grouped(connection, has)
    return tuple(
        Subscriber(
            id=row.id,
            email=row.email,
            status=Status(row.status),
            name=row.name,
            language=row.language,
            timezone=row.timezone,
            send_at=row.send_at,
            paused_until=row.paused_until,
            tags=tags.get(row.id, ()),
            newsletters=newsletters.get(row.id, ()),
        )
        for row in connection.execute(rows)
    )


def _grouped(connection: sa.Connection, pairs: sa.Select[Any]) -> dict[int, tuple[str, ...]]:
    """Return each person's words in order, from pairs of id and word."""
    groups: dict[int, tuple[str, ...]] = {}
    for subscriber_id, word in connection.execute(pairs.order_by(sa.text("2"))):
        groups[subscriber_id] = (*groups.get(subscriber_id, ()), word)
    return groups
