"""The readers of a newsletter as the desk shows them: a page at a time, and never their tokens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pipeline.model import DeliveryState
from pipeline.store.schema import deliveries
from subscribers.audience import audience
from subscribers.schema import subscribers

PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Reader:
    """One who gets the newsletter."""

    id: int
    email: str
    name: str
    language: str
    timezone: str
    send_at: str | None
    """``HH:MM``; None: the newsletter's own."""


@dataclass(frozen=True, kw_only=True)
class ReaderPage:
    """Some readers by address, and after whom the next page begins."""

    readers: tuple[Reader, ...]
    next_after: int | None


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What the ledger says of an issue's way to a reader."""

    language: str
    due_at: datetime
    state: DeliveryState


def find_readers(
    connection: sa.Connection, newsletter: str, *, search: str = "", after: int = 0
) -> ReaderPage:
    """Return a page of who gets ``newsletter`` now: those after reader ``after``, with ``search`` in address or name."""
    chosen = _readers(newsletter).order_by(subscribers.c.email_key).limit(PAGE + 1)
    if search:
        in_address = subscribers.c.email_key.contains(search.casefold(), autoescape=True)
        chosen = chosen.where(sa.or_(in_address, subscribers.c.name.icontains(search, autoescape=True)))
    if after:
        earlier = sa.select(subscribers.c.email_key).where(subscribers.c.id == after).scalar_subquery()
        chosen = chosen.where(subscribers.c.email_key > earlier)
    found = tuple(_reader(row) for row in connection.execute(chosen))
    return ReaderPage(readers=found[:PAGE], next_after=found[PAGE - 1].id if len(found) > PAGE else None)


def find_reader(connection: sa.Connection, newsletter: str, reader_id: int) -> Reader | None:
    """Return one of those who get ``newsletter`` now."""
    row = connection.execute(_readers(newsletter).where(subscribers.c.id == reader_id)).one_or_none()
    return None if row is None else _reader(row)


def find_delivery(connection: sa.Connection, issue_id: int, reader_id: int) -> Delivery | None:
    """Return what is planned for a reader, or was; None before an issue is sent."""
    row = connection.execute(
        sa.select(deliveries.c.language, deliveries.c.due_at, deliveries.c.state).where(
            deliveries.c.issue_id == issue_id, deliveries.c.subscriber_id == reader_id
        )
    ).one_or_none()
    return row and Delivery(language=row.language, due_at=row.due_at, state=DeliveryState(row.state))


def _readers(newsletter: str) -> sa.Select[Any]:
    return audience(newsletter).add_columns(subscribers.c.email, subscribers.c.name)


def _reader(row: sa.Row[Any]) -> Reader:
    return Reader(
        id=row.subscriber_id,
        email=row.email,
        name=row.name,
        language=row.language,
        timezone=row.timezone,
        send_at=row.send_at,
    )
