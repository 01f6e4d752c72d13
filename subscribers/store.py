"""Write down what happens to subscribers, as ``life`` allows it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import sqlalchemy as sa

from subscribers import consent, life, suppression
from subscribers.errors import RefusedError, UnknownSubscriberError
from subscribers.life import Event, Status
from subscribers.preferences import Address
from subscribers.schema import insert_new, subscriber_tags, subscribers, subscriptions


class Mailer(Protocol):
    """Queues one of our own letters to a reader; asked again, it queues no second of the kind."""

    def queue(self, connection: sa.Connection, *, subscriber_id: int, kind: str, now: datetime) -> None:
        """Queue a letter of ``kind`` in the caller's transaction."""


@dataclass(frozen=True, kw_only=True)
class SignUp:
    """A person to add, every setting checked."""

    address: Address
    newsletter: str
    language: str
    timezone: str
    name: str = ""
    send_at: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Subscriber:
    """A person as listings show them."""

    email: str
    status: Status
    name: str
    language: str
    timezone: str
    send_at: str | None
    tags: tuple[str, ...]
    newsletters: tuple[str, ...]


def token_hash(token: str) -> str:
    """Return what a leave or preferences token is looked up by."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_row(sign_up: SignUp, *, status: Status, now: datetime) -> dict[str, object]:
    """Return the subscriber's row with a fresh token of 128 random bits."""
    token = secrets.token_urlsafe(16)
    return {
        "email": sign_up.address.email,
        "email_key": sign_up.address.key,
        "name": sign_up.name,
        "status": status,
        "language": sign_up.language,
        "timezone": sign_up.timezone,
        "send_at": sign_up.send_at,
        "token": token,
        "token_hash": token_hash(token),
        "created_at": now,
        "changed_at": now,
    }


def add(
    connection: sa.Connection,
    sign_up: SignUp,
    *,
    claim: str | None,
    suppression_key: bytes,
    mailer: Mailer,
    now: datetime,
) -> Status:
    """Add one person and return their status for that newsletter: active by the operator's ``claim``, else pending.

    Raises ``RefusedError`` for one who left, complained, bounced or was erased.
    """
    row = connection.execute(
        sa.select(subscribers.c.id, subscribers.c.status)
        .where(subscribers.c.email_key == sign_up.address.key)
        .with_for_update()  # whoever is leaving at this moment has left before we look
    ).one_or_none()
    before = Status(row.status) if row else None
    status = life.after(before, Event.VOUCH if claim else Event.SIGN_UP)
    hashed = suppression.address_hash(sign_up.address.key, key=suppression_key)
    if status is None or (before is None and suppression.suppressed_among(connection, [hashed])):
        raise RefusedError(
            f"{sign_up.address.email} left this list and stays away; only they can sign up again"
        )
    subscriber_id = row.id if row else _insert(connection, sign_up, status=status, now=now)
    _set_status(connection, subscriber_id, status=status, now=now)
    consent_id = claim and consent.record(
        connection,
        kind="operator",
        claim=claim,
        origin="subscribers add",
        now=now,
        subscriber_id=subscriber_id,
    )
    subscribe(
        connection, subscriber_id, newsletter=sign_up.newsletter, consent_id=consent_id or None, now=now
    )
    add_tags(connection, subscriber_id, sign_up.tags)
    if status is Status.ACTIVE and not _has_consented(connection, subscriber_id, sign_up.newsletter):
        status = Status.PENDING
    if status is Status.PENDING:
        mailer.queue(connection, subscriber_id=subscriber_id, kind="opt-in", now=now)
    return status


def _has_consented(connection: sa.Connection, subscriber_id: int, newsletter: str) -> bool:
    agreed = sa.select(subscriptions.c.consent_id).where(
        subscriptions.c.subscriber_id == subscriber_id, subscriptions.c.newsletter == newsletter
    )
    return connection.scalar(agreed) is not None


def _insert(connection: sa.Connection, sign_up: SignUp, *, status: Status, now: datetime) -> int:
    statement = subscribers.insert().returning(subscribers.c.id)
    return int(connection.execute(statement, new_row(sign_up, status=status, now=now)).scalar_one())


def _set_status(connection: sa.Connection, subscriber_id: int, *, status: Status, now: datetime) -> None:
    changed = sa.and_(subscribers.c.id == subscriber_id, subscribers.c.status != status)
    connection.execute(subscribers.update().where(changed).values(status=status, changed_at=now))


def subscribe(
    connection: sa.Connection, subscriber_id: int, *, newsletter: str, consent_id: int | None, now: datetime
) -> None:
    """Subscribe a person to a newsletter; a consent fills in for a missing one, an older one stays."""
    row = {
        "subscriber_id": subscriber_id,
        "newsletter": newsletter,
        "consent_id": consent_id,
        "created_at": now,
    }
    connection.execute(insert_new(connection, subscriptions), row)
    if consent_id is not None:
        connection.execute(
            subscriptions.update()
            .where(
                subscriptions.c.subscriber_id == subscriber_id,
                subscriptions.c.newsletter == newsletter,
                subscriptions.c.consent_id.is_(None),
            )
            .values(consent_id=consent_id)
        )


def add_tags(connection: sa.Connection, subscriber_id: int, tags: Sequence[str]) -> None:
    """Tag a person; a tag they have stays one."""
    if tags:
        rows = [{"subscriber_id": subscriber_id, "tag": tag} for tag in tags]
        connection.execute(insert_new(connection, subscriber_tags), rows)


def find_by_token(connection: sa.Connection, token: str) -> Subscriber | None:
    """Return the person whose link holds ``token``."""
    return next(iter(_people(connection, subscribers.c.token_hash == token_hash(token))), None)


def tokens(connection: sa.Connection, address_keys: Sequence[str]) -> tuple[str, ...]:
    """Return the link tokens of these people, for a letter of their own."""
    return tuple(
        connection.scalars(sa.select(subscribers.c.token).where(subscribers.c.email_key.in_(address_keys)))
    )


def change_settings(
    connection: sa.Connection, token: str, *, language: str, timezone: str, send_at: str | None, now: datetime
) -> None:
    """Set how the token's owner wants the newsletter; a changed hour counts from the next issue."""
    values = {"language": language, "timezone": timezone, "send_at": send_at, "changed_at": now}
    connection.execute(
        subscribers.update().where(subscribers.c.token_hash == token_hash(token)).values(values)
    )


def leave_by_token(
    connection: sa.Connection, token: str, *, origin: str, suppression_key: bytes, now: datetime
) -> bool:
    """End all newsletters of the token's owner, at once; twice is fine. False when nobody has this token."""
    where = subscribers.c.token_hash == token_hash(token)
    return _leave(connection, where, origin=origin, suppression_key=suppression_key, now=now)


def leave_by_address(
    connection: sa.Connection, address: Address, *, origin: str, suppression_key: bytes, now: datetime
) -> None:
    """End all newsletters of an address, at once; twice is fine. Raises ``UnknownSubscriberError``."""
    where = subscribers.c.email_key == address.key
    if not _leave(connection, where, origin=origin, suppression_key=suppression_key, now=now):
        raise UnknownSubscriberError(
            f"nobody on the list has the address {address.email}; nothing was changed"
        )


def _leave(
    connection: sa.Connection,
    where: sa.ColumnElement[bool],
    *,
    origin: str,
    suppression_key: bytes,
    now: datetime,
) -> bool:
    found = connection.execute(
        sa.select(subscribers.c.id, subscribers.c.status, subscribers.c.email_key)
        .where(where)
        .with_for_update()
    )
    row = found.one_or_none()
    if row is None:
        return False
    status = life.after(Status(row.status), Event.LEAVE)
    if status is None:
        return True
    hashed = suppression.address_hash(row.email_key, key=suppression_key)
    suppression.suppress(connection, hashed, reason="left", now=now)
    if status == row.status:
        return True
    _set_status(connection, row.id, status=status, now=now)
    consent.record(
        connection, kind="left", claim="left all newsletters", origin=origin, now=now, subscriber_id=row.id
    )
    return True


def listing(connection: sa.Connection) -> tuple[Subscriber, ...]:
    """Return everyone but the erased, by address."""
    return _people(connection, sa.true())


def _people(connection: sa.Connection, where: sa.ColumnElement[bool]) -> tuple[Subscriber, ...]:
    rows = (
        sa.select(subscribers)
        .where(where, subscribers.c.status != Status.ERASED)
        .order_by(subscribers.c.email_key)
    )
    newsletters = _grouped(connection, subscriptions.c.subscriber_id, subscriptions.c.newsletter, rows)
    tags = _grouped(connection, subscriber_tags.c.subscriber_id, subscriber_tags.c.tag, rows)
    return tuple(
        Subscriber(
            email=row.email,
            status=Status(row.status),
            name=row.name,
            language=row.language,
            timezone=row.timezone,
            send_at=row.send_at,
            tags=tags.get(row.id, ()),
            newsletters=newsletters.get(row.id, ()),
        )
        for row in connection.execute(rows)
    )


def _grouped(
    connection: sa.Connection,
    owner: sa.Column[int],
    value: sa.Column[str],
    people: sa.Select[tuple[object, ...]],
) -> dict[int, tuple[str, ...]]:
    wanted = people.with_only_columns(subscribers.c.id).order_by(None)
    groups: dict[int, tuple[str, ...]] = {}
    for subscriber_id, word in connection.execute(
        sa.select(owner, value).where(owner.in_(wanted)).order_by(value)
    ):
        groups[subscriber_id] = (*groups.get(subscriber_id, ()), word)
    return groups
