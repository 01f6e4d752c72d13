"""Issues made of articles put into a newsroom's store, with nothing read from outside."""

from __future__ import annotations

from datetime import datetime, timedelta
from zlib import crc32

from pipeline.app import Newsroom
from pipeline.jobs.compose import compose, resolve_slot
from pipeline.model import Article, Issue
from pipeline.store import articles, issues


def article(
    title: str,
    text: str,
    *,
    seen: datetime,
    published: datetime | None = None,
    source: str = "one",
    language: str = "en",
) -> Article:
    """Return an article of a source; its address is made of what it says."""
    return Article(
        url=f"https://{source}.example/{crc32((title + text).encode(errors='replace')):08x}",
        source=source,
        title=title,
        text=text,
        language=language,
        published=published,
        first_seen=seen,
        fetched_at=seen,
        digest="",
    )


def composed(newsroom: Newsroom, *collected: Article, newsletter: str = "daily") -> Issue:
    """Keep articles, and return the issue of the newest slot, whole; its one source was read well."""
    now = newsroom.clock()
    with newsroom.database.write() as connection:
        for each in collected:
            articles.keep_article(connection, each)
        articles.note_read(connection, "one", error=None, now=now - timedelta(minutes=1))
    chosen = newsroom.settings.find_newsletter(newsletter)
    made = compose(newsroom, chosen, resolve_slot(newsroom, chosen, None)).issue
    with newsroom.database.read() as connection:
        issue = issues.load(connection, made.id)
    assert issue is not None
    return issue
