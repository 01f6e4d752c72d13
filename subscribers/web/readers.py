"""The reader behind a link, found in one statement: as much as the pages show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from subscribers import people
from subscribers.life import Status
from subscribers.schema import consents, subscribers, subscriptions
from subscribers.store import token_hash


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Who holds a link, and how they want it."""

    id: int
    email: str
    status: Status
    name: str
    language: str
    timezone: str
    send_at: str | None
    paused_until: datetime | None
    newsletters: tuple[str, ...]


_NAMES = ("id", "email", "status", "name", "language", "timezone", "send_at", "paused_until")
_BY_TOKEN = (
    sa.select(*(subscribers.c[name] for name in _NAMES), subscriptions.c.newsletter)
    .outerjoin(
        subscriptions,
        sa.and_(subscriptions.c.subscriber_id == subscribers.c.id, people.HAS),
    )
    .where(subscribers.c.token_hash == sa.bindparam("hashed"))
)
"""Built once: building it takes as long as asking."""


def find_reader(connection: sa.Connection, token: str) -> Reader | None:
    """Return the reader whose link holds ``token``."""
    rows = connection.execute(_BY_TOKEN, {"hashed": token_hash(token)}).all()
    if not rows:
        return None
    own = {name: getattr(rows[0], name) for name in _NAMES}
    newsletters = tuple(row.newsletter for row in rows if row.newsletter is not None)
    return Reader(**own | {"status": Status(rows[0].status), "newsletters": newsletters})


def token_asked(connection: sa.Connection, asked_id: int) -> str:
    """Return the link's token of whom an asking is about, empty when it is about nobody."""
    asked = sa.select(subscribers.c.token).join(consents, consents.c.subscriber_id == subscribers.c.id)
    return connection.scalar(asked.where(consents.c.id == asked_id)) or ""
