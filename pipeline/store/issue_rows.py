"""Issues and items as their rows hold them."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pipeline.model import (
    Article,
    Fact,
    HoldReason,
    Issue,
    IssueStatus,
    Item,
    News,
    Reference,
    Slot,
    Translation,
    TransportKind,
)
from pipeline.store.articles import article_of
from pipeline.store.schema import articles, issue_item_articles, issue_items


def bare(row: sa.Row[Any]) -> Issue:
    """Return the issue a row of ``issues`` holds, without its items."""
    return Issue(
        id=row.id,
        newsletter=row.newsletter,
        slot=Slot(wall=row.slot, instant=row.slot_at),
        status=IssueStatus(row.status),
        hold_reason=HoldReason(row.hold_reason) if row.hold_reason else None,
        hold_detail=row.hold_detail,
        transport=TransportKind(row.transport),
        funnel=dict(row.funnel),
    )


def items_of(connection: sa.Connection, issue_id: int) -> tuple[Item, ...]:
    """Return an issue's items in their order, with their articles."""
    mine = issue_items.c.issue_id == issue_id
    rows = connection.execute(sa.select(issue_items).where(mine).order_by(issue_items.c.position)).all()
    of_item = articles_of(connection, sa.select(issue_items.c.id).where(mine))
    return tuple(
        Item(
            headline=row.headline,
            summary=row.summary,
            language=row.language,
            section=row.section,
            sources=tuple(Reference(**source) for source in row.sources),
            why=tuple(row.why),
            gloss=tuple(row.gloss),
            is_update=row.is_update,
            published=row.published,
            articles=of_item[row.id],
            why_it_matters=row.why_it_matters,
            translations=tuple(map(_translation, row.translations)),
            news=_news(row.news) if row.news else None,
        )
        for row in rows
    )


def _translation(row: dict[str, Any]) -> Translation:
    outlet, published = row.get("outlet"), row.get("published")
    read = {
        "outlet": Reference(**outlet) if outlet else None,
        "published": datetime.fromisoformat(published) if published else None,
    }
    return Translation(**{**row, **read})


def _news(row: dict[str, Any]) -> News:
    facts = tuple(Fact(**fact) for fact in row["facts"])
    return News(facts=facts, since=datetime.fromisoformat(row["since"]))


def articles_of(
    connection: sa.Connection, item_ids: sa.Select[tuple[int]]
) -> defaultdict[int, tuple[Article, ...]]:
    """Return the articles behind items by item id, the one that tells the story best first."""
    rows = (
        sa.select(issue_item_articles.c.item_id, articles)
        .join(articles, articles.c.id == issue_item_articles.c.article_id)
        .where(issue_item_articles.c.item_id.in_(item_ids))
        .order_by(issue_item_articles.c.item_id, issue_item_articles.c.position)
    )
    of_item: defaultdict[int, tuple[Article, ...]] = defaultdict(tuple)
    for row in connection.execute(rows):
        of_item[row.item_id] = (*of_item[row.item_id], article_of(row))
    return of_item
