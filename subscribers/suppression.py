"""Addresses that must not be written to again, kept as keyed hashes so that they outlive the address itself."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from subscribers.schema import insert_new, suppressions


def address_hash(address_key: str, *, key: bytes) -> str:
    """Return the HMAC-SHA-256 of a normalised address, in hex."""
    return hmac.digest(key, address_key.encode(), "sha256").hex()


def hasher(key: bytes) -> Callable[[str], str]:
    """Return ``address_hash`` for many, the key worked in once."""
    keyed = hmac.new(key, digestmod="sha256")

    def hashed(address_key: str) -> str:
        one = keyed.copy()
        one.update(address_key.encode())
        return one.hexdigest()

    return hashed


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


def find(connection: sa.Connection, hashed: str) -> sa.Row[Any] | None:
    """Return since when and why an address is suppressed: ``at`` and ``reason``."""
    return connection.execute(
        sa.select(suppressions).where(suppressions.c.address_hash == hashed)
    ).one_or_none()


def has_suppressions(connection: sa.Connection) -> bool:
    """Say whether anyone has left for good."""
    return connection.execute(sa.select(suppressions.c.address_hash).limit(1)).first() is not None
