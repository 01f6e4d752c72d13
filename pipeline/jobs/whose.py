"""Whose mail a mail speaks of: found by tokens that only we can have made, and by nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from pipeline.deliver.message import Delivered, read_delivery_token
from pipeline.store.schema import deliveries, letters
from subscribers.bounces.kind import Kind
from subscribers.bounces.reading import Reading
from subscribers.schema import subscribers
from subscribers.store import token_hash


@dataclass(frozen=True, kw_only=True)
class Whose:
    """A reader, and by which delivery they are known."""

    subscriber_id: int
    delivery: str = ""
    """What names it in its token; empty when they are known by their leave token."""
    since: datetime | None = None
    """When that went out, as far as is known: no mail that speaks of it is older."""
    is_public: bool = False
    """The token is one that others may have seen."""


def whose(connection: sa.Connection, reading: Reading, *, key: bytes) -> Whose | None:
    """Return whose mail it is; None when no token in it is good for what it wants.

    A delivery is told of with its token, leaving is done with one's leave token, and a complaint may show either.
    A token that others may have seen goes after one that proves.
    """
    by_delivery = () if reading.kind is Kind.LEAVE else _by_delivery(connection, reading, key=key)
    by_leaving = _by_leaving(connection, reading) if reading.kind in (Kind.LEAVE, Kind.COMPLAINT) else ()
    return min((*by_delivery, *by_leaving), key=lambda each: each.is_public, default=None)


def _by_delivery(connection: sa.Connection, reading: Reading, *, key: bytes) -> Iterator[Whose]:
    for token in reading.delivery_tokens:
        delivered = read_delivery_token(token, key=key)
        if delivered is None:
            continue
        found = (
            _of_issue(connection, delivered)
            if delivered.letter is None
            else _of_letter(connection, delivered)
        )
        named = token.rpartition(".")[0]  # the same in both tokens of a mail, so that it counts once
        if found is not None:
            yield replace(found, delivery=named, is_public=delivered.is_public)


def _of_issue(connection: sa.Connection, delivered: Delivered) -> Whose | None:
    if delivered.subscriber_id is None:
        return None
    return Whose(subscriber_id=delivered.subscriber_id, since=connection.scalar(_changed_at(delivered)))


def _of_letter(connection: sa.Connection, delivered: Delivered) -> Whose | None:
    found = sa.select(letters.c.subscriber_id, letters.c.queued_at).where(letters.c.token == delivered.letter)
    row = connection.execute(found).one_or_none()
    return row and Whose(subscriber_id=row.subscriber_id, since=row.queued_at)


def _changed_at(delivered: Delivered) -> sa.Select[datetime]:
    chosen: sa.Select[datetime] = sa.select(deliveries.c.changed_at)
    return chosen.where(
        deliveries.c.issue_id == delivered.issue_id, deliveries.c.subscriber_id == delivered.subscriber_id
    )


def _by_leaving(connection: sa.Connection, reading: Reading) -> Iterator[Whose]:
    for token in reading.leave_tokens:
        owner = connection.scalar(
            sa.select(subscribers.c.id).where(subscribers.c.token_hash == token_hash(token))
        )
        if owner is not None:
            yield Whose(subscriber_id=owner)
