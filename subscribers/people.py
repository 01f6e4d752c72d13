"""Show people: one by their address, the list, and all that is kept of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from subscribers import consent, suppression
from subscribers.addresses import Address
from subscribers.errors import UnknownSubscriberError
from subscribers.life import Status
from subscribers.schema import IS_AGREED, bounces, subscriber_tags, subscribers, subscriptions

VERSION = 1
"""Of ``personal_data``: it counts up when a field changes its meaning or goes."""
_AT_ONCE = 500
HAS = sa.or_(IS_AGREED, sa.and_(subscribers.c.status == Status.PENDING, subscriptions.c.dropped_at.is_(None)))
"""Whether a newsletter counts as a person's: it is agreed to, or asked about while they have confirmed nothing at all.

What a stranger asked for in a reader's name is no choice of that reader.
"""


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


def find_by_address(connection: sa.Connection, address: Address, *, suppression_key: bytes) -> Subscriber:
    """Return the person who has this address. Raises ``UnknownSubscriberError``, which says if it is suppressed."""
    found = _one(connection, subscribers.c.email_key == address.key)
    if found is not None:
        return found
    away = suppression.find(connection, suppression.address_hash(address.key, key=suppression_key))
    since = (
        f"; this address is suppressed since {away.at:%Y-%m-%d} ({away.reason}), and only its owner can sign up again"
        if away
        else ""
    )
    raise UnknownSubscriberError(f"nobody on the list has the address {address.email}{since}")


def listing(
    connection: sa.Connection, where: sa.ColumnElement[bool] | None = None, *, limit: int | None = None
) -> tuple[Subscriber, ...]:
    """Return what ``each`` yields."""
    return tuple(each(connection, where, limit=limit))


def each(
    connection: sa.Connection, where: sa.ColumnElement[bool] | None = None, *, limit: int | None = None
) -> Iterator[Subscriber]:
    """Yield everyone but the erased, or those whom ``where`` finds, by address; few are held at once."""
    rows = _select(where).order_by(subscribers.c.email_key).limit(limit)
    for some in connection.execute(rows.execution_options(yield_per=_AT_ONCE)).partitions():
        yield from _people(connection, some)


def count(connection: sa.Connection, where: sa.ColumnElement[bool] | None = None) -> int:
    """Return how many people that are."""
    return connection.scalar(sa.select(sa.func.count()).select_from(_select(where).subquery())) or 0


def _one(connection: sa.Connection, where: sa.ColumnElement[bool]) -> Subscriber | None:
    return next(iter(_people(connection, connection.execute(_select(where)).all())), None)


def _select(where: sa.ColumnElement[bool] | None) -> sa.Select[Any]:
    names = ("id", "email", "status", "name", "language", "timezone", "send_at", "paused_until")
    found = sa.select(*(subscribers.c[name] for name in names)).where(subscribers.c.status != Status.ERASED)
    return found if where is None else found.where(where)


def _people(connection: sa.Connection, rows: Sequence[sa.Row[Any]]) -> Iterator[Subscriber]:
    """Yield these people with their tags and newsletters, which are looked up for all of them at once."""
    ids = [row.id for row in rows]
    tags = grouped(connection, sa.select(subscriber_tags).where(subscriber_tags.c.subscriber_id.in_(ids)))
    has = sa.select(subscriptions.c.subscriber_id, subscriptions.c.newsletter).join(subscribers)
    newsletters = grouped(connection, has.where(subscriptions.c.subscriber_id.in_(ids), HAS))
    for row in rows:
        yield Subscriber(
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


def grouped(connection: sa.Connection, pairs: sa.Select[Any]) -> dict[int, tuple[str, ...]]:
    """Return each person's words in order, from pairs of id and word."""
    groups: dict[int, tuple[str, ...]] = {}
    for subscriber_id, word in connection.execute(pairs.order_by(sa.text("2"))):
        groups[subscriber_id] = (*groups.get(subscriber_id, ()), word)
    return groups


def personal_data(connection: sa.Connection, subscriber_id: int) -> dict[str, Any]:
    """Return all that the list keeps of a person, ready for JSON, in words they understand.

    No token is in it, and no hash of the address; a mail that came back is named by its digest.
    Raises ``UnknownSubscriberError``, also for one who was erased.
    """
    known = sa.and_(subscribers.c.id == subscriber_id, subscribers.c.status != Status.ERASED)
    row = connection.execute(sa.select(subscribers).where(known)).one_or_none()
    if row is None:
        raise UnknownSubscriberError(f"nobody on the list has the number {subscriber_id}")
    tags = sa.select(subscriber_tags.c.tag).where(subscriber_tags.c.subscriber_id == subscriber_id)
    return {
        "version": VERSION,
        "email": row.email,
        "status": row.status,
        "name": row.name,
        "language": row.language,
        "timezone": row.timezone,
        "hour": row.send_at,
        "paused_until": _moment(row.paused_until),
        "tags": list(connection.scalars(tags.order_by(subscriber_tags.c.tag))),
        "on_the_list_since": _moment(row.created_at),
        "last_changed": _moment(row.changed_at),
        "newsletters": _newsletters(connection, subscriber_id),
        "records": [_record(each) for each in consent.history(connection, subscriber_id)],
        "bounces": _bounces(connection, subscriber_id),
    }


def _newsletters(connection: sa.Connection, subscriber_id: int) -> list[dict[str, Any]]:
    rows = sa.select(subscriptions).where(subscriptions.c.subscriber_id == subscriber_id)
    return [
        {
            "newsletter": row.newsletter,
            "since": _moment(row.created_at),
            "agreed_on_record": row.consent_id,
            "given_up": _moment(row.dropped_at),
        }
        for row in connection.execute(rows.order_by(subscriptions.c.newsletter))
    ]


def _record(row: sa.Row[Any]) -> dict[str, Any]:
    """Return a consent record: what was shown or claimed, of which form, by which way and from where."""
    return {
        "record": row.id,
        "at": _moment(row.at),
        "kind": row.kind,
        "words": row.claim,
        "form_version": row.version,
        "came_by": row.origin,
        "network": row.network,
        "covers": row.terms,
        "confirms_record": row.confirms,
    }


def _bounces(connection: sa.Connection, subscriber_id: int) -> list[dict[str, Any]]:
    rows = sa.select(bounces).where(bounces.c.subscriber_id == subscriber_id)
    return [
        {
            "at": _moment(row.at),
            "kind": row.kind,
            "status": row.status,
            "reason": row.reason,
            "mail": row.mail,
        }
        for row in connection.execute(rows.order_by(bounces.c.at, bounces.c.id))
    ]


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
