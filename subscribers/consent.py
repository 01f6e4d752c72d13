"""Who agreed to what, when and how: rows are added, never changed, but that erasure takes the person out of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from subscribers.schema import consents, subscriptions


class Kind(StrEnum):
    """What a record is proof of."""

    IMPORT = "import"
    """The operator says where and how all of a file's people agreed."""
    OPERATOR = "operator"
    """The operator says so of one person."""
    ASKED = "asked"
    """Somebody asked in this address's name; it proves nothing until its owner confirms."""
    CONFIRMED = "confirmed"
    PREFERENCES = "preferences"
    """A reader chose another newsletter by the link in their own mail."""
    LEFT = "left"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    ERASED = "erased"


OWN_WORD = (Kind.CONFIRMED, Kind.PREFERENCES, Kind.LEFT, Kind.COMPLAINED)
"""What only the person can have said: by their mailbox, the link in their mails, or their provider."""
ENDINGS = (Kind.LEFT, Kind.BOUNCED, Kind.COMPLAINED, Kind.ERASED)
"""After one of these, what was asked before it can be confirmed no more."""


def record(
    connection: sa.Connection,
    *,
    kind: Kind,
    claim: str,
    origin: str,
    now: datetime,
    subscriber_id: int | None = None,
    version: str | None = None,
    network: str | None = None,
    terms: Mapping[str, Any] | None = None,
    confirms: int | None = None,
) -> int:
    """Write one consent record and return its id; an import's stands for all its rows."""
    told = {
        "kind": kind,
        "claim": claim,
        "origin": origin,
        "subscriber_id": subscriber_id,
        "version": version,
        "network": network,
        "terms": terms,
        "confirms": confirms,
        "at": now,
    }
    row = {name: value for name, value in told.items() if value is not None}
    key: Any = connection.execute(_RECORD, row).inserted_primary_key
    return int(key[0])


_RECORD = consents.insert()


def find(connection: sa.Connection, consent_id: int) -> sa.Row[Any] | None:
    """Return a record."""
    return connection.execute(sa.select(consents).where(consents.c.id == consent_id)).one_or_none()


def is_confirmed(connection: sa.Connection, consent_id: int) -> bool:
    """Say whether an asking was confirmed already."""
    found = sa.select(consents.c.id).where(consents.c.confirms == consent_id)
    return connection.execute(found).first() is not None


def latest(connection: sa.Connection, subscriber_id: int, kinds: Collection[Kind]) -> datetime | None:
    """Return when the last of a person's records of these kinds was written."""
    found: sa.Select[datetime] = sa.select(sa.func.max(consents.c.at))
    return connection.scalar(
        found.where(consents.c.subscriber_id == subscriber_id, consents.c.kind.in_(kinds))
    )


def is_overtaken(connection: sa.Connection, consent_id: int, *, subscriber_id: int) -> bool:
    """Say whether the person left, complained or was given up since they were asked."""
    ended = sa.select(consents.c.id).where(
        consents.c.subscriber_id == subscriber_id,
        consents.c.id > consent_id,
        consents.c.kind.in_(ENDINGS),
    )
    return connection.execute(ended.limit(1)).first() is not None


def is_asked(connection: sa.Connection, subscriber_id: int) -> bool:
    """Say whether a person was asked, neither confirmed nor ended it since."""
    ended = sa.select(sa.func.coalesce(sa.func.max(consents.c.id), 0)).where(
        consents.c.subscriber_id == subscriber_id, consents.c.kind.in_((*ENDINGS, Kind.CONFIRMED))
    )
    asked = sa.select(consents.c.id).where(
        consents.c.subscriber_id == subscriber_id,
        consents.c.kind == Kind.ASKED,
        consents.c.id > ended.scalar_subquery(),
    )
    return connection.execute(asked.limit(1)).first() is not None


def history(connection: sa.Connection, subscriber_id: int) -> tuple[sa.Row[Any], ...]:
    """Return a person's own records, the oldest first, and the imports that their subscriptions refer to."""
    referred = sa.select(subscriptions.c.consent_id).where(subscriptions.c.subscriber_id == subscriber_id)
    rows = sa.select(consents).where(
        sa.or_(consents.c.subscriber_id == subscriber_id, consents.c.id.in_(referred))
    )
    return tuple(connection.execute(rows.order_by(consents.c.id)))


def grounds(connection: sa.Connection, subscriber_id: int) -> dict[str, int]:
    """Return on which record each newsletter of a person rests, or rested."""
    mine = sa.and_(subscriptions.c.subscriber_id == subscriber_id, subscriptions.c.consent_id.is_not(None))
    rested = sa.select(subscriptions.c.newsletter, subscriptions.c.consent_id).where(mine)
    return {row.newsletter: row.consent_id for row in connection.execute(rested)}


def forget(connection: sa.Connection, subscriber_id: int, *, address: str, address_hash: str) -> None:
    """Put the suppression hash in a person's place in all their records, also where the operator wrote their address."""
    own = consents.c.subscriber_id == subscriber_id
    named = re.compile(re.escape(address), re.IGNORECASE)
    for row in connection.execute(sa.select(consents).where(own)).all():
        told = {name: named.sub("(erased)", getattr(row, name)) for name in ("claim", "origin")}
        if told != {name: getattr(row, name) for name in told}:
            connection.execute(consents.update().where(consents.c.id == row.id).values(told))
    connection.execute(
        consents.update().where(own).values(subscriber_id=None, network=None, address_hash=address_hash)
    )
