"""Check sources: read each one's list and its newest article now, and keep nothing."""

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
_ROBOTS = {FetchKind.FORBIDDEN: "forbidden", FetchKind.ROBOTS_UNREAD: "unreadable"}


@dataclass(frozen=True, kw_only=True)
class Checkup:
    """What checking a source came to; ``error`` is its list's when there is no ``newest`` entry, else of that entry's page."""

    source: Source
    entries: tuple[Entry, ...] = ()
    newest: Entry | None = None
    article: Article | None = None
    error: FetchError | ExtractionError | None = None

    @property
    def is_fine(self) -> bool:
        """Tell whether list and article could both be read."""
        return self.article is not None

    @property
    def is_listed(self) -> bool:
        """Tell whether its list could be read."""
        return self.error is None or self.newest is not None

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
        if self.article:
            return self.article.published
        return self.newest.published if self.newest else None

    @property
    def trouble(self) -> str | None:
        """Return what is wrong, or None."""
        if self.error is None:
            return None if self.newest else "it names no article"
        if self.newest:
            return f"{self.newest.url}: {reason_of(self.error, self.newest.url)}"
        return reason_of(self.error, self.source.address)

    @property
    def advice(self) -> str | None:
        """Return what a person does about it; None when nothing is wrong or the reason says it already."""
        advice = _ADVICE.get(_kind(self.error))
        return advice.format(home=self.source.home) if advice else None


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
    if not entries:
        return Checkup(source=source)
    newest = _newest(entries)
    try:
        article = await read_article(newsroom, fetcher, source, newest)
    except (FetchError, ExtractionError) as error:
        return Checkup(source=source, entries=entries, newest=newest, error=error)
    return Checkup(source=source, entries=entries, newest=newest, article=article)


def _newest(entries: Sequence[Entry]) -> Entry:
    """Return the entry with the latest date; without dates the first, for lists begin with the newest."""
    dated = [(entry.published, entry) for entry in entries if entry.published]
    return max(dated, key=lambda pair: pair[0])[1] if dated else entries[0]


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
        "error": checkup.trouble,
        "advice": checkup.advice,
    }
