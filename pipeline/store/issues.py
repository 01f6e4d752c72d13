"""Issues: written once a slot, read back whole, moved from status to status."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from pipeline.model import (
    Article,
    HoldReason,
    Issue,
    IssueStatus,
    LeftOut,
    Slot,
    TransportKind,
    Variant,
)
from pipeline.store.issue_rows import articles_of, bare, items_of
from pipeline.store.schema import (
    issue_items,
    issue_left_out,
    issue_variants,
    issues,
)

_COUNTED = (IssueStatus.APPROVED, IssueStatus.SENDING, IssueStatus.SENT)
"""Issues whose stories readers know, or are about to."""


@dataclass(frozen=True, kw_only=True)
class SentItem:
    """An item that a newsletter has carried, with the articles behind it."""

    headline: str
    summary: str
    slot_at: datetime
    articles: tuple[Article, ...]


def find(connection: sa.Connection, newsletter: str, wall: str) -> Issue | None:
    """Return the issue of the slot at a wall time, without its items."""
    where = sa.and_(issues.c.newsletter == newsletter, issues.c.slot == wall)
    row = connection.execute(sa.select(issues).where(where)).one_or_none()
    return None if row is None else bare(row)


def latest_id(connection: sa.Connection) -> int | None:
    """Return the id of the issue with the newest slot, the one made last among equals."""
    newest = sa.select(issues.c.id).order_by(issues.c.slot_at.desc(), issues.c.id.desc()).limit(1)
    return connection.scalar(newest)


def load_bare(connection: sa.Connection, issue_id: int) -> Issue | None:
    """Return an issue without its items."""
    row = connection.execute(sa.select(issues).where(issues.c.id == issue_id)).one_or_none()
    return None if row is None else bare(row)


def load(connection: sa.Connection, issue_id: int) -> Issue | None:
    """Return an issue whole: items with their articles, what was left out, variants."""
    issue = load_bare(connection, issue_id)
    if issue is None:
        return None
    left = (
        sa.select(issue_left_out)
        .where(issue_left_out.c.issue_id == issue_id)
        .order_by(issue_left_out.c.position)
    )
    return replace(
        issue,
        items=items_of(connection, issue_id),
        left_out=tuple(
            LeftOut(title=out.title, url=out.url, why=out.why, article_id=out.article_id)
            for out in connection.execute(left)
        ),
        variants=variants(connection, issue_id),
    )


def variants(connection: sa.Connection, issue_id: int) -> tuple[Variant, ...]:
    """Return an issue's variants, by language."""
    rows = (
        sa.select(issue_variants)
        .where(issue_variants.c.issue_id == issue_id)
        .order_by(issue_variants.c.language)
    )
    return tuple(
        Variant(language=row.language, subject=row.subject, preview=row.preview, html=row.html, text=row.text)
        for row in connection.execute(rows)
    )


def listing(connection: sa.Connection, *, limit: int | None = None, offset: int = 0) -> tuple[Issue, ...]:
    """Return the issues without their items, newest slot first: all of them, or ``limit`` from ``offset`` on."""
    newest_first = sa.select(issues).order_by(issues.c.slot_at.desc(), issues.c.id.desc())
    rows = connection.execute(newest_first.limit(limit).offset(offset))
    return tuple(bare(row) for row in rows)


def item_counts(connection: sa.Connection) -> dict[int, int]:
    """Return how many items each issue has that has any."""
    rows = sa.select(issue_items.c.issue_id, sa.func.count().label("number")).group_by(issue_items.c.issue_id)
    return {row.issue_id: row.number for row in connection.execute(rows)}


def subjects(
    connection: sa.Connection, issue_ids: Collection[int] | None = None
) -> dict[int, dict[str, str]]:
    """Return each issue's subject by language; of ``issue_ids`` alone, if they are given."""
    rows = sa.select(issue_variants.c.issue_id, issue_variants.c.language, issue_variants.c.subject)
    if issue_ids is not None:
        rows = rows.where(issue_variants.c.issue_id.in_(issue_ids))
    by_issue: dict[int, dict[str, str]] = {}
    for issue_id, language, subject in connection.execute(rows.order_by(issue_variants.c.language)):
        by_issue.setdefault(issue_id, {})[language] = subject
    return by_issue


def in_states(connection: sa.Connection, states: Collection[IssueStatus]) -> tuple[Issue, ...]:
    """Return the issues in one of ``states`` without their items, oldest slot first."""
    wanted = sa.select(issues).where(issues.c.status.in_(states)).order_by(issues.c.slot_at, issues.c.id)
    return tuple(bare(row) for row in connection.execute(wanted))


def previous_slot_at(connection: sa.Connection, newsletter: str, slot: Slot) -> datetime | None:
    """Return the instant of the newsletter's last slot before this one that has an issue; a missed one told nothing."""
    earlier = sa.and_(
        issues.c.newsletter == newsletter,
        issues.c.slot_at < slot.instant,
        issues.c.status != IssueStatus.MISSED,
    )
    return _newest(connection, earlier)


def last_slot_at(connection: sa.Connection, newsletter: str, *, until: datetime) -> datetime | None:
    """Return the instant of the newsletter's last slot up to ``until`` that has an issue, a missed one too."""
    past = sa.and_(issues.c.newsletter == newsletter, issues.c.slot_at <= until)
    return _newest(connection, past)


def _newest(connection: sa.Connection, where: sa.ColumnElement[bool]) -> datetime | None:
    newest = sa.select(issues.c.slot_at).where(where).order_by(issues.c.slot_at.desc()).limit(1)
    return connection.scalars(newest).first()


def walls_since(connection: sa.Connection, newsletter: str, *, since: datetime) -> frozenset[str]:
    """Return the wall times of a newsletter's slots from ``since`` on that have an issue."""
    later = sa.and_(issues.c.newsletter == newsletter, issues.c.slot_at >= since)
    return frozenset(connection.scalars(sa.select(issues.c.slot).where(later)))


def sent_items(
    connection: sa.Connection, newsletter: str, *, transport: TransportKind, since: datetime, slot: Slot
) -> tuple[SentItem, ...]:
    """Return what a newsletter has carried in other slots since ``since``, oldest first.

    One paused or called off while it was being sent counts: some have read it. Issues of the outbox mailed
    nobody, so they count among themselves only.
    """
    where = [
        issues.c.newsletter == newsletter,
        sa.or_(issues.c.status.in_(_COUNTED), issues.c.planned_at.is_not(None)),
        issues.c.slot_at >= since,
        issues.c.slot != slot.wall,
        issues.c.transport == transport,
    ]
    rows = connection.execute(
        sa.select(issue_items.c.id, issue_items.c.headline, issue_items.c.summary, issues.c.slot_at)
        .join(issues, issues.c.id == issue_items.c.issue_id)
        .where(*where)
        .order_by(issues.c.slot_at, issue_items.c.position)
    ).all()
    of_item = articles_of(connection, sa.select(issue_items.c.id).join(issues).where(*where))
    return tuple(
        SentItem(headline=row.headline, summary=row.summary, slot_at=row.slot_at, articles=of_item[row.id])
        for row in rows
    )


def set_status(
    connection: sa.Connection,
    issue_id: int,
    *,
    status: IssueStatus,
    hold_reason: HoldReason | None = None,
    hold_detail: str = "",
    among: Collection[IssueStatus] = tuple(IssueStatus),
) -> bool:
    """Move an issue to a status, and let it no longer go by itself; a reason goes with ``held`` alone.

    False, and nothing changed, when it is in none of the statuses ``among`` by now.
    """
    values = {"status": status, "hold_reason": hold_reason, "hold_detail": hold_detail, "release_at": None}
    there = sa.and_(issues.c.id == issue_id, issues.c.status.in_(among))
    return connection.execute(issues.update().where(there).values(values)).rowcount == 1


def release(connection: sa.Connection, issue_id: int, *, now: datetime) -> bool:
    """Approve a held issue, or let a paused one go on sending; False, and any other stays as it is."""
    return _release(connection, issues.c.id == issue_id, now=now) == 1


def is_release_due(connection: sa.Connection, *, now: datetime) -> bool:
    """Say whether an issue was held until now."""
    over = sa.and_(issues.c.status == IssueStatus.HELD, issues.c.release_at <= now)
    return connection.execute(sa.select(issues.c.id).where(over).limit(1)).first() is not None


def release_due(connection: sa.Connection, *, now: datetime, issue_id: int | None = None) -> None:
    """Release what was held until now: one issue, or all of them."""
    mine = sa.true() if issue_id is None else issues.c.id == issue_id
    _release(connection, sa.and_(mine, issues.c.release_at <= now), now=now)


def _release(connection: sa.Connection, where: sa.ColumnElement[bool], *, now: datetime) -> int:
    after = sa.case(
        (issues.c.planned_at.is_not(None), str(IssueStatus.SENDING)), else_=str(IssueStatus.APPROVED)
    )
    values = {"status": after, "hold_reason": None, "hold_detail": "", "release_at": None, "released_at": now}
    held = issues.update().where(where, issues.c.status == IssueStatus.HELD)
    return connection.execute(held.values(values)).rowcount


def lock(connection: sa.Connection, issue_id: int) -> None:
    """Let nobody else count or settle an issue's deliveries until this transaction is over."""
    connection.execute(sa.select(issues.c.id).where(issues.c.id == issue_id).with_for_update())


def begin_sending(connection: sa.Connection, issue_id: int, *, now: datetime) -> bool:
    """Move an approved issue to ``sending``; True for the one caller who did, and so plans its deliveries."""
    approved = sa.and_(issues.c.id == issue_id, issues.c.status == IssueStatus.APPROVED)
    begun = issues.update().where(approved).values(status=IssueStatus.SENDING, planned_at=now)
    return connection.execute(begun).rowcount == 1


def released_at(connection: sa.Connection, issue_id: int) -> datetime | None:
    """Return when an issue was last let go."""
    return connection.scalar(sa.select(issues.c.released_at).where(issues.c.id == issue_id))
