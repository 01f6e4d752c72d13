"""What readers set themselves, by the link in each mail."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from subscribers import consent, leaving, life, people, store
from subscribers.life import GONE, Event, Status
from subscribers.schema import subscribers, subscriptions


@dataclass(frozen=True, kw_only=True)
class Choice:
    """How a reader wants it from now on; a changed hour counts from the next issue."""

    newsletters: tuple[str, ...]
    name: str
    language: str
    timezone: str
    send_at: str | None
    paused_until: datetime | None


@dataclass(frozen=True, kw_only=True)
class Page:
    """What the page showed and where it was sent from: the proof of a new subscription."""

    offered: tuple[str, ...]
    """The newsletters it let choose; others of the reader's are left as they are."""
    claim: str
    version: str
    network: str


def choose(
    connection: sa.Connection,
    token: str,
    choice: Choice,
    *,
    page: Page,
    suppression_key: bytes,
    now: datetime,
) -> Status | None:
    """Set what the token's owner chose and return where they stand; without a newsletter left they have left.

    None when nobody has this token; who is gone stays so.
    """
    row = store.find_row_by_token(connection, token)
    if row is None:
        return None
    if row.status in GONE:
        return row.status
    dropped = [key for key in page.offered if key not in choice.newsletters]
    store.drop(connection, row.id, newsletters=dropped, now=now)
    if not choice.newsletters and not _has_any(connection, row.id):
        ending = leaving.left(origin="preferences page", network=page.network)
        leaving.end_row(connection, row, ending, suppression_key=suppression_key, now=now)
        return Status.UNSUBSCRIBED
    status = _status(row.status, choice)
    values = {
        "status": status,
        "paused_until": choice.paused_until if status is Status.PAUSED else None,
        "name": choice.name,
        "language": choice.language,
        "timezone": choice.timezone,
        "send_at": choice.send_at,
        "changed_at": now,
    }
    connection.execute(subscribers.update().where(subscribers.c.id == row.id).values(values))
    if status is not Status.PENDING:
        _take_up(connection, row.id, choice.newsletters, page=page, now=now)
    return status


def _status(before: Status, choice: Choice) -> Status:
    return life.after(before, Event.PAUSE if choice.paused_until else Event.RESUME) or before


def _has_any(connection: sa.Connection, subscriber_id: int) -> bool:
    kept = sa.select(subscriptions.c.newsletter).join(subscribers)
    mine = kept.where(subscriptions.c.subscriber_id == subscriber_id, people.HAS)
    return connection.execute(mine.limit(1)).first() is not None


def _take_up(
    connection: sa.Connection, subscriber_id: int, newsletters: Collection[str], *, page: Page, now: datetime
) -> None:
    agreed = store.agreed_newsletters(connection, subscriber_id)
    fresh = [key for key in newsletters if key not in agreed]
    if not fresh:
        return
    consent_id = consent.record(
        connection,
        kind=consent.Kind.PREFERENCES,
        claim=page.claim,
        version=page.version,
        origin="preferences page",
        network=page.network,
        terms={"newsletters": fresh},
        subscriber_id=subscriber_id,
        now=now,
    )
    for key in fresh:
        store.take_up(connection, subscriber_id, newsletter=key, consent_id=consent_id, now=now)
