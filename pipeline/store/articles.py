"""What was read: articles, pages that failed, and how each source fares."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from pipeline.model import Article, Entry
from pipeline.store.schema import articles, source_states
from subscribers.schema import Instant, insert_new

_CLOCKS_DIFFER = timedelta(days=1)
"""So far a page's date may lie ahead of the moment at which it was read."""


@dataclass(frozen=True, kw_only=True)
class Failure:
    """An entry whose page could not be had or read."""

    entry: Entry
    reason: str


@dataclass(frozen=True, kw_only=True)
class FailedPage:
    """A failure as the store remembers it."""

    article_id: int
    url: str
    title: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class SourceState:
    """How the last reads of a source went; ``last_error`` is None when the last one went well."""

    last_attempt: datetime
    last_success: datetime | None
    last_error: str | None


def known_urls(connection: sa.Connection, urls: Collection[str]) -> frozenset[str]:
    """Return those of ``urls`` whose article we have; failed pages are not among them."""
    found = sa.select(articles.c.url).where(articles.c.url.in_(urls), articles.c.failure.is_(None))
    return frozenset(connection.scalars(found))


def failed_urls(connection: sa.Connection, urls: Collection[str]) -> frozenset[str]:
    """Return those of ``urls`` whose page failed when it was last asked for."""
    found = sa.select(articles.c.url).where(articles.c.url.in_(urls), articles.c.failure.is_not(None))
    return frozenset(connection.scalars(found))


def keep_article(connection: sa.Connection, article: Article) -> None:
    """Keep an article; one we have stays as it is.

    One that failed before is filled in and counts as first seen now, so that the next issue draws on it.
    """
    row = _row(article)
    connection.execute(insert_new(connection, articles), row)
    failed = sa.and_(articles.c.url == article.url, articles.c.failure.is_not(None))
    connection.execute(articles.update().where(failed).values(row | {"failure": None}))


def _row(article: Article) -> dict[str, Any]:
    return {
        "url": article.url,
        "source": article.source,
        "title": article.title,
        "text": article.text,
        "language": article.language,
        "published": article.published,
        "authors": list(article.authors),
        "site": article.site,
        "digest": article.digest,
        "first_seen": article.first_seen,
        "fetched_at": article.fetched_at,
    }


def keep_failure(connection: sa.Connection, failure: Failure, *, now: datetime) -> None:
    """Remember that a page failed, so that the issue can name it; the next collect tries it again."""
    row: dict[str, Any] = {
        "url": failure.entry.url,
        "source": failure.entry.source,
        "title": failure.entry.title,
        "published": failure.entry.published,
        "authors": [],
        "first_seen": now,
        "fetched_at": now,
        "failure": failure.reason,
    }
    connection.execute(insert_new(connection, articles), row)
    again = sa.and_(articles.c.url == failure.entry.url, articles.c.failure.is_not(None))
    connection.execute(articles.update().where(again).values(failure=failure.reason, fetched_at=now))


def seen_since(
    connection: sa.Connection, moment: datetime | None
) -> tuple[tuple[Article, ...], tuple[FailedPage, ...]]:
    """Return the articles and the failed pages first seen after ``moment`` (None: all), oldest first.

    An article seen in the day before ``moment`` that gives a later time as its own is among them.
    """
    rows = sa.select(articles).order_by(articles.c.first_seen, articles.c.id)
    if moment is not None:
        rows = rows.where(sa.or_(articles.c.first_seen > moment, _dated_ahead(moment)))
    good: list[Article] = []
    failed: list[FailedPage] = []
    for row in connection.execute(rows):
        if row.failure is None:
            good.append(article_of(row))
        else:
            failed.append(FailedPage(article_id=row.id, url=row.url, title=row.title, reason=row.failure))
    return tuple(good), tuple(failed)


def _dated_ahead(moment: datetime) -> sa.ColumnElement[bool]:
    """Say whether an article was seen before ``moment`` and published after it, as far as clocks differ."""
    return sa.and_(
        articles.c.failure.is_(None),
        articles.c.first_seen > moment - _CLOCKS_DIFFER,
        articles.c.published > moment,
        articles.c.published <= moment + _CLOCKS_DIFFER,
    )


def seen_before(
    connection: sa.Connection, moment: datetime, *, since: datetime, characters: int
) -> tuple[Article, ...]:
    """Return the articles first seen after ``since`` and up to ``moment``, oldest first; of each text its start alone."""
    start = sa.func.substr(articles.c.text, 1, characters).label("text")
    rows = (
        sa.select(*(start if column.name == "text" else column for column in articles.c))
        .where(articles.c.first_seen > since, articles.c.first_seen <= moment, articles.c.failure.is_(None))
        .order_by(articles.c.first_seen, articles.c.id)
    )
    return tuple(map(article_of, connection.execute(rows)))


def article_of(row: sa.Row[Any]) -> Article:
    """Return the article a row of ``articles`` holds."""
    return Article(
        id=row.id,
        url=row.url,
        source=row.source,
        title=row.title,
        text=row.text,
        language=row.language,
        published=row.published,
        first_seen=row.first_seen,
        fetched_at=row.fetched_at,
        digest=row.digest,
        authors=tuple(row.authors),
        site=row.site,
    )


def note_read(connection: sa.Connection, key: str, *, error: str | None, now: datetime) -> None:
    """Write down how reading a source ended just now."""
    connection.execute(insert_new(connection, source_states), {"key": key, "last_attempt": now})
    values: dict[str, Any] = {"last_attempt": now, "last_error": error}
    if error is None:
        values["last_success"] = now
    connection.execute(source_states.update().where(source_states.c.key == key).values(values))


def source_states_of(connection: sa.Connection, keys: Sequence[str]) -> dict[str, SourceState]:
    """Return how the sources fare that were ever tried."""
    rows = connection.execute(sa.select(source_states).where(source_states.c.key.in_(keys)))
    return {
        row.key: SourceState(
            last_attempt=row.last_attempt, last_success=row.last_success, last_error=row.last_error
        )
        for row in rows
    }


def newest_by_source(connection: sa.Connection) -> dict[str, datetime]:
    """Return when each source's newest article, read or failed, was published; with no date, when it was first seen."""
    told = sa.func.max(sa.func.coalesce(articles.c.published, articles.c.first_seen), type_=Instant)
    rows = connection.execute(sa.select(articles.c.source, told.label("newest")).group_by(articles.c.source))
    return {row.source: row.newest for row in rows}
