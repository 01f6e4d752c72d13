"""Articles for the tests, with the few things a test is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zlib import crc32

from pipeline.model import Article
from pipeline.text import script_language

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def article(
    title: str,
    text: str = "",
    *,
    url: str = "",
    source: str = "daily",
    published: datetime | None = NOON,
    first_seen: datetime = NOON + timedelta(hours=1),
    standing: float = 0.5,
    id: int | None = None,
) -> Article:
    """Return an article of the given title and text; its address follows from the title."""
    return Article(
        url=url or f"https://press.example/{crc32((title + text).encode()):08x}",
        source=source,
        title=title,
        text=text,
        language=script_language(title + text[:200]),
        published=published,
        first_seen=first_seen,
        fetched_at=first_seen,
        digest="0" * 64,
        standing=standing,
        id=id,
    )
