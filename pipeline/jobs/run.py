"""One issue, the whole way: collect, compose, send; an unfinished one is taken up where it stands."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.app import Newsroom
from pipeline.config import Newsletter
from pipeline.errors import MetabriefError
from pipeline.jobs import oversee
from pipeline.jobs.collect import CollectReport, SourceRead, collect
from pipeline.jobs.compose import compose, may_be_composed
from pipeline.jobs.dispatch import Hearers
from pipeline.jobs.send import SENDABLE, SendReport, report, send
from pipeline.jobs.stopping import unless_stopped
from pipeline.model import Issue, Slot
from pipeline.store import issues


class StoppedError(MetabriefError):
    """All had to stop before there was an issue to tell of; the slot is left to the next run."""


@dataclass(frozen=True, kw_only=True)
class RunReport:
    """How a run ended; ``collected`` is None when the slot had its issue already, or not all could be read before a stop."""

    collected: CollectReport | None
    sent: SendReport


async def run(
    newsroom: Newsroom,
    newsletter: Newsletter,
    slot: Slot,
    *,
    wants_hold: bool = False,
    wait: bool = False,
    stop: asyncio.Event | None = None,
    on_read: Callable[[SourceRead], None] = lambda _: None,
    on_composed: Callable[[Issue], None] = lambda _: None,
    hearers: Hearers = Hearers(),  # noqa: B008  it is frozen
) -> RunReport:
    """Bring a slot's issue as far as it goes: sent, held, skipped, or as much as the relay takes now.

    ``stop`` ends it after what is on the wire. Raises ``StoppedError`` when there is no issue then.
    """
    stop = stop or asyncio.Event()
    collected = None
    with newsroom.database.read() as connection:
        issue = issues.find(connection, newsletter.key, slot.wall)
    if may_be_composed(issue):
        collected = await unless_stopped(collect(newsroom, on_read=on_read), stop)
        if stop.is_set():
            return _stopped(newsroom, issue, collected)
    counts = counts_of(collected) if collected else None
    # in a thread: it reckons for seconds, and a stop is heard meanwhile
    composed = await asyncio.to_thread(
        compose, newsroom, newsletter, slot, wants_hold=wants_hold, funnel=counts
    )
    if composed.is_new:
        on_composed(composed.issue)
    issue = release_if_due(newsroom, composed.issue)
    if issue.status in SENDABLE and not wants_hold:
        sent = await send(newsroom, newsletter, issue, wait=wait, stop=stop, hearers=hearers)
        return RunReport(collected=collected, sent=sent)
    if issue.status in SENDABLE:
        oversee.hold(newsroom, issue)
    return RunReport(collected=collected, sent=report(newsroom, issue.id))


def _stopped(newsroom: Newsroom, issue: Issue | None, collected: CollectReport | None) -> RunReport:
    """Tell of a slot that is left as it stood."""
    if issue is None:
        raise StoppedError("stopped as asked; no issue was made, and what was read is kept")
    return RunReport(collected=collected, sent=report(newsroom, issue.id))


def counts_of(collected: CollectReport) -> dict[str, int]:
    """Return the first steps of an issue's funnel."""
    return {
        "entries": sum(read.entries for read in collected.reads),
        "pages": sum(read.pages for read in collected.reads),
        "articles": sum(read.articles for read in collected.reads),
    }


def release_if_due(newsroom: Newsroom, issue: Issue) -> Issue:
    """Release an issue that was held until now, and return it as it then stands."""
    now = newsroom.clock()
    with newsroom.database.write() as connection:
        issues.release_due(connection, now=now, issue_id=issue.id)
        return issues.load_bare(connection, issue.id) or issue


def release_all_due(newsroom: Newsroom) -> None:
    """Release every issue that was held until now."""
    now = newsroom.clock()
    with newsroom.database.read() as connection:
        if not issues.is_release_due(connection, now=now):
            return  # nobody waits for the right to write when there is nothing to
    with newsroom.database.write() as connection:
        issues.release_due(connection, now=now)
