"""Write a composed issue down: once a slot, whole, and anew only while nobody could have got it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pipeline.model import HoldReason, Issue, IssueStatus, Item, News, Translation, Variant
from pipeline.store.schema import (
    issue_item_articles,
    issue_items,
    issue_left_out,
    issue_variants,
    issues,
)
from subscribers.schema import insert_new

ANEW = (HoldReason.THIN, HoldReason.LINT)
"""Held for these an issue waits for more to read or a mended template, so composing it again is the way out."""


def waits_to_be_composed(issue: Issue) -> bool:
    """Say whether a slot's issue may still give way to a better one: it is missed, or held for what can be mended."""
    return issue.status is IssueStatus.MISSED or issue.hold_reason in ANEW


def keep(
    connection: sa.Connection, issue: Issue, *, release_at: datetime | None, now: datetime
) -> int | None:
    """Write a composed issue whole and return its id; None when the slot has one already (it stays)."""
    key = {
        "newsletter": issue.newsletter,
        "slot": issue.slot.wall,
        "slot_at": issue.slot.instant,
        "created_at": now,
    }
    row = key | _ending(issue, release_at=release_at, now=now)
    issue_id = connection.execute(insert_new(connection, issues).values(row).returning(issues.c.id)).scalar()
    if issue_id is None:
        return None
    _keep_contents(connection, int(issue_id), issue)
    return int(issue_id)


def keep_anew(
    connection: sa.Connection, issue_id: int, issue: Issue, *, release_at: datetime | None, now: datetime
) -> bool:
    """Put a newly composed issue in the place of one that waits to be composed; False when it does so no more."""
    is_held = sa.and_(issues.c.status == IssueStatus.HELD, issues.c.hold_reason.in_(ANEW))
    waiting = sa.and_(
        issues.c.id == issue_id,
        sa.or_(issues.c.status == IssueStatus.MISSED, is_held),
        issues.c.planned_at.is_(None),
    )
    ending = _ending(issue, release_at=release_at, now=now)
    if connection.execute(issues.update().where(waiting).values(ending)).rowcount != 1:
        return False
    mine = sa.select(issue_items.c.id).where(issue_items.c.issue_id == issue_id)
    connection.execute(issue_item_articles.delete().where(issue_item_articles.c.item_id.in_(mine)))
    for table in (issue_items, issue_left_out, issue_variants):
        connection.execute(table.delete().where(table.c.issue_id == issue_id))
    _keep_contents(connection, issue_id, issue)
    return True


def keep_variants(connection: sa.Connection, issue_id: int, variants: Sequence[Variant]) -> None:
    """Put newly set variants in the place of an issue's old ones; its items stay."""
    connection.execute(issue_variants.delete().where(issue_variants.c.issue_id == issue_id))
    if variants:
        connection.execute(issue_variants.insert(), [{"issue_id": issue_id, **asdict(v)} for v in variants])


def _ending(issue: Issue, *, release_at: datetime | None, now: datetime) -> dict[str, Any]:
    """Return the columns that say how composing ended."""
    return {
        "status": issue.status,
        "hold_reason": issue.hold_reason,
        "hold_detail": issue.hold_detail,
        "release_at": release_at,
        "released_at": now if issue.status is IssueStatus.APPROVED else None,
        "transport": issue.transport,
        "funnel": issue.funnel,
    }


def _keep_contents(connection: sa.Connection, issue_id: int, issue: Issue) -> None:
    for position, item in enumerate(issue.items):
        _keep_item(connection, issue_id, position, item)
    if issue.left_out:
        left = [{"issue_id": issue_id, "position": i, **asdict(out)} for i, out in enumerate(issue.left_out)]
        connection.execute(issue_left_out.insert(), left)
    keep_variants(connection, issue_id, issue.variants)


def _translation_row(translation: Translation) -> dict[str, Any]:
    published = translation.published
    return asdict(translation) | {"published": published.isoformat() if published else None}


def _news_row(news: News) -> dict[str, Any]:
    return asdict(news) | {"since": news.since.isoformat()}


def _keep_item(connection: sa.Connection, issue_id: int, position: int, item: Item) -> None:
    row = {
        "issue_id": issue_id,
        "position": position,
        "headline": item.headline,
        "summary": item.summary,
        "language": item.language,
        "section": item.section,
        "sources": [asdict(source) for source in item.sources],
        "why": list(item.why),
        "gloss": list(item.gloss),
        "is_update": item.is_update,
        "published": item.published,
        "why_it_matters": item.why_it_matters,
        "translations": [_translation_row(translation) for translation in item.translations],
        "news": _news_row(item.news) if item.news else None,
    }
    item_id = connection.execute(issue_items.insert().returning(issue_items.c.id), row).scalar_one()
    links = [
        {"item_id": item_id, "article_id": article.id, "position": i}
        for i, article in enumerate(item.articles)
    ]
    if links:
        connection.execute(issue_item_articles.insert(), links)
