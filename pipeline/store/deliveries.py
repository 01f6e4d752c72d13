"""The ledger's rows: planned once, claimed with a lease, started before the dot, finished by the reply.

Each function is one or two statements in the caller's transaction; which moves are allowed is ``deliver.ledger``'s word.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from pipeline.deliver.ledger import sources_of
from pipeline.model import DeliveryState as State
from pipeline.model import IssueStatus
from pipeline.store.schema import deliveries, issue_hours, issues
from subscribers.schema import insert_new

Audience = sa.Select[tuple[int, str, str, str | None]]
"""subscriber_id, language, timezone, send_at of everyone who gets the newsletter now."""

WAITS = deliveries.c.state.in_(
    sa.bindparam("waiting", sources_of(State.CLAIMED), expanding=True, literal_execute=True)
)
"""The row may be claimed once its time comes; written out, for SQLite finds the index of such rows only by its own words."""


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


def recover(connection: sa.Connection, issue_id: int, *, repeatable: bool, now: datetime) -> None:
    """Take back what a dead sender left: before the dot it can be sent again, after it nobody knows.

    A ``repeatable`` transport (the outbox, which finds its own file) may be asked again after all.
    """
    started = State.DEFERRED if repeatable else State.UNCERTAIN
    for before, after in ((State.CLAIMED, State.PLANNED), (State.DATA_STARTED, started)):
        over = sa.and_(
            deliveries.c.issue_id == issue_id, deliveries.c.lease_until <= now, deliveries.c.state == before
        )
        _settle(connection, over, state=after, reason="its sender stopped", now=now)


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
    chosen = (
        sa.select(deliveries.c.subscriber_id)
        .where(is_due(issue_id, now=now, ignore_hours=ignore_hours), deliveries.c.not_after > now)
        .order_by(deliveries.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claimed = connection.execute(
        deliveries.update()
        .where(deliveries.c.issue_id == issue_id, deliveries.c.subscriber_id.in_(chosen))
        .values(state=State.CLAIMED, owner=owner, lease_until=lease_until, changed_at=now)
        .returning(
            deliveries.c.subscriber_id, deliveries.c.language, deliveries.c.attempts, deliveries.c.not_after
        )
    )
    return tuple(Claim(**row) for row in claimed.mappings())


def start(
    connection: sa.Connection,
    issue_id: int,
    subscriber_ids: Sequence[int],
    audience: Audience,
    *,
    owner: str,
    now: datetime,
) -> frozenset[int]:
    """Mark rows as about to leave and return those that may: the fence before the final dot.

    A row passes while its lease is ours and live, its issue is sending, and its reader still belongs to the
    audience. Rows of readers who do not are suppressed; commit before anything goes out.
    """
    ours = sa.and_(
        deliveries.c.issue_id == issue_id,
        deliveries.c.subscriber_id.in_(subscriber_ids),
        deliveries.c.state == State.CLAIMED,
        deliveries.c.owner == owner,
        deliveries.c.lease_until > now,
    )
    sending = sa.exists().where(issues.c.id == issue_id, issues.c.status == IssueStatus.SENDING)
    started = connection.scalars(
        deliveries.update()
        .where(ours, sending, _belongs(audience))
        .values(state=State.DATA_STARTED, changed_at=now)
        .returning(deliveries.c.subscriber_id)
    )
    passed = frozenset(started)
    gone = sa.and_(ours, sa.not_(_belongs(audience)))
    _settle(connection, gone, state=State.SUPPRESSED, reason="left before the mail did", now=now)
    return passed


def finish(
    connection: sa.Connection, issue_id: int, outcomes: Iterable[Outcome], *, owner: str, now: datetime
) -> int:
    """Write down how tries ended and return how many rows took it; a row that is no longer ours does not."""
    taken = 0
    for outcome in outcomes:
        allowed = [
            state for state in sources_of(outcome.state) if state in (State.CLAIMED, State.DATA_STARTED)
        ]
        tried = outcome.state is not State.PLANNED
        result = connection.execute(
            deliveries.update()
            .where(
                deliveries.c.issue_id == issue_id,
                deliveries.c.subscriber_id == outcome.subscriber_id,
                deliveries.c.state.in_(allowed),
                deliveries.c.owner == owner,
            )
            .values(
                state=outcome.state,
                code=outcome.code,
                reason=outcome.reason,
                next_try=outcome.next_try,
                attempts=deliveries.c.attempts + int(tried),
                owner=None,
                lease_until=None,
                changed_at=now,
            )
        )
        taken += result.rowcount
    return taken


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
) -> None:
    values = {"state": state, "reason": reason, "owner": None, "lease_until": None, "changed_at": now}
    connection.execute(deliveries.update().where(where).values(values))
