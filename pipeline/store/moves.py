"""The statements that move an issue's rows for every message, each compiled once for each kind of database."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from typing import TypeVar

import sqlalchemy as sa

from pipeline.deliver.ledger import sources_of
from pipeline.model import DeliveryState as State
from pipeline.model import IssueStatus
from pipeline.store.prepared import Prepared, among, said_of
from pipeline.store.schema import deliveries, issues
from subscribers.schema import Instant

T = TypeVar("T")

Audience = sa.Select[tuple[int, str, str, str | None]]
"""subscriber_id, language, timezone, send_at of everyone who gets the newsletter now."""


_THIS_ISSUE = sa.bindparam("of_issue", type_=sa.Integer)


@cache
def claiming(dialect: str) -> Prepared:
    """Return the statement that makes the rows ``of`` readers, which nobody else can take now, ours."""
    claim = (
        deliveries.update()
        .where(
            _of_readers(dialect),
            stands_in(sources_of(State.CLAIMED)),
        )
        .values(
            state=State.CLAIMED,
            owner=sa.bindparam("by", type_=sa.Text),
            lease_until=sa.bindparam("until", type_=Instant),
            changed_at=sa.bindparam("at", type_=Instant),
        )
    )
    return Prepared(claim, dialect)


@lru_cache(maxsize=16)
def starting(dialect: str, audience: Audience, *, names: bool = False) -> Prepared:
    """Return the fence for readers ``of``: rows of ours, live, in time, of an issue that is sending, of who belongs.

    With ``names`` it returns whose rows passed.
    """
    at = sa.bindparam("at", type_=Instant)
    sending = sa.exists().where(issues.c.id == _THIS_ISSUE, issues.c.status == IssueStatus.SENDING)
    start = (
        deliveries.update()
        .where(
            _of_readers(dialect),
            deliveries.c.state == State.CLAIMED,
            deliveries.c.owner == sa.bindparam("by", type_=sa.Text),
            deliveries.c.lease_until > at,
            deliveries.c.not_after > at,
            sending,
            belongs(audience),
        )
        .values(state=State.DATA_STARTED, lease_until=sa.bindparam("until", type_=Instant), changed_at=at)
    )
    return Prepared(start.returning(deliveries.c.subscriber_id) if names else start, dialect)


@cache
def finishing(dialect: str, state: State) -> Prepared:
    """Return the statement that moves tried rows ``of`` readers to ``state``, each with what is ``said`` of it."""

    def said(at: int, type: sa.types.TypeEngine[T]) -> sa.ColumnElement[T]:
        return said_of(deliveries.c.subscriber_id, at, type, dialect, name="said")

    tried = [before for before in sources_of(state) if before in (State.CLAIMED, State.DATA_STARTED)]
    return Prepared(
        deliveries.update()
        .where(
            _of_readers(dialect),
            stands_in(tried),
            deliveries.c.owner == sa.bindparam("by", type_=sa.Text),
        )
        .values(
            state=state,
            code=said(0, sa.Integer()),
            reason=said(1, sa.Text()),
            next_try=said(2, sa.DateTime(timezone=True)),
            attempts=deliveries.c.attempts + said(3, sa.Integer()),
            owner=sa.null(),
            lease_until=sa.null(),
            changed_at=sa.bindparam("at", type_=Instant),
        ),
        dialect,
    )


def _of_readers(dialect: str) -> sa.ColumnElement[bool]:
    return sa.and_(
        deliveries.c.issue_id == _THIS_ISSUE, among(deliveries.c.subscriber_id, dialect, name="of")
    )


def stands_in(states: Iterable[State]) -> sa.ColumnElement[bool]:
    """Return whether a row stands in one of some states."""
    return sa.or_(sa.false(), *(deliveries.c.state == state for state in states))


def belongs(audience: Audience) -> sa.ColumnElement[bool]:
    """Return whether a row's reader is of the audience."""
    people = audience.subquery()
    return sa.exists().where(
        people.c.subscriber_id == deliveries.c.subscriber_id
    )  # a look-up a row, never the list
