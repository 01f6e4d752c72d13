"""Read a source's list and its articles' pages; ``collect`` keeps what comes of it, ``check`` only reports it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx

from pipeline.app import Newsroom
from pipeline.errors import ExtractionError, FetchError
from pipeline.extract.body import Extracted, extract
from pipeline.fetch.archive import Recorder, Replay
from pipeline.fetch.cache import Revalidating
from pipeline.fetch.guard import GuardedTransport, parse_allow_private
from pipeline.fetch.http import Fetcher
from pipeline.fetch.pace import Pace
from pipeline.model import Article, Entry, Page, Source
from pipeline.sources.address import LONGEST
from pipeline.sources.feed import parse_feed
from pipeline.sources.listing import parse_listing
from pipeline.store.articles import Failure

CACHE = Path("data", "http-cache", "answers.db")
"""Where a newsroom keeps what can be revalidated."""


def fetcher_over(newsroom: Newsroom, transport: httpx.AsyncBaseTransport, *, pause: bool = True) -> Fetcher:
    """Return a fetcher of the newsroom's manners; without ``pause`` when no site is asked."""
    fetch = newsroom.settings.fetch
    return Fetcher(
        contact=fetch.contact or newsroom.settings.publisher.contact,
        pace=Pace(interval_seconds=fetch.pause.total_seconds() if pause else 0.0),
        transport=transport,
        clock=newsroom.clock,
    )


def network(newsroom: Newsroom) -> GuardedTransport:
    """Return the way to the sites, past the guard."""
    return GuardedTransport(parse_allow_private(newsroom.settings.fetch.allow_private))


def fetcher_for(newsroom: Newsroom, *, record: Path | None, replay: Path | None) -> Fetcher:
    """Return a fetcher that revalidates; one that records or replays knows of no earlier answer."""
    if replay is not None:
        return fetcher_over(newsroom, Replay(replay), pause=False)
    if record is not None:
        return fetcher_over(newsroom, Recorder(record, network(newsroom), clock=newsroom.clock))
    return fetcher_over(newsroom, Revalidating(newsroom.home / CACHE, network(newsroom)))


async def read_list(fetcher: Fetcher, source: Source) -> tuple[Entry, ...]:
    """Return what a source's feed or list names. Raises ``FetchError`` or ``ExtractionError``."""
    page = await fetcher.fetch(source.address)
    parse = parse_feed if source.feed else parse_listing
    return await asyncio.to_thread(parse, page, source)


def reason_of(error: FetchError | ExtractionError, url: str) -> str:
    """Return why, without the address in front."""
    return error.reason if isinstance(error, FetchError) else str(error).removeprefix(f"{url}: ")


async def read_entry(
    newsroom: Newsroom, fetcher: Fetcher, source: Source, entry: Entry, *, again: bool = False
) -> Article | Failure:
    """Return the article of an entry, or why it could not be had; only a page asked for ``again`` is kept for a third time."""
    try:
        return await read_article(newsroom, fetcher, source, entry, again=again)
    except (FetchError, ExtractionError) as error:
        return Failure(entry=entry, reason=reason_of(error, entry.url))


async def read_article(
    newsroom: Newsroom, fetcher: Fetcher, source: Source, entry: Entry, *, again: bool = False
) -> Article:
    """Return the article of an entry. Raises ``FetchError`` or ``ExtractionError``."""
    if len(entry.url) > LONGEST:
        raise FetchError(entry.url, f"an address of more than {LONGEST:,} characters")
    page = await fetcher.fetch(entry.url, once=not again)
    extracted = await asyncio.to_thread(extract, page, source.language)
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
