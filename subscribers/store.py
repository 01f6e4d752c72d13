"""Write down what happens to subscribers, as ``life`` allows it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

import sqlalchemy as sa

from subscribers import consent, life, suppression, tags
from subscribers.addresses import Address
from subscribers.errors import RefusedError
from subscribers.life import Event, Status
from subscribers.schema import IS_AGREED, insert_new, subscribers, subscriptions


class Letter(StrEnum):
    """The letters we write on our own account."""

    OPT_IN = "opt-in"
    """Asks the address's owner whether it was they who signed up."""
    ALREADY = "already"
    """Tells one who signed up that they get it already."""
    DOWNLOAD = "download"
    ERASE = "erase"


class Mailer(Protocol):
    """Queues one of our own letters to a reader; asked again too soon, an hour at least, it queues no second of the kind."""

    def queue(
        self,
        connection: sa.Connection,
        *,
        subscriber_id: int,
        kind: Letter,
        now: datetime,
        consent_id: int | None = None,
    ) -> bool:
        """Queue a letter in the caller's transaction, about the asking ``consent_id``; False for a second."""


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
class Row:
    """One person as the rules see them."""

    id: int
    email_key: str | None
    """None once they are erased."""
    status: Status
    language: str


def token_hash(token: str) -> str:
    """Return what a leave or preferences token is looked up by: half of its SHA-256, as many bits as it has itself."""
    return hashlib.sha256(token.encode()).hexdigest()[:32]


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
    row = find_row(connection, subscribers.c.email_key == sign_up.address.key)
    status = life.after(
        standing(connection, row, sign_up.address.key, suppression_key=suppression_key),
        Event.VOUCH if claim else Event.ADD,
    )
    if status is None:
        raise RefusedError(_refusal(connection, row, sign_up.address.email))
    subscriber_id = row.id if row else insert(connection, sign_up, status=status, now=now)
    set_status(connection, subscriber_id, status=status, now=now)
    tags.add(connection, subscriber_id, sign_up.tags)
    if sign_up.newsletter in agreed_newsletters(connection, subscriber_id):
        return status
    consent_id = _vouched(connection, subscriber_id, sign_up, claim=claim, now=now) if claim else None
    subscribe(connection, subscriber_id, newsletter=sign_up.newsletter, consent_id=consent_id, now=now)
    if sign_up.newsletter in agreed_newsletters(connection, subscriber_id):
        return status
    _ask(connection, subscriber_id, sign_up, mailer=mailer, now=now)
    return Status.PENDING


def _refusal(connection: sa.Connection, row: Row | None, email: str) -> str:
    """Return why one who is gone is not added."""
    if row is None or row.status is not Status.BOUNCED:
        return f"{email} left this list and stays away; only they can sign up again"
    given_up = consent.latest(connection, row.id, (consent.Kind.BOUNCED,))
    when = f" on {given_up:%Y-%m-%d}" if given_up else ""
    return f"{email} was given up{when}, for mail came back (subscribers show says which); only they can sign up again"


BY_OPERATOR = "subscribers add"
"""The origin of what the operator says of one person."""


def _vouched(
    connection: sa.Connection, subscriber_id: int, sign_up: SignUp, *, claim: str, now: datetime
) -> int:
    """Record the operator's word that a person agreed."""
    return consent.record(
        connection,
        kind=consent.Kind.OPERATOR,
        claim=claim,
        origin=BY_OPERATOR,
        now=now,
        subscriber_id=subscriber_id,
        terms={"newsletters": [sign_up.newsletter]},
    )


def _ask(
    connection: sa.Connection, subscriber_id: int, sign_up: SignUp, *, mailer: Mailer, now: datetime
) -> None:
    """Ask the address's owner, whom the operator named."""
    asked = consent.record(
        connection,
        kind=consent.Kind.ASKED,
        claim="",
        origin=BY_OPERATOR,
        now=now,
        subscriber_id=subscriber_id,
        terms={"newsletters": [sign_up.newsletter], "language": sign_up.language},
    )
    mailer.queue(connection, subscriber_id=subscriber_id, kind=Letter.OPT_IN, now=now, consent_id=asked)


_ROW = sa.select(
    subscribers.c.id, subscribers.c.email_key, subscribers.c.status, subscribers.c.language
).with_for_update()  # whoever is leaving at this moment has left before we look


_ROW_BY_TOKEN = _ROW.where(subscribers.c.token_hash == sa.bindparam("hashed"))
"""Built once: building it takes longer than running it, and each leave does."""


def find_row(connection: sa.Connection, where: sa.ColumnElement[bool]) -> Row | None:
    """Return where one person stands, whom nobody else changes until we are done."""
    return _row(connection.execute(_ROW.where(where)).one_or_none())


def is_known(connection: sa.Connection, address: Address) -> bool:
    """Say whether there is a row for an address, wherever its owner stands."""
    return find_row(connection, subscribers.c.email_key == address.key) is not None


def find_row_by_token(connection: sa.Connection, token: str) -> Row | None:
    """Return where the token's owner stands, whom nobody else changes until we are done."""
    return _row(connection.execute(_ROW_BY_TOKEN, {"hashed": token_hash(token)}).one_or_none())


def _row(found: Any) -> Row | None:
    return found and Row(
        id=found.id, email_key=found.email_key, status=Status(found.status), language=found.language
    )


def standing(
    connection: sa.Connection, row: Row | None, address_key: str, *, suppression_key: bytes
) -> Status | None:
    """Return how the owner of an address stands, None being a stranger."""
    hashed = suppression.address_hash(address_key, key=suppression_key)
    is_suppressed = bool(suppression.suppressed_among(connection, [hashed]))
    return life.standing(row.status if row else None, is_suppressed=is_suppressed)


def agreed_newsletters(connection: sa.Connection, subscriber_id: int) -> frozenset[str]:
    """Return the newsletters a person has and agreed to."""
    agreed = sa.select(subscriptions.c.newsletter).where(
        subscriptions.c.subscriber_id == subscriber_id, IS_AGREED
    )
    return frozenset(connection.scalars(agreed))


def insert(connection: sa.Connection, sign_up: SignUp, *, status: Status, now: datetime) -> int:
    """Add a person's row and return its id."""
    statement = subscribers.insert().returning(subscribers.c.id)
    return int(connection.execute(statement, new_row(sign_up, status=status, now=now)).scalar_one())


_SET_STATUS = (
    subscribers.update()
    .where(subscribers.c.id == sa.bindparam("row"), subscribers.c.status != sa.bindparam("is_now"))
    .values(status=sa.bindparam("is_now"), paused_until=None, changed_at=sa.bindparam("now"))
)


def set_status(connection: sa.Connection, subscriber_id: int, *, status: Status, now: datetime) -> None:
    """Set where a person stands; that is none in which a pause goes on."""
    connection.execute(_SET_STATUS, {"row": subscriber_id, "is_now": status, "now": now})


def resume_due(connection: sa.Connection, *, now: datetime) -> None:
    """End the pauses whose time is over, of all readers at once."""
    over = sa.and_(subscribers.c.status == Status.PAUSED, subscribers.c.paused_until <= now)
    values = {"status": Status.ACTIVE, "paused_until": None, "changed_at": now}
    connection.execute(subscribers.update().where(over).values(values))


def subscribe(
    connection: sa.Connection, subscriber_id: int, *, newsletter: str, consent_id: int | None, now: datetime
) -> None:
    """Subscribe a person to a newsletter; a consent fills in for a missing one, an older one stays.

    One that the person dropped stays dropped.
    """
    row = {
        "subscriber_id": subscriber_id,
        "newsletter": newsletter,
        "consent_id": consent_id,
        "created_at": now,
    }
    connection.execute(insert_new(connection, subscriptions), row)
    if consent_id is not None:
        mine = _subscription(subscriber_id, newsletter)
        missing = sa.and_(subscriptions.c.consent_id.is_(None), subscriptions.c.dropped_at.is_(None))
        connection.execute(subscriptions.update().where(mine, missing).values(consent_id=consent_id))


def take_up(
    connection: sa.Connection, subscriber_id: int, *, newsletter: str, consent_id: int, now: datetime
) -> None:
    """Subscribe a person by their own word, which also brings back what they had dropped."""
    subscribe(connection, subscriber_id, newsletter=newsletter, consent_id=consent_id, now=now)
    mine = _subscription(subscriber_id, newsletter)
    connection.execute(subscriptions.update().where(mine).values(consent_id=consent_id, dropped_at=None))


def drop(
    connection: sa.Connection, subscriber_id: int, *, newsletters: Collection[str], now: datetime
) -> None:
    """End some newsletters of a person, until they take them up again themselves."""
    mine = sa.and_(
        subscriptions.c.subscriber_id == subscriber_id,
        subscriptions.c.newsletter.in_(newsletters),
        subscriptions.c.dropped_at.is_(None),
    )
    connection.execute(subscriptions.update().where(mine).values(dropped_at=now))


def _subscription(subscriber_id: int, newsletter: str) -> sa.ColumnElement[bool]:
    return sa.and_(subscriptions.c.subscriber_id == subscriber_id, subscriptions.c.newsletter == newsletter)


def tokens(connection: sa.Connection, address_keys: Sequence[str]) -> tuple[str, ...]:
    """Return the link tokens of these people, for a letter of their own."""
    return tuple(
        connection.scalars(sa.select(subscribers.c.token).where(subscribers.c.email_key.in_(address_keys)))
    )
