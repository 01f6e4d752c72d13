"""The ledger's rows: planned once, claimed with a lease, started before the dot, finished by the reply.

Each function is one or two statements in the caller's transaction; which moves are allowed is ``deliver.ledger``'s word.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache

import sqlalchemy as sa

from pipeline.deliver.ledger import sources_of
from pipeline.model import DeliveryState as State
from pipeline.model import IssueStatus
from pipeline.store.prepared import Prepared, among, hand, native, numbers
from pipeline.store.schema import deliveries, issue_hours, issues
from subscribers.schema import Instant, insert_new, rows_at_once

Audience = sa.Select[tuple[int, str, str, str | None]]
"""subscriber_id, language, timezone, send_at of everyone who gets the newsletter now."""

WAITS = deliveries.c.state.in_(
    sa.bindparam("waiting", sources_of(State.CLAIMED), expanding=True, literal_execute=True)
)
"""The row may be claimed once its time comes; written out, for SQLite finds the index of such rows only by its own words."""


HELD = deliveries.c.state.in_((State.CLAIMED, State.DATA_STARTED))
"""A sender has the row in hand."""


@dataclass(frozen=True, kw_only=True)
class Hour:
    """When readers of one zone and hour are due, and how late is too late."""

    timezone: str
    send_at: str
    """``HH:MM``, or empty for the newsletter's own."""
    due_at: datetime
    not_after: datetime


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


def hours_wanted(connection: sa.Connection, audience: Audience) -> tuple[tuple[str, str], ...]:
    """Return the (zone, hour) pairs of an audience, each once; an empty hour is the newsletter's own."""
    people = audience.subquery()
    pairs = sa.select(people.c.timezone, sa.func.coalesce(people.c.send_at, "")).distinct()
    return tuple((zone, hour) for zone, hour in connection.execute(pairs))


def plan(
    connection: sa.Connection,
    issue_id: int,
    audience: Audience,
    *,
    hours: Sequence[Hour],
    languages: Sequence[str],
    now: datetime,
) -> None:
    """Write one planned row for each reader who has none yet, in one INSERT … SELECT.

    A reader's language that the issue is not set in becomes the first of ``languages``.
    """
    if not hours:
        return
    rows = [{"issue_id": issue_id, **hour.__dict__} for hour in hours]
    connection.execute(insert_new(connection, issue_hours), rows)
    people = audience.subquery()
    on_hour = sa.and_(
        issue_hours.c.issue_id == issue_id,
        issue_hours.c.timezone == people.c.timezone,
        issue_hours.c.send_at == sa.func.coalesce(people.c.send_at, ""),
    )
    chosen = sa.select(
        sa.literal(issue_id),
        people.c.subscriber_id,
        sa.literal(State.PLANNED, sa.Text),
        sa.case((people.c.language.in_(languages), people.c.language), else_=languages[0]),
        issue_hours.c.due_at,
        issue_hours.c.not_after,
        sa.literal(now, deliveries.c.changed_at.type),
    ).select_from(people.join(issue_hours, on_hour))
    columns = ["issue_id", "subscriber_id", "state", "language", "due_at", "not_after", "changed_at"]
    # WHERE true: without it SQLite reads the ON of ON CONFLICT as a join's
    connection.execute(insert_new(connection, deliveries).from_select(columns, chosen.where(sa.true())))


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
    mine = deliveries.c.issue_id == issue_id
    left = sa.or_(deliveries.c.lease_until <= now, deliveries.c.owner.in_(dead))
    claimed = sa.and_(mine, deliveries.c.state == State.CLAIMED, left, deliveries.c.owner != owner)
    started = sa.and_(mine, deliveries.c.state == State.DATA_STARTED, left, deliveries.c.owner.not_in(living))
    after_dot = State.DEFERRED if repeatable else State.UNCERTAIN
    reason = "its sender stopped"
    taken_back = _settle(connection, claimed, state=State.PLANNED, reason=reason, now=now)
    return taken_back + _settle(connection, started, state=after_dot, reason=reason, now=now)


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
    gone = sa.and_(mine, sa.not_(_belongs(audience)))
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
    asked = {
        "of_issue": issue_id,
        "of": numbers(dialect, (claim.subscriber_id for claim in claims)),
        "by": owner,
        "until": native(dialect, lease_until),
        "at": native(dialect, now),
    }
    _claiming(dialect).execute(connection, asked)
    return claims


@cache
def _claiming(dialect: str) -> Prepared:
    """Return the statement that makes the rows ``of`` readers, which nobody else can take now, ours."""
    claim = (
        deliveries.update()
        .where(
            deliveries.c.issue_id == sa.bindparam("of_issue", type_=sa.Integer),
            among(deliveries.c.subscriber_id, dialect, name="of"),
        )
        .values(
            state=State.CLAIMED,
            owner=sa.bindparam("by", type_=sa.Text),
            lease_until=sa.bindparam("until", type_=Instant),
            changed_at=sa.bindparam("at", type_=Instant),
        )
    )
    return Prepared(claim, dialect)


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
    asked = {
        "of_issue": issue_id,
        "of": numbers(dialect, everyone),
        "by": owner,
        "until": native(dialect, lease_until),
        "at": native(dialect, now),
    }
    hand(connection, "SAVEPOINT fence")  # as a rule all pass, and to name each takes as long as to move it
    if _starting(dialect, audience).execute(connection, asked).rowcount == len(everyone):
        return everyone
    hand(connection, "ROLLBACK TO SAVEPOINT fence")
    rows = _starting(dialect, audience, names=True).execute(connection, asked).fetchall()
    passed = frozenset(reader for (reader,) in rows)
    ours = sa.and_(
        deliveries.c.issue_id == issue_id,
        deliveries.c.subscriber_id.in_(everyone - passed),
        deliveries.c.state == State.CLAIMED,
        deliveries.c.owner == owner,
        deliveries.c.lease_until > now,
    )
    gone = sa.and_(ours, sa.not_(_belongs(audience)))
    _settle(connection, gone, state=State.SUPPRESSED, reason="left before the mail did", now=now)
    late = sa.and_(ours, deliveries.c.not_after <= now)
    _settle(connection, late, state=State.EXPIRED, reason="too late", now=now)
    return passed


@lru_cache(maxsize=16)
def _starting(dialect: str, audience: Audience, *, names: bool = False) -> Prepared:
    """Return the fence for readers ``of``: rows of ours, live, in time, of an issue that is sending, of who belongs.

    With ``names`` it returns whose rows passed.
    """
    at = sa.bindparam("at", type_=Instant)
    this_issue = sa.bindparam("of_issue", type_=sa.Integer)
    sending = sa.exists().where(issues.c.id == this_issue, issues.c.status == IssueStatus.SENDING)
    start = (
        deliveries.update()
        .where(
            deliveries.c.issue_id == this_issue,
            among(deliveries.c.subscriber_id, dialect, name="of"),
            deliveries.c.state == State.CLAIMED,
            deliveries.c.owner == sa.bindparam("by", type_=sa.Text),
            deliveries.c.lease_until > at,
            deliveries.c.not_after > at,
            sending,
            _belongs(audience),
        )
        .values(state=State.DATA_STARTED, lease_until=sa.bindparam("until", type_=Instant), changed_at=at)
    )
    return Prepared(start.returning(deliveries.c.subscriber_id) if names else start, dialect)


def finish(
    connection: sa.Connection, issue_id: int, outcomes: Iterable[Outcome], *, owner: str, now: datetime
) -> int:
    """Write down how tries ended and return how many rows took it; a row that is no longer ours does not."""
    dialect = connection.dialect.name
    alike: dict[tuple[State, int | None, str | None, datetime | None, bool], list[int]] = {}
    for each in outcomes:
        ending = (each.state, each.code, each.reason, each.next_try, each.is_try)
        alike.setdefault(ending, []).append(each.subscriber_id)
    number = 0
    for (state, code, reason, next_try, is_try), readers in alike.items():
        asked = {
            "of_issue": issue_id,
            "of": numbers(dialect, readers),
            "by": owner,
            "at": native(dialect, now),
            "to_code": code,
            "to_reason": reason,
            "to_next_try": native(dialect, next_try),
            "tries": int(is_try),
        }
        number += _finishing(dialect, state).execute(connection, asked).rowcount
    return number


@cache
def _finishing(dialect: str, state: State) -> Prepared:
    """Return the statement that moves tried rows ``of`` readers whose tries ended alike to ``state``."""
    tried = [before for before in sources_of(state) if before in (State.CLAIMED, State.DATA_STARTED)]
    return Prepared(
        deliveries.update()
        .where(
            deliveries.c.issue_id == sa.bindparam("of_issue", type_=sa.Integer),
            among(deliveries.c.subscriber_id, dialect, name="of"),
            sa.or_(sa.false(), *(deliveries.c.state == before for before in tried)),
            deliveries.c.owner == sa.bindparam("by", type_=sa.Text),
        )
        .values(
            state=state,
            code=sa.bindparam("to_code", type_=sa.Integer),
            reason=sa.bindparam("to_reason", type_=sa.Text),
            next_try=sa.bindparam("to_next_try", type_=Instant),
            attempts=deliveries.c.attempts + sa.bindparam("tries", type_=sa.Integer),
            owner=sa.null(),
            lease_until=sa.null(),
            changed_at=sa.bindparam("at", type_=Instant),
        ),
        dialect,
    )


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


def _belongs(audience: Audience) -> sa.ColumnElement[bool]:
    people = audience.subquery()
    return sa.exists().where(
        people.c.subscriber_id == deliveries.c.subscriber_id
    )  # a look-up a row, never the list


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
