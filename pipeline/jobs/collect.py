"""Read every enabled source and keep what is new; one that fails never harms the others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.app import Newsroom
from pipeline.errors import ExtractionError, FetchError, FetchKind
from pipeline.fetch.http import Fetcher
from pipeline.jobs.reading import fetcher_for, read_entry, read_list, reason_of
from pipeline.model import Article, Entry, Source
from pipeline.store import articles
from pipeline.store.articles import Failure

LONGEST_SECONDS = 600.0
"""What one source may take, for an issue waits for all of them.

A full list of 200 entries is read whole in it when a page takes two or three seconds, and twenty pages, more than a
site brings a day, with the longest crawl-delay.
"""


@dataclass(frozen=True, kw_only=True)
class SourceRead:
    """What reading one source came to; ``error`` is None when its list could be read.

    ``left`` counts the pages that there was no time for, which the next collect reads.
    """

    source: Source
    entries: int = 0
    articles: int = 0
    failures: tuple[Failure, ...] = ()
    left: int = 0
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
    ends = asyncio.get_running_loop().time() + LONGEST_SECONDS
    try:
        entries = await _list(fetcher, source, ends=ends)
    except (FetchError, ExtractionError) as error:
        reason = reason_of(error, source.address)
        _note(newsroom, source, error=reason)
        return SourceRead(source=source, error=reason)
    done = await _read_pages(newsroom, fetcher, source, entries, ends=ends)
    _note(newsroom, source, error=None)
    return done


async def _read_pages(
    newsroom: Newsroom, fetcher: Fetcher, source: Source, entries: Sequence[Entry], *, ends: float
) -> SourceRead:
    """Read the pages that are new, those that failed before last; what is read is kept, even when all must stop."""
    with newsroom.database.read() as connection:
        urls = [entry.url for entry in entries]
        known, failed = articles.known_urls(connection, urls), articles.failed_urls(connection, urls)
    new = sorted(
        (entry for entry in entries if entry.url not in known), key=lambda entry: entry.url in failed
    )
    outcomes: dict[str, Article | Failure] = {}

    async def read(entry: Entry) -> None:
        outcomes[entry.url] = await read_entry(newsroom, fetcher, source, entry, again=entry.url in failed)

    try:
        with suppress(TimeoutError):
            async with asyncio.timeout_at(ends):
                await asyncio.gather(*map(read, new))
    finally:
        done = [outcomes[entry.url] for entry in new if entry.url in outcomes]
        _keep(newsroom, done)
    bad = tuple(outcome for outcome in done if isinstance(outcome, Failure))
    good, left = len(done) - len(bad), len(new) - len(done)
    return SourceRead(source=source, entries=len(entries), articles=good, failures=bad, left=left)


async def _list(fetcher: Fetcher, source: Source, *, ends: float) -> tuple[Entry, ...]:
    """Return what a source lists; raise ``FetchError`` also when it is not there in time."""
    try:
        async with asyncio.timeout_at(ends):
            return await read_list(fetcher, source)
    except TimeoutError as error:
        reason = f"its list was not there within {LONGEST_SECONDS / 60:g} minutes"
        raise FetchError(source.address, reason, kind=FetchKind.SLOW) from error


def _keep(newsroom: Newsroom, outcomes: Sequence[Article | Failure]) -> None:
    """Write articles and failures in one transaction."""
    if not outcomes:
        return
    now = newsroom.clock()
    with newsroom.database.write() as connection:
        for outcome in outcomes:
            if isinstance(outcome, Article):
                articles.keep_article(connection, outcome)
            else:
                articles.keep_failure(connection, outcome, now=now)


def _note(newsroom: Newsroom, source: Source, *, error: str | None) -> None:
    """Write down how reading a source ended."""
    with newsroom.database.write() as connection:
        articles.note_read(connection, source.key, error=error, now=newsroom.clock())
