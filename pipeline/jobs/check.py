"""Check sources: read each one's list and its newest article now, the next ones where that fails, and keep nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.app import Newsroom
from pipeline.errors import ExtractionError, FetchError, FetchKind, UsageError
from pipeline.fetch.http import Fetcher
from pipeline.jobs.reading import fetcher_over, network, read_article, read_list, reason_of
from pipeline.model import Article, Entry, Source
from pipeline.sources.catalogue import nearest

_LATER = "try again later"
_ADVICE = {
    FetchKind.FORBIDDEN: "ask the site for leave, or switch the source off in sources.toml",
    FetchKind.ROBOTS_UNREAD: f"a site whose robots.txt cannot be read is not read: {_LATER}",
    FetchKind.GONE: "the address is gone: look for the new one on {home}",
    FetchKind.BUSY: "the site wants fewer requests: try again tomorrow",
    FetchKind.REFUSED: "the site refuses us: ask it, or switch the source off in sources.toml",
    FetchKind.TROUBLED: f"the site is in trouble: {_LATER}",
    FetchKind.SLOW: f"the site is slow: {_LATER}",
    FetchKind.NO_NAME: "see how the host is spelt, and whether this machine is on the network",
    FetchKind.NO_ROUTE: "see whether this machine is on the network",
    FetchKind.PRIVATE: "if that machine is meant, name it in [fetch] allow_private",
    FetchKind.UNTRUSTED: "look at its certificate in a browser, and at this clock",
    FetchKind.NO_ANSWER: f"the site does not answer: {_LATER}",
}
"""What a person does; for the other kinds the reason says it already."""
_OF_LISTS = (FetchKind.GONE,)
"""Advice that is for a list alone: an article that is gone is gone, and its source none the worse."""
_MOST_PAGES = 3
"""Articles tried until one can be read: a dead one is no news of its source, three in a row are."""
_ROBOTS = {FetchKind.FORBIDDEN: "forbidden", FetchKind.ROBOTS_UNREAD: "unreadable"}


@dataclass(frozen=True, kw_only=True)
class FailedPage:
    """An article of a list that could not be read, and why."""

    entry: Entry
    error: FetchError | ExtractionError

    @property
    def reason(self) -> str:
        """Return why, without the address in front."""
        return reason_of(self.error, self.entry.url)


@dataclass(frozen=True, kw_only=True)
class Checkup:
    """What checking a source came to; ``entries`` stand newest first, ``error`` is of the list alone."""

    source: Source
    entries: tuple[Entry, ...] = ()
    article: Article | None = None
    """The newest that could be read."""
    failed: tuple[FailedPage, ...] = ()
    """Those newer than it."""
    error: FetchError | ExtractionError | None = None

    @property
    def is_fine(self) -> bool:
        """Tell whether its list and one of its newest articles could be read."""
        return self.article is not None

    @property
    def is_listed(self) -> bool:
        """Tell whether its list could be read."""
        return self.error is None

    @property
    def verdict(self) -> str:
        """Return ``fine``, ``reads`` when its list does but not all that it names, or ``failed``."""
        if not self.is_listed:
            return "failed"
        return "fine" if self.is_fine and not self.failed else "reads"

    @property
    def is_reached(self) -> bool:
        """Tell whether the site answered at all."""
        return self.is_listed or _kind(self.error).is_reached

    @property
    def robots(self) -> str | None:
        """Return ``allowed``, ``forbidden`` or ``unreadable``; None when nobody could be asked."""
        if not self.is_reached:
            return None
        return "allowed" if self.is_listed else _ROBOTS.get(_kind(self.error), "allowed")

    @property
    def form(self) -> str:
        """Return how its articles are listed."""
        return "feed" if self.source.feed else "list"

    @property
    def newest_at(self) -> datetime | None:
        """Return the date of the newest article, by its list or else its page."""
        listed = self.entries[0].published if self.entries else None
        return listed or (self.article.published if self.article else None)

    @property
    def trouble(self) -> str | None:
        """Return what is wrong, or None."""
        if self.error is not None:
            return reason_of(self.error, self.source.address)
        if not self.entries:
            return "it names no article"
        tried = len(self.failed) + self.is_fine
        pages = "; ".join(f"{page.entry.url}: {page.reason}" for page in self.failed)
        return f"pages failed: {len(self.failed)} of {tried} ({pages})" if pages else None

    @property
    def advice(self) -> str | None:
        """Return what a person does about it; None when nothing is wrong or the reason says it already."""
        page = None if self.is_fine or not self.failed else _kind(self.failed[0].error)
        advice = _ADVICE.get(_kind(self.error) if page is None else page)
        return advice.format(home=self.source.home) if advice and page not in _OF_LISTS else None


def _kind(error: FetchError | ExtractionError | None) -> FetchKind:
    return error.kind if isinstance(error, FetchError) else FetchKind.OTHER


def chosen(newsroom: Newsroom, keys: Sequence[str]) -> tuple[Source, ...]:
    """Return the sources of these keys, or with none all enabled ones. Raises ``UsageError`` for an unknown key."""
    known = {source.key: source for source in newsroom.sources}
    for key in keys:
        if key not in known:
            raise UsageError(f"there is no source {key!r}{nearest(key, known)}; see: metabrief sources list")
    return tuple(known[key] for key in dict.fromkeys(keys)) or tuple(
        source for source in newsroom.sources if source.enabled
    )


async def check_sources(
    newsroom: Newsroom, sources: Sequence[Source], *, on_checked: Callable[[], None] = lambda: None
) -> tuple[Checkup, ...]:
    """Check sources at once, each host at its pace; what earlier runs keep of them plays no part."""
    async with fetcher_over(newsroom, network(newsroom)) as fetcher:

        async def checked(source: Source) -> Checkup:
            checkup = await _check(newsroom, fetcher, source)
            on_checked()
            return checkup

        return tuple(await asyncio.gather(*(checked(source) for source in sources)))


async def _check(newsroom: Newsroom, fetcher: Fetcher, source: Source) -> Checkup:
    try:
        entries = await read_list(fetcher, source)
    except (FetchError, ExtractionError) as error:
        return Checkup(source=source, error=error)
    entries = _newest_first(entries)
    article, failed = None, list[FailedPage]()
    for entry in entries[:_MOST_PAGES]:
        try:
            article = await read_article(newsroom, fetcher, source, entry)
            break
        except (FetchError, ExtractionError) as error:
            failed.append(FailedPage(entry=entry, error=error))
    return Checkup(source=source, entries=entries, article=article, failed=tuple(failed))


def _newest_first(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return the entries by date, and those without one behind as they stand: lists begin with the newest."""
    dated = [(entry.published, entry) for entry in entries if entry.published]
    newest_first = (entry for _, entry in sorted(dated, key=lambda pair: pair[0], reverse=True))
    return (*newest_first, *(entry for entry in entries if not entry.published))


def checkup_record(checkup: Checkup) -> dict[str, Any]:
    """Return what checking a source came to as the JSON of the command line shows it."""
    article, newest_at = checkup.article, checkup.newest_at
    return {
        "key": checkup.source.key,
        "ok": checkup.is_fine,
        "reached": checkup.is_reached,
        "robots": checkup.robots,
        "form": checkup.form,
        "entries": len(checkup.entries),
        "newest": newest_at.isoformat() if newest_at else None,
        "article": {"url": article.url, "title": article.title, "characters": len(article.text)}
        if article
        else None,
        "failed_pages": [{"url": page.entry.url, "error": page.reason} for page in checkup.failed],
        "error": None if checkup.is_fine else checkup.trouble,
        "advice": checkup.advice,
    }
