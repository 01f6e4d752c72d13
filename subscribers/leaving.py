"""How a reader's time on the list ends: they leave, complain or are erased, or their mailbox is given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from subscribers import consent, life, store, suppression
from subscribers.addresses import Address
from subscribers.errors import UnknownSubscriberError
from subscribers.life import Event, Status
from subscribers.schema import bounces, subscriber_tags, subscribers, subscriptions

_SUPPRESSING = {Event.LEAVE: "left", Event.COMPLAIN: "complained", Event.ERASE: "erased"}
"""A mailbox that is given up is not here: its row says so, and when it is erased the hash will."""


@dataclass(frozen=True, kw_only=True)
class Ending:
    """What ended, by whose word: what the ledger keeps of it."""

    event: Event
    kind: consent.Kind
    claim: str
    origin: str
    network: str | None = None


def left(*, origin: str, network: str | None = None) -> Ending:
    """Return the ending of one who leaves all newsletters."""
    return Ending(
        event=Event.LEAVE,
        kind=consent.Kind.LEFT,
        claim="left all newsletters",
        origin=origin,
        network=network,
    )


def complained(*, mail: str) -> Ending:
    """Return the ending of one who called our mail spam, as the mail of that digest reports."""
    return Ending(
        event=Event.COMPLAIN,
        kind=consent.Kind.COMPLAINED,
        claim="complained to their provider",
        origin=f"mail {mail}",
    )


def given_up(*, why: str, mail: str) -> Ending:
    """Return the ending of one whose mail comes back, the last time by the mail of that digest."""
    return Ending(event=Event.GIVE_UP, kind=consent.Kind.BOUNCED, claim=why, origin=f"mail {mail}")


def end_by_token(
    connection: sa.Connection, token: str, ending: Ending, *, suppression_key: bytes, now: datetime
) -> store.Row | None:
    """End it for the token's owner, at once, and return how they stood; twice is fine. None when nobody has this token."""
    row = store.find_row_by_token(connection, token)
    if row is not None:
        end_row(connection, row, ending, suppression_key=suppression_key, now=now)
    return row


def end_by_address(
    connection: sa.Connection, address: Address, ending: Ending, *, suppression_key: bytes, now: datetime
) -> None:
    """End it for an address, at once; twice is fine. Raises ``UnknownSubscriberError``."""
    where = subscribers.c.email_key == address.key
    if not end(connection, where, ending, suppression_key=suppression_key, now=now):
        raise UnknownSubscriberError(
            f"nobody on the list has the address {address.email}; nothing was changed; to keep a stranger away, "
            "put the address into a CSV file below the word email, and run: "
            "metabrief subscribers import FILE.csv --newsletter KEY --left"
        )


def end(
    connection: sa.Connection,
    where: sa.ColumnElement[bool],
    ending: Ending,
    *,
    suppression_key: bytes,
    now: datetime,
) -> bool:
    """End it for the one person ``where`` finds, as ``life`` allows; False when it finds nobody."""
    row = store.find_row(connection, where)
    if row is not None:
        end_row(connection, row, ending, suppression_key=suppression_key, now=now)
    return row is not None


def end_row(
    connection: sa.Connection, row: store.Row, ending: Ending, *, suppression_key: bytes, now: datetime
) -> None:
    """End it for the person of a row that was just found, as ``life`` allows."""
    status = life.after(row.status, ending.event)
    if status is None or row.email_key is None:
        return
    hashed = suppression.address_hash(row.email_key, key=suppression_key)
    if ending.event in _SUPPRESSING:
        suppression.suppress(connection, hashed, reason=_SUPPRESSING[ending.event], now=now)
    if status != row.status or consent.is_asked(connection, row.id):  # what was asked is void now
        _write_down(connection, row.id, ending, status=status, now=now)
    if ending.event is Event.ERASE:
        _forget(connection, row.id, row.email_key, address_hash=hashed, now=now)


def _write_down(
    connection: sa.Connection, subscriber_id: int, ending: Ending, *, status: Status, now: datetime
) -> None:
    """Keep the word that ended it; for one who is erased, also what our mail to them rested on, for nothing else will tell."""
    store.set_status(connection, subscriber_id, status=status, now=now)
    consent.record(
        connection,
        kind=ending.kind,
        claim=ending.claim,
        origin=ending.origin,
        network=ending.network,
        now=now,
        subscriber_id=subscriber_id,
        terms=consent.grounds(connection, subscriber_id) if ending.event is Event.ERASE else None,
    )


def erased(*, origin: str) -> Ending:
    """Return the ending of one who is forgotten."""
    return Ending(event=Event.ERASE, kind=consent.Kind.ERASED, claim="erased", origin=origin)


def _forget(
    connection: sa.Connection, subscriber_id: int, email_key: str, *, address_hash: str, now: datetime
) -> None:
    """Keep nothing of a person but an empty row, for the ledger's sake, and the suppression hash."""
    for table in (subscriber_tags, subscriptions, bounces):
        connection.execute(table.delete().where(table.c.subscriber_id == subscriber_id))
    consent.forget(connection, subscriber_id, address=email_key, address_hash=address_hash)
    nothing = {"email": None, "email_key": None, "token": None, "token_hash": None, "send_at": None}
    values = {**nothing, "name": "", "timezone": "UTC", "paused_until": None, "changed_at": now}
    connection.execute(subscribers.update().where(subscribers.c.id == subscriber_id).values(values))
