"""Try sources out: read each one's list and its newest article now, and keep nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.app import Newsroom
from pipeline.errors import ExtractionError, FetchError, UsageError
from pipeline.fetch.http import Fetcher
from pipeline.fetch.robots import FORBIDDEN, UNREAD
from pipeline.jobs.reading import fetcher_over, network, read_entry, read_list, reason_of
from pipeline.model import Article, Entry, Source
from pipeline.sources.catalogue import nearest
from pipeline.store.articles import Failure


@dataclass(frozen=True, kw_only=True)
class _Case:
    """What reasons that begin like ``start`` mean: whether the site answered, and what a person does."""

    start: str
    advice: str
    answered: bool = True


_GONE = "the address is gone: look for the new one on {home}"
_DOWN = "the site does not answer: try again later"
_CASES = (
    _Case(start=FORBIDDEN, advice="ask the site for leave, or switch the source off in sources.toml"),
    _Case(start="HTTP 404", advice=_GONE),
    _Case(start="HTTP 410", advice=_GONE),
    _Case(start="HTTP 429", advice="the site wants fewer requests: try again tomorrow"),
    _Case(start="HTTP 4", advice="the site refuses us: ask it, or switch the source off in sources.toml"),
    _Case(start="HTTP 5", advice="the site is in trouble: try again later"),
    _Case(start="not complete", advice="the site is slow: try again later"),
    _Case(
        start="name does not",
        advice="see how the host is spelt, and whether this machine is on the network",
        answered=False,
    ),
    _Case(start="host unreachable", advice="see whether this machine is on the network", answered=False),
    _Case(
        start="private address",
        advice="if that machine is meant, name it in [fetch] allow_private",
        answered=False,
    ),
    _Case(start="TLS", advice="look at its certificate in a browser, and at this clock", answered=False),
    _Case(start="no connection", advice=_DOWN, answered=False),
    _Case(start="no answer", advice=_DOWN, answered=False),
    _Case(start="connection", advice=_DOWN, answered=False),
)
"""The first that fits."""


def _case(reason: str) -> _Case | None:
    return next((case for case in _CASES if reason.startswith(case.start)), None)


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What trying a source out came to: ``error`` when its list could not be read, else its newest article or why not."""

    source: Source
    entries: tuple[Entry, ...] = ()
    newest: Article | Failure | None = None
    error: str | None = None

    @property
    def is_fine(self) -> bool:
        """Tell whether list and article could both be read."""
        return isinstance(self.newest, Article)

    @property
    def is_reached(self) -> bool:
        """Tell whether the site answered at all."""
        case = _case(self.error or "")
        return case is None or case.answered

    @property
    def robots(self) -> str | None:
        """Return ``allowed``, ``forbidden`` or ``unreadable``; None when nobody could be asked."""
        if not self.is_reached:
            return None
        if self.error is not None and self.error.endswith(UNREAD):
            return "unreadable"
        return "forbidden" if self.error == FORBIDDEN else "allowed"

    @property
    def form(self) -> str:
        """Return how its articles are listed."""
        return "feed" if self.source.feed else "list"

    @property
    def newest_at(self) -> datetime | None:
        """Return the date of the newest article, by its list or else its page."""
        if isinstance(self.newest, Article):
            return self.newest.published
        return self.newest.entry.published if self.newest else None

    @property
    def trouble(self) -> str | None:
        """Return what is wrong, or None."""
        if isinstance(self.newest, Failure):
            return f"{self.newest.entry.url}: {self.newest.reason}"
        return self.error or (None if self.newest else "it names no article")

    @property
    def advice(self) -> str | None:
        """Return what a person does about it; None when nothing is wrong or the reason says it already."""
        case = _case(self.newest.reason if isinstance(self.newest, Failure) else self.error or "")
        return case.advice.format(home=self.source.home) if case else None


def chosen(newsroom: Newsroom, keys: Sequence[str]) -> tuple[Source, ...]:
    """Return the sources of these keys, or with none all enabled ones. Raises ``UsageError`` for an unknown key."""
    known = {source.key: source for source in newsroom.sources}
    for key in keys:
        if key not in known:
            raise UsageError(f"there is no source {key!r}{nearest(key, known)}; see: metabrief sources list")
    return tuple(known[key] for key in dict.fromkeys(keys)) or tuple(
        source for source in newsroom.sources if source.enabled
    )


async def check(
    newsroom: Newsroom, sources: Sequence[Source], *, on_tried: Callable[[], None] = lambda: None
) -> tuple[Trial, ...]:
    """Try sources out at once, each host at its pace; what earlier runs keep of them plays no part."""
    async with fetcher_over(newsroom, network(newsroom)) as fetcher:

        async def tried(source: Source) -> Trial:
            trial = await _trial(newsroom, fetcher, source)
            on_tried()
            return trial

        return tuple(await asyncio.gather(*(tried(source) for source in sources)))


async def _trial(newsroom: Newsroom, fetcher: Fetcher, source: Source) -> Trial:
    try:
        entries = await read_list(fetcher, source)
    except (FetchError, ExtractionError) as error:
        return Trial(source=source, error=reason_of(error, source.address))
    if not entries:
        return Trial(source=source)
    entry = _newest(entries)
    return Trial(source=source, entries=entries, newest=await read_entry(newsroom, fetcher, source, entry))


def _newest(entries: Sequence[Entry]) -> Entry:
    """Return the entry with the latest date; without dates the first, for lists begin with the newest."""
    dated = [(entry.published, entry) for entry in entries if entry.published]
    return max(dated, key=lambda pair: pair[0])[1] if dated else entries[0]


def trial_record(trial: Trial) -> dict[str, Any]:
    """Return what trying a source out came to as the JSON of the command line shows it."""
    article = trial.newest if isinstance(trial.newest, Article) else None
    return {
        "key": trial.source.key,
        "ok": trial.is_fine,
        "reached": trial.is_reached,
        "robots": trial.robots,
        "form": trial.form,
        "entries": len(trial.entries),
        "newest": trial.newest_at.isoformat() if trial.newest_at else None,
        "article": {"url": article.url, "title": article.title, "characters": len(article.text)}
        if article
        else None,
        "error": trial.trouble,
        "advice": trial.advice,
    }
