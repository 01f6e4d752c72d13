"""Read every enabled source and keep what is new; one that fails never harms the others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx

from pipeline.app import Newsroom
from pipeline.errors import ExtractionError, FetchError
from pipeline.extract.body import Extracted, extract
from pipeline.fetch.archive import Recorder, Replay
from pipeline.fetch.guard import GuardedTransport, parse_allow_private
from pipeline.fetch.http import Fetcher
from pipeline.fetch.pace import Pace
from pipeline.model import Article, Entry, Page, Source
from pipeline.sources.feed import parse_feed
from pipeline.sources.listing import parse_listing
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
    async with _fetcher(newsroom, record=record, replay=replay) as fetcher:

        async def read(source: Source) -> SourceRead:
            done = await _read_source(newsroom, fetcher, source)
            on_read(done)
            return done

        return CollectReport(reads=tuple(await asyncio.gather(*(read(source) for source in sources))))


def _fetcher(newsroom: Newsroom, *, record: Path | None, replay: Path | None) -> Fetcher:
    settings = newsroom.settings
    allowed = parse_allow_private(settings.fetch.allow_private)
    transport: httpx.AsyncBaseTransport | None = None
    if replay is not None:
        transport = Replay(replay)
    elif record is not None:
        transport = Recorder(record, GuardedTransport(allowed), clock=newsroom.clock)
    pause = 0.0 if replay is not None else settings.fetch.pause.total_seconds()
    return Fetcher(
        contact=settings.fetch.contact or settings.publisher.contact,
        pace=Pace(interval_seconds=pause),
        allow_private=allowed,
        transport=transport,
        clock=newsroom.clock,
    )


async def _read_source(newsroom: Newsroom, fetcher: Fetcher, source: Source) -> SourceRead:
    """Read a source's list and the pages that are new in it, and write down how it went."""
    try:
        page = await fetcher.fetch(source.address)
        parse = parse_feed if source.feed else parse_listing
        entries = await asyncio.to_thread(parse, page, source)
    except (FetchError, ExtractionError) as error:
        reason = error.reason if isinstance(error, FetchError) else str(error)
        with newsroom.database.write() as connection:
            articles.note_read(connection, source.key, error=reason, now=newsroom.clock())
        return SourceRead(source=source, error=reason)
    with newsroom.database.read() as connection:
        known = articles.known_urls(connection, [entry.url for entry in entries])
    new = [entry for entry in entries if entry.url not in known]
    outcomes = await asyncio.gather(*(_read_entry(newsroom, fetcher, source, entry) for entry in new))
    return _keep(newsroom, source, outcomes, entries=len(entries))


async def _read_entry(
    newsroom: Newsroom, fetcher: Fetcher, source: Source, entry: Entry
) -> Article | Failure:
    try:
        page = await fetcher.fetch(entry.url)
        extracted = await asyncio.to_thread(extract, page, source.language)
    except FetchError as error:
        return Failure(entry=entry, reason=error.reason)
    except ExtractionError as error:
        return Failure(entry=entry, reason=str(error).removeprefix(f"{entry.url}: "))
    return _article(source, entry, page, extracted, newsroom=newsroom)


def _article(
    source: Source, entry: Entry, page: Page, extracted: Extracted, *, newsroom: Newsroom
) -> Article:
    """Join what the list says and what the page says: the list's date, and its title unless it is cut off."""
    cut_off = entry.title.endswith(("…", "..."))
    title = extracted.title if extracted.title and (cut_off or not entry.title) else entry.title
    return Article(
        url=entry.url,
        source=source.key,
        title=title or entry.url,
        text=extracted.text,
        language=extracted.language,
        published=entry.published or extracted.published_at,
        first_seen=newsroom.clock(),
        fetched_at=page.fetched_at,
        digest=page.digest,
        authors=extracted.authors,
        site=extracted.site or source.name,
    )


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
