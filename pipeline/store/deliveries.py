"""The ledger's rows: planned once, claimed with a lease, started before the dot, finished by the reply.

Each function is one or two statements in the caller's transaction; which moves are allowed is ``deliver.ledger``'s word.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

import sqlalchemy as sa

from pipeline.deliver.ledger import sources_of
from pipeline.model import DeliveryState as State
from pipeline.store.moves import Audience, belongs, claiming, finishing, starting
from pipeline.store.prepared import hand, native, numbers
from pipeline.store.schema import deliveries
from subscribers.schema import rows_at_once

WAITS = deliveries.c.state.in_(
    sa.bindparam("waiting", sources_of(State.CLAIMED), expanding=True, literal_execute=True)
)
"""The row may be claimed once its time comes; written out, for SQLite finds the index of such rows only by its own words."""


HELD = deliveries.c.state.in_((State.CLAIMED, State.DATA_STARTED))
"""A sender has the row in hand."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A delivery that is ours to try until the lease is over."""

    subscriber_id: int
    language: str
    attempts: int
    not_after: datetime


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a try ended."""

    subscriber_id: int
    state: State
    code: int | None = None
    reason: str | None = None
    next_try: datetime | None = None
    is_try: bool = True
    """False: nothing was offered to the relay, so it does not count as an attempt."""


def owners(connection: sa.Connection, issue_id: int) -> tuple[str, ...]:
    """Return who has rows of an issue in hand."""
    held = sa.select(deliveries.c.owner).where(deliveries.c.issue_id == issue_id, HELD).distinct()
    return tuple(connection.scalars(held))


def recover(
    connection: sa.Connection,
    issue_id: int,
    *,
    repeatable: bool,
    now: datetime,
    dead: Collection[str] = (),
    living: Collection[str] = (),
    owner: str = "",
) -> int:
    """Take back what ``dead`` senders left, or one whose lease is over, and return how many rows that were.

    Before the dot a row can be sent again, after it nobody knows; what a sender known to be ``living`` has on the
    wire is waited for, whatever a clock that jumped makes of its lease. What ``owner``, who asks, has in hand stays
    there, or it would have it twice. A ``repeatable`` transport (the outbox, which finds its own file) may be asked
    again after all.
    """
    left = _left(issue_id, now=now, dead=dead)
    claimed = sa.and_(left, deliveries.c.state == State.CLAIMED, deliveries.c.owner != owner)
    started = in_doubt(issue_id, now=now, dead=dead, living=living)
    after_dot = State.DEFERRED if repeatable else State.UNCERTAIN
    reason = "its sender stopped"
    taken_back = _settle(connection, claimed, state=State.PLANNED, reason=reason, now=now)
    return taken_back + _settle(connection, started, state=after_dot, reason=reason, now=now)


def in_doubt(
    issue_id: int, *, now: datetime, dead: Collection[str], living: Collection[str]
) -> sa.ColumnElement[bool]:
    """Return what holds of rows that were on the wire when their sender died."""
    left = _left(issue_id, now=now, dead=dead)
    return sa.and_(left, deliveries.c.state == State.DATA_STARTED, deliveries.c.owner.not_in(living))


def _left(issue_id: int, *, now: datetime, dead: Collection[str]) -> sa.ColumnElement[bool]:
    over = sa.or_(deliveries.c.lease_until <= now, deliveries.c.owner.in_(dead))
    return sa.and_(deliveries.c.issue_id == issue_id, over)


def sweep(
    connection: sa.Connection,
    issue_id: int,
    audience: Audience,
    *,
    now: datetime,
    ignore_hours: bool = True,
) -> None:
    """Expire what is too late and suppress those who no longer belong to the audience, among what may be claimed now."""
    mine = is_due(issue_id, now=now, ignore_hours=ignore_hours)
    _settle(
        connection,
        sa.and_(mine, deliveries.c.not_after <= now),
        state=State.EXPIRED,
        reason="too late",
        now=now,
    )
    gone = sa.and_(mine, sa.not_(belongs(audience)))
    _settle(connection, gone, state=State.SUPPRESSED, reason="no longer subscribed", now=now)


def claim(
    connection: sa.Connection,
    issue_id: int,
    *,
    owner: str,
    lease_until: datetime,
    now: datetime,
    limit: int,
    ignore_hours: bool,
) -> tuple[Claim, ...]:
    """Make up to ``limit`` rows ours, those due first; another's are passed over."""
    columns = (
        deliveries.c.subscriber_id,
        deliveries.c.language,
        deliveries.c.attempts,
        deliveries.c.not_after,
    )
    chosen = (
        sa.select(*columns)
        .where(is_due(issue_id, now=now, ignore_hours=ignore_hours), deliveries.c.not_after > now)
        .order_by(deliveries.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claims = tuple(
        Claim(subscriber_id=reader, language=language, attempts=attempts, not_after=_moment(not_after))
        for reader, language, attempts, not_after in rows_at_once(connection, chosen)
    )
    dialect = connection.dialect.name
    readers = (claim.subscriber_id for claim in claims)
    asked = _asked(dialect, issue_id, readers, owner=owner, now=now)
    claiming(dialect).execute(connection, asked | {"until": native(dialect, lease_until)})
    return claims


def _asked(
    dialect: str, issue_id: int, readers: Iterable[int], *, owner: str, now: datetime
) -> dict[str, object]:
    """Return what each of the statements for every message is asked with: whose rows, by whom, when."""
    of, at = numbers(dialect, readers), native(dialect, now)
    return {"of_issue": issue_id, "of": of, "by": owner, "at": at}


@lru_cache(maxsize=64)
def _moment(text: str) -> datetime:
    """Read a moment as the database writes it: in UTC, where it names no zone."""
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def start(
    connection: sa.Connection,
    issue_id: int,
    subscriber_ids: Collection[int],
    audience: Audience,
    *,
    owner: str,
    lease_until: datetime,
    now: datetime,
) -> frozenset[int]:
    """Mark rows as about to leave and return those that may: the fence before the final dot.

    A row passes while its lease is ours and live, it is not too late, its issue is sending, and its reader still
    belongs to the audience; its lease then lasts until ``lease_until``. Rows of readers who do not belong are
    suppressed, late ones expire; commit before anything goes out.
    """
    dialect, everyone = connection.dialect.name, frozenset(subscriber_ids)
    asked = _asked(dialect, issue_id, everyone, owner=owner, now=now) | {
        "until": native(dialect, lease_until)
    }
    hand(connection, "SAVEPOINT fence")  # as a rule all pass, and to name each takes as long as to move it
    if starting(dialect, audience).execute(connection, asked).rowcount == len(everyone):
        return everyone
    hand(connection, "ROLLBACK TO SAVEPOINT fence")
    rows = starting(dialect, audience, names=True).execute(connection, asked).fetchall()
    passed = frozenset(reader for (reader,) in rows)
    ours = sa.and_(
        deliveries.c.issue_id == issue_id,
        deliveries.c.subscriber_id.in_(everyone - passed),
        deliveries.c.state == State.CLAIMED,
        deliveries.c.owner == owner,
        deliveries.c.lease_until > now,
    )
    gone = sa.and_(ours, sa.not_(belongs(audience)))
    _settle(connection, gone, state=State.SUPPRESSED, reason="left before the mail did", now=now)
    late = sa.and_(ours, deliveries.c.not_after <= now)
    _settle(connection, late, state=State.EXPIRED, reason="too late", now=now)
    return passed


def finish(
    connection: sa.Connection, issue_id: int, outcomes: Iterable[Outcome], *, owner: str, now: datetime
) -> int:
    """Write down how tries ended and return how many rows took it; a row that is no longer ours does not."""
    dialect = connection.dialect.name
    endings: dict[State, dict[int, Outcome]] = {}
    for each in outcomes:
        endings.setdefault(each.state, {}).setdefault(each.subscriber_id, each)
    number = 0
    for state, alike in endings.items():
        asked = _asked(dialect, issue_id, alike, owner=owner, now=now)
        said = json.dumps({id: _ending(each, dialect) for id, each in alike.items()})
        number += finishing(dialect, state).execute(connection, asked | {"said": said}).rowcount
    return number


def _ending(outcome: Outcome, dialect: str) -> list[object]:
    next_try = native(dialect, outcome.next_try)
    return [
        outcome.code,
        outcome.reason,
        next_try if next_try is None else str(next_try),
        int(outcome.is_try),
    ]


def give_back(connection: sa.Connection, issue_id: int, *, owner: str, now: datetime) -> None:
    """Return what we claimed and did not start."""
    mine = sa.and_(
        deliveries.c.issue_id == issue_id, deliveries.c.owner == owner, deliveries.c.state == State.CLAIMED
    )
    _settle(connection, mine, state=State.PLANNED, reason=None, now=now)


def counts(connection: sa.Connection, issue_id: int) -> dict[str, int]:
    """Return the number of rows in each state that has any."""
    rows = sa.select(deliveries.c.state, sa.func.count().label("number")).where(
        deliveries.c.issue_id == issue_id
    )
    return {row.state: row.number for row in connection.execute(rows.group_by(deliveries.c.state))}


def counts_by_issue(connection: sa.Connection) -> dict[int, dict[str, int]]:
    """Return the number of rows in each state, issue by issue."""
    rows = sa.select(deliveries.c.issue_id, deliveries.c.state, sa.func.count())
    by_issue: dict[int, dict[str, int]] = {}
    for issue_id, state, number in connection.execute(
        rows.group_by(deliveries.c.issue_id, deliveries.c.state)
    ):
        by_issue.setdefault(issue_id, {})[state] = number
    return by_issue


def is_due(issue_id: int, *, now: datetime, ignore_hours: bool) -> sa.ColumnElement[bool]:
    """Return what holds of an issue's rows that wait and whose time has come."""
    return sa.and_(
        deliveries.c.issue_id == issue_id,
        WAITS,
        sa.or_(deliveries.c.next_try.is_(None), deliveries.c.next_try <= now),
        sa.true() if ignore_hours else deliveries.c.due_at <= now,
    )


def _settle(
    connection: sa.Connection,
    where: sa.ColumnElement[bool],
    *,
    state: State,
    reason: str | None,
    now: datetime,
) -> int:
    """Move rows out of every sender's hands and return how many."""
    values = {"state": state, "reason": reason, "owner": None, "lease_until": None, "changed_at": now}
    return connection.execute(deliveries.update().where(where).values(values)).rowcount
