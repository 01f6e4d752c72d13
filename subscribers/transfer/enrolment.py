"""Write down what was decided on a batch: who is added, and who must stay away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from subscribers import consent
from subscribers.life import GONE, Status
from subscribers.schema import (
    Instant,
    consents,
    insert_new,
    subscribers,
    subscriptions,
    suppressions,
)
from subscribers.transfer.admission import Verdict
from subscribers.transfer.applicants import Applicant, unpacked
from subscribers.transfer.batch import AT_MOST, Batch, people
from subscribers.transfer.tagging import tag

LEFT_ELSEWHERE = "left elsewhere"
_UNMAILED = GONE | {Status.PENDING}


@dataclass(frozen=True, kw_only=True)
class Settled:
    """What becomes of a batch; of those who left elsewhere, by their places, what that means here."""

    verdicts: Sequence[Verdict]
    readers: tuple[int, ...]
    """They leave here with it."""
    others: tuple[int, ...]
    """Strangers, and those who are gone or pending: remembered, so that no list brings them in."""
    steadfast: int
    """So many came here by their own word; nothing happens to them."""


def admit(
    connection: sa.Connection, batch: Batch, verdicts: Sequence[Verdict], *, consent_id: int, now: datetime
) -> None:
    """Write down those who are taken."""
    taken = [place for place, verdict in enumerate(verdicts) if verdict is Verdict.TAKEN]
    others = [place for place, verdict in enumerate(verdicts) if verdict is not Verdict.TAKEN]
    for some in _chunks(others):
        connection.execute(people.delete().where(people.c.place.in_(some)))
    connection.execute(_new_people(connection, now=now))
    known = [batch.known[place] for place in taken if place in batch.known]
    for ids in _chunks([one.id for one in known if one.status is Status.PENDING]):
        activated = subscribers.update().where(subscribers.c.id.in_(ids))
        connection.execute(activated.values(status=Status.ACTIVE, changed_at=now))
    for one in known:
        if one.is_subscribed:
            _consent(connection, one.id, consent_id=consent_id)
    connection.execute(_new_subscriptions(connection, consent_id=consent_id, now=now))
    tag(connection, batch, taken)
    _pause(connection, [batch.applicants[place] for place in taken if place not in batch.known], now=now)


def _chunks(values: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(values), AT_MOST):
        yield values[start : start + AT_MOST]


def _new_people(connection: sa.Connection, *, now: datetime) -> Any:
    columns: dict[str, Any] = {
        "email": people.c.email,
        "email_key": people.c.key,
        "name": people.c.name,
        "status": sa.literal(Status.ACTIVE.value),
        "language": people.c.language,
        "timezone": people.c.timezone,
        "send_at": people.c.send_at,
        "token": people.c.token,
        "token_hash": people.c.token_hash,
        "created_at": sa.literal(now, Instant),
        "changed_at": sa.literal(now, Instant),
    }
    everyone = sa.select(*columns.values()).where(sa.true()).order_by(people.c.place)
    return insert_new(connection, subscribers).from_select(list(columns), everyone)


def _new_subscriptions(connection: sa.Connection, *, consent_id: int, now: datetime) -> Any:
    columns: dict[str, Any] = {
        "subscriber_id": subscribers.c.id,
        "newsletter": people.c.newsletter,
        "consent_id": sa.literal(consent_id),
        "created_at": sa.literal(now, Instant),
    }
    everyone = (
        sa.select(*columns.values())
        .select_from(people)
        .join(subscribers, subscribers.c.email_key == people.c.key)
        .where(sa.true())
        .order_by(subscribers.c.id)
    )
    return insert_new(connection, subscriptions).from_select(list(columns), everyone)


def _consent(connection: sa.Connection, subscriber_id: int, *, consent_id: int) -> None:
    """Fill in the consent that a person's subscriptions in the batch lack."""
    wanted = (
        sa.select(people.c.newsletter)
        .join(subscribers, subscribers.c.email_key == people.c.key)
        .where(subscribers.c.id == subscriber_id)
    )
    lacking = sa.and_(
        subscriptions.c.subscriber_id == subscriber_id,
        subscriptions.c.newsletter.in_(wanted),
        subscriptions.c.consent_id.is_(None),
    )
    connection.execute(subscriptions.update().where(lacking).values(consent_id=consent_id))


def _pause(connection: sa.Connection, newcomers: Sequence[Applicant], *, now: datetime) -> None:
    """Let those sleep on whose pause the list brings with it."""
    for newcomer in newcomers:
        paused_until = unpacked(newcomer.settings).paused_until
        until = paused_until and datetime.fromisoformat(paused_until)
        if until and until > now:
            mine = subscribers.c.email_key == newcomer.key
            connection.execute(
                subscribers.update().where(mine).values(status=Status.PAUSED, paused_until=until)
            )


def settle(connection: sa.Connection, batch: Batch, *, resumed: int | None) -> Settled:
    """Return what becomes of a batch, and write nothing."""
    verdicts = batch.verdicts(resumed=resumed)
    away = [place for place, verdict in enumerate(verdicts) if verdict is Verdict.LEFT_ELSEWHERE]
    mailed = {place: one for place in away if (one := batch.known.get(place)) and one.status not in _UNMAILED}
    own_word = _came_themselves(connection, [one.id for one in mailed.values()])
    readers = tuple(place for place, one in mailed.items() if one.id not in own_word)
    return Settled(
        verdicts=verdicts,
        readers=readers,
        others=tuple(place for place in away if place not in mailed),
        steadfast=len(mailed) - len(readers),
    )


def send_away(
    connection: sa.Connection, batch: Batch, settled: Settled, *, origin: str, now: datetime
) -> None:
    """See that those who left elsewhere stay away here, all of them at once: one by one, a batch takes seconds."""
    ids = [batch.known[place].id for place in settled.readers]
    for some in _chunks(ids):
        ended = subscribers.update().where(subscribers.c.id.in_(some))
        connection.execute(ended.values(status=Status.UNSUBSCRIBED, paused_until=None, changed_at=now))
    record = {"kind": consent.Kind.LEFT, "claim": LEFT_ELSEWHERE, "origin": origin, "at": now}
    if ids:
        connection.execute(consents.insert(), [{**record, "subscriber_id": one} for one in ids])
    rows = [
        {"address_hash": batch.hashes[place], "reason": LEFT_ELSEWHERE, "at": now}
        for place in (*settled.readers, *settled.others)
    ]
    if rows:
        connection.execute(insert_new(connection, suppressions), rows)


def _came_themselves(connection: sa.Connection, ids: Sequence[int]) -> frozenset[int]:
    own = (consent.Kind.CONFIRMED, consent.Kind.PREFERENCES)
    found: set[int] = set()
    for some in _chunks(ids):
        theirs = sa.and_(consents.c.subscriber_id.in_(some), consents.c.kind.in_(own))
        found.update(connection.scalars(sa.select(consents.c.subscriber_id).where(theirs)))
    return frozenset(found)
