"""Double opt-in: whoever fills in the form asks, and the address's owner confirms, once, by a letter's link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from subscribers import consent, life, store, suppression
from subscribers.addresses import Address
from subscribers.life import GONE, Event, Status
from subscribers.schema import consents, subscribers, subscriptions
from subscribers.store import Letter, Mailer, Row, SignUp


@dataclass(frozen=True, kw_only=True)
class Asking:
    """What a form asked for, and what it showed."""

    address: Address
    newsletters: tuple[str, ...]
    language: str
    timezone: str
    claim: str
    """The words beside the button."""
    version: str
    origin: str
    network: str


class Answer(StrEnum):
    """What became of a confirmation."""

    CONFIRMED = "confirmed"
    BEFORE = "before"
    """The link was used before, and they are on the list."""
    OVERTAKEN = "overtaken"
    """They left since it was sent; a new sign-up brings them back."""
    UNKNOWN = "unknown"


def ask(
    connection: sa.Connection, asking: Asking, *, suppression_key: bytes, mailer: Mailer, now: datetime
) -> None:
    """Ask an address's owner by letter, or tell them that they get it already; nothing else changes for anyone.

    Who is on the list keeps their settings, who left stays away until they confirm. Each asking is written down, whoever
    it names: one that the disk need not keep would be answered sooner, and tell who is on the list.
    """
    row = store.find_row(connection, subscribers.c.email_key == asking.address.key)
    stands = store.standing(connection, row, asking.address.key, suppression_key=suppression_key)
    if life.after(stands, Event.SIGN_UP) is None:
        return
    subscriber_id = (
        row.id if row else store.insert(connection, _stranger(asking), status=Status.PENDING, now=now)
    )
    asked = consent.record(
        connection,
        kind=consent.Kind.ASKED,
        claim=asking.claim,
        version=asking.version,
        origin=asking.origin,
        network=asking.network,
        terms={"newsletters": list(asking.newsletters), "language": asking.language},
        subscriber_id=subscriber_id,
        now=now,
    )
    if stands in (None, Status.PENDING):
        for newsletter in asking.newsletters:
            store.subscribe(connection, subscriber_id, newsletter=newsletter, consent_id=None, now=now)
    is_reader = stands in (Status.ACTIVE, Status.PAUSED)
    if is_reader and store.agreed_newsletters(connection, subscriber_id).issuperset(asking.newsletters):
        mailer.queue(connection, subscriber_id=subscriber_id, kind=Letter.ALREADY, now=now)
    else:
        mailer.queue(connection, subscriber_id=subscriber_id, kind=Letter.OPT_IN, now=now, consent_id=asked)


def _stranger(asking: Asking) -> SignUp:
    return SignUp(
        address=asking.address,
        newsletter=asking.newsletters[0],
        language=asking.language,
        timezone=asking.timezone,
    )


def confirm(
    connection: sa.Connection,
    asked_id: int,
    *,
    claim: str,
    version: str,
    network: str,
    suppression_key: bytes,
    now: datetime,
) -> Answer:
    """Take the owner's word for what was asked; ``claim`` is what the page showed beside its button, ``version`` which words."""
    owner = sa.select(consents.c.subscriber_id).where(consents.c.id == asked_id).scalar_subquery()
    row = store.find_row(connection, subscribers.c.id == owner)  # first: who is leaving has left then
    asked = consent.find(connection, asked_id)
    answer = look(connection, asked)
    status = row and life.after(row.status, Event.CONFIRM)
    if answer is not Answer.CONFIRMED or not (asked and row and row.email_key and status):
        return answer
    suppression.lift(connection, suppression.address_hash(row.email_key, key=suppression_key))
    confirmed = consent.record(
        connection,
        kind=consent.Kind.CONFIRMED,
        claim=claim,
        version=version,
        origin=f"link of the letter on record {asked_id}",
        network=network,
        terms=asked.terms,
        confirms=asked_id,
        subscriber_id=row.id,
        now=now,
    )
    _come_in(connection, row, asked.terms, consent_id=confirmed, now=now)
    return answer


def look(connection: sa.Connection, asked: sa.Row[Any] | None) -> Answer:
    """Return what confirming would come to, changing nothing."""
    if asked is None or asked.kind != consent.Kind.ASKED or asked.subscriber_id is None:
        return Answer.UNKNOWN
    if consent.is_overtaken(connection, asked.id, subscriber_id=asked.subscriber_id):
        return Answer.OVERTAKEN
    return Answer.BEFORE if consent.is_confirmed(connection, asked.id) else Answer.CONFIRMED


def _come_in(
    connection: sa.Connection, row: Row, terms: dict[str, Any], *, consent_id: int, now: datetime
) -> None:
    """Make the person active with what they asked for; what they had before they left stays behind."""
    before = row.status
    if before in GONE:
        had = sa.select(subscriptions.c.newsletter).where(subscriptions.c.subscriber_id == row.id)
        store.drop(connection, row.id, newsletters=connection.scalars(had).all(), now=now)
    is_reader = before in (Status.ACTIVE, Status.PAUSED)
    values = {
        "status": Status.ACTIVE,
        "paused_until": None,
        "language": row.language if is_reader else terms["language"],
        "changed_at": now,
    }
    connection.execute(subscribers.update().where(subscribers.c.id == row.id).values(values))
    for newsletter in terms["newsletters"]:
        store.take_up(connection, row.id, newsletter=newsletter, consent_id=consent_id, now=now)
