"""Count the list: where people stand, what they read, how they came, and how it grew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

import sqlalchemy as sa

from subscribers.arrivals import BY_HAND, IS_FIRST, Arrival
from subscribers.life import GONE, Status
from subscribers.schema import IS_AGREED, consents, subscribers, subscriptions

MONTHS = 12
DOMAINS = 10


@dataclass(frozen=True, kw_only=True)
class Group:
    """People who have something in common: how many, and how many of them get mail."""

    name: str
    people: int
    active: int


@dataclass(frozen=True, kw_only=True)
class Month:
    """How the list grew in a month (UTC); of those who came and went again, each came once and went once."""

    month: str
    """``YYYY-MM``."""
    came: int
    left: int
    """Who is gone now and went then; who came back has not left."""
    stood: int
    """How many were on the list at its end."""


@dataclass(frozen=True, kw_only=True)
class Stats:
    """The list in numbers, the erased left out; groups by their size, the largest first."""

    people: int
    statuses: tuple[Group, ...]
    newsletters: tuple[Group, ...]
    """The active of these are the audience of its next issue."""
    languages: tuple[Group, ...]
    sources: tuple[Group, ...]
    domains: tuple[Group, ...]
    """The ``DOMAINS`` largest."""
    months: tuple[Month, ...]
    """The last ``MONTHS``, the present one last."""


def count_all(
    connection: sa.Connection, where: sa.ColumnElement[bool] | None = None, *, now: datetime
) -> Stats:
    """Count everyone but the erased, or those whom ``where`` finds; each number is one pass over the tables."""
    here = subscribers.c.status != Status.ERASED
    found = here if where is None else sa.and_(here, where)
    statuses = _groups(connection, subscribers.c.status, found)
    stand = sum(group.people for group in statuses if group.name not in GONE)
    return Stats(
        people=sum(group.people for group in statuses),
        statuses=statuses,
        newsletters=_newsletters(connection, found),
        languages=_groups(connection, subscribers.c.language, found),
        sources=_sources(connection, found, among=statuses),
        domains=_groups(connection, domain(connection), found, limit=DOMAINS),
        months=_months(connection, found, stand=stand, now=now),
    )


_PEOPLE = sa.func.count()
_ACTIVE = sa.func.count().filter(subscribers.c.status == Status.ACTIVE)


def _groups(
    connection: sa.Connection,
    name: sa.ColumnElement[str],
    found: sa.ColumnElement[bool],
    *,
    limit: int | None = None,
) -> tuple[Group, ...]:
    shared = name.label("shared")  # no column is called so
    rows = sa.select(shared, _PEOPLE, _ACTIVE).select_from(subscribers).where(found)
    return _by_size(connection, rows.group_by(shared).order_by(_PEOPLE.desc(), shared).limit(limit))


def _by_size(connection: sa.Connection, rows: sa.Executable) -> tuple[Group, ...]:
    return tuple(
        Group(name=name, people=people, active=active) for name, people, active in connection.execute(rows)
    )


def _newsletters(connection: sa.Connection, found: sa.ColumnElement[bool]) -> tuple[Group, ...]:
    gets = sa.and_(subscribers.c.status == Status.ACTIVE, IS_AGREED)
    name = subscriptions.c.newsletter
    rows = (
        sa.select(name, _PEOPLE, sa.func.count().filter(gets))
        .join(subscribers, subscribers.c.id == subscriptions.c.subscriber_id)
        .where(subscriptions.c.dropped_at.is_(None), found)
    )
    return _by_size(connection, rows.group_by(name).order_by(_PEOPLE.desc(), name))


def _sources(
    connection: sa.Connection, found: sa.ColumnElement[bool], *, among: Sequence[Group]
) -> tuple[Group, ...]:
    """Count those who came by a record of their own; the others came by an import."""
    name = sa.case((BY_HAND, str(Arrival.OPERATOR)), else_=str(Arrival.FORM)).label("shared")
    rows = sa.select(name, _PEOPLE, _ACTIVE).select_from(consents).join(subscribers, IS_FIRST).where(found)
    own = _by_size(connection, rows.group_by(name))
    imported = Group(
        name=str(Arrival.IMPORT),
        people=sum(group.people for group in among) - sum(group.people for group in own),
        active=sum(group.active for group in among) - sum(group.active for group in own),
    )
    every = sorted((*own, imported), key=lambda group: (-group.people, group.name))
    return tuple(group for group in every if group.people)


def domain(connection: sa.Connection) -> sa.ColumnElement[str]:
    """Return what stands behind an address's ``@``; a normalised one has no other."""
    find = sa.func.instr if connection.dialect.name == "sqlite" else sa.func.strpos
    return sa.func.substr(subscribers.c.email_key, find(subscribers.c.email_key, "@") + 1)


def _months(
    connection: sa.Connection, found: sa.ColumnElement[bool], *, stand: int, now: datetime
) -> tuple[Month, ...]:
    """Count by month, and go back from how many ``stand`` on the list now to how many did then."""
    turns = _turns(now)
    came = _by_month(connection, subscribers.c.created_at, found, turns=turns)
    is_gone = subscribers.c.status.in_(GONE)
    left = _by_month(connection, subscribers.c.changed_at, sa.and_(found, is_gone), turns=turns)
    months: list[Month] = []
    for turn in reversed(turns[:-1]):
        name = f"{turn:%Y-%m}"
        months.append(Month(month=name, came=came.get(name, 0), left=left.get(name, 0), stood=stand))
        stand += left.get(name, 0) - came.get(name, 0)
    return tuple(reversed(months))


def _by_month(
    connection: sa.Connection,
    at: sa.ColumnElement[datetime],
    found: sa.ColumnElement[bool],
    *,
    turns: Sequence[datetime],
) -> dict[str, int]:
    """Return how many there are in each month that has some."""
    month = sa.case(*((at < end, f"{start:%Y-%m}") for start, end in pairwise(turns))).label("month")
    rows = sa.select(month, _PEOPLE).select_from(subscribers).where(found, at >= turns[0], at < turns[-1])
    return {row.month: row[1] for row in connection.execute(rows.group_by(month))}


def _turns(now: datetime) -> list[datetime]:
    """Return when each of the last months began, and when the present one will end."""
    this = now.astimezone(UTC)
    numbers = range(this.year * 12 + this.month - MONTHS, this.year * 12 + this.month + 1)
    return [datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC) for number in numbers]
