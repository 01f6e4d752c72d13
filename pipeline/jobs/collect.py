"""Read every enabled source and keep what is new; one that fails never harms the others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.app import Newsroom
from pipeline.errors import ExtractionError, FetchError
from pipeline.fetch.http import Fetcher
from pipeline.jobs.reading import fetcher_for, read_entry, read_list, reason_of
from pipeline.model import Article, Source
from pipeline.store import articles
from pipeline.store.articles import Failure


@dataclass(frozen=True, kw_only=True)
class SourceRead:
    """What reading one source came to; ``error`` is None when its list could be read."""

    source: Source
    entries: int = 0
    articles: int = 0
    failures: tuple[Failure, ...] = ()
    error: str | None = None

    @property
    def pages(self) -> int:
        """Return how many article pages were asked for."""
        return self.articles + len(self.failures)


@dataclass(frozen=True, kw_only=True)
class CollectReport:
    """What a day's reading came to, source by source in the catalogue's order."""

    reads: tuple[SourceRead, ...]

    @property
    def failed(self) -> tuple[SourceRead, ...]:
        """Return the sources that could not be read."""
        return tuple(read for read in self.reads if read.error is not None)


async def collect(
    newsroom: Newsroom,
    *,
    record: Path | None = None,
    replay: Path | None = None,
    on_read: Callable[[SourceRead], None] = lambda _: None,
) -> CollectReport:
    """Read all enabled sources at once, each host at its pace.

    ``record`` keeps every answer as a WARC file, ``replay`` takes them from one. Raises ``UsageError`` when
    that file cannot be used.
    """
    sources = [source for source in newsroom.sources if source.enabled]
    async with fetcher_for(newsroom, record=record, replay=replay) as fetcher:

        async def read(source: Source) -> SourceRead:
            done = await _read_source(newsroom, fetcher, source)
            on_read(done)
            return done

        return CollectReport(reads=tuple(await asyncio.gather(*(read(source) for source in sources))))


async def _read_source(newsroom: Newsroom, fetcher: Fetcher, source: Source) -> SourceRead:
    """Read a source's list and the pages that are new in it, and write down how it went."""
    try:
        entries = await read_list(fetcher, source)
    except (FetchError, ExtractionError) as error:
        reason = reason_of(error, source.address)
        with newsroom.database.write() as connection:
            articles.note_read(connection, source.key, error=reason, now=newsroom.clock())
        return SourceRead(source=source, error=reason)
    with newsroom.database.read() as connection:
        urls = [entry.url for entry in entries]
        known, failed = articles.known_urls(connection, urls), articles.failed_urls(connection, urls)
    new = [entry for entry in entries if entry.url not in known]
    outcomes = await asyncio.gather(
        *(read_entry(newsroom, fetcher, source, entry, again=entry.url in failed) for entry in new)
    )
    return _keep(newsroom, source, outcomes, entries=len(entries))


def _keep(
    newsroom: Newsroom, source: Source, outcomes: list[Article | Failure], *, entries: int
) -> SourceRead:
    """Write a source's articles and failures in one transaction."""
    good = [outcome for outcome in outcomes if isinstance(outcome, Article)]
    bad = tuple(outcome for outcome in outcomes if isinstance(outcome, Failure))
    now = newsroom.clock()
    with newsroom.database.write() as connection:
        for article in good:
            articles.keep_article(connection, article)
        for failure in bad:
            articles.keep_failure(connection, failure, now=now)
        articles.note_read(connection, source.key, error=None, now=now)
    return SourceRead(source=source, entries=entries, articles=len(good), failures=bad)
