"""Addresses that must not be written to again, kept as keyed hashes so that they outlive the address itself."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from subscribers.schema import insert_new, suppressions


def address_hash(address_key: str, *, key: bytes) -> str:
    """Return the HMAC-SHA-256 of a normalised address, in hex."""
    return hmac.new(key, address_key.encode(), hashlib.sha256).hexdigest()


def suppress(connection: sa.Connection, hashed: str, *, reason: str, now: datetime) -> None:
    """Remember an address as one that left; twice is fine."""
    connection.execute(
        insert_new(connection, suppressions), {"address_hash": hashed, "reason": reason, "at": now}
    )


def lift(connection: sa.Connection, hashed: str) -> None:
    """Forget that an address left, for its owner has come back by their own word."""
    connection.execute(suppressions.delete().where(suppressions.c.address_hash == hashed))


def suppressed_among(connection: sa.Connection, hashes: Collection[str]) -> frozenset[str]:
    """Return those of ``hashes`` that are suppressed."""
    found = connection.scalars(
        sa.select(suppressions.c.address_hash).where(suppressions.c.address_hash.in_(hashes))
    )
    return frozenset(found)


def has_suppressions(connection: sa.Connection) -> bool:
    """Say whether anyone has left for good."""
    return connection.execute(sa.select(suppressions.c.address_hash).limit(1)).first() is not None
