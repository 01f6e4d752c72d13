"""Publish slots that are due: read the sources once, compose each issue once, whoever else is at it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pipeline.app import Newsroom
from pipeline.config import Newsletter
from pipeline.jobs.collect import CollectReport, SourceRead, collect
from pipeline.jobs.compose import compose
from pipeline.jobs.due import Due, Past, due_slots
from pipeline.jobs.lease import leased
from pipeline.jobs.run import counts_of
from pipeline.jobs.stopping import unless_stopped
from pipeline.model import Issue, IssueStatus, Slot
from pipeline.store import drafts, issues

LEASE_NAME = "publish"
"""One for all newsletters: those due together read the sources after one another, and so once."""


class Listener(Protocol):
    """Hears what becomes of slots."""

    def source_read(self, newsletter: Newsletter, read: SourceRead) -> None:
        """A source was read, or failed."""

    def issue_made(self, newsletter: Newsletter, issue: Issue) -> None:
        """A slot has its issue: approved, held or skipped."""

    def slots_missed(self, newsletter: Newsletter, slots: Sequence[Slot]) -> None:
        """Slots passed while nothing ran, oldest first; never empty."""


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """What reading the sources came to."""

    began: datetime
    report: CollectReport


class Publisher:
    """Makes the issues of a newsroom's slots; one a process, for it remembers what it has read."""

    def __init__(self, newsroom: Newsroom, *, stop: asyncio.Event, listener: Listener) -> None:
        self._newsroom = newsroom
        self._stop = stop
        self._listener = listener
        self._turn = asyncio.Lock()
        self._reading: _Reading | None = None

    async def publish(self, newsletter: Newsletter) -> None:
        """Make what is due of a newsletter, and note what was missed; nothing while another process is at it."""
        if not find_due(self._newsroom, newsletter):
            return
        async with self._turn, leased(self._newsroom, LEASE_NAME) as is_ours:
            if not is_ours:
                return
            due = find_due(self._newsroom, newsletter)  # another may have made it a moment ago
            self._note_missed(newsletter, due.missed)
            for slot in due.make:
                await self._make(newsletter, slot)

    async def _make(self, newsletter: Newsletter, slot: Slot) -> None:
        collected = await self._collected(newsletter, slot)
        if collected is None or self._stop.is_set() or self._has_issue(newsletter, slot):
            return
        # in a thread: it reckons for seconds, and mails of other issues go out meanwhile
        composed = await asyncio.to_thread(
            compose, self._newsroom, newsletter, slot, funnel=counts_of(collected)
        )
        if composed.is_new:
            self._listener.issue_made(newsletter, composed.issue)

    async def _collected(self, newsletter: Newsletter, slot: Slot) -> CollectReport | None:
        """Return what reading the sources came to, once since the slot; None when all must stop."""
        if self._reading is not None and self._reading.began >= slot.instant:
            return self._reading.report
        began = self._newsroom.clock()
        reading = collect(self._newsroom, on_read=lambda read: self._listener.source_read(newsletter, read))
        report = await unless_stopped(reading, self._stop)
        if report is not None:
            self._reading = _Reading(began=began, report=report)
        return report

    def _note_missed(self, newsletter: Newsletter, slots: Sequence[Slot]) -> None:
        noted = [slot for slot in slots if self._is_noted(newsletter, slot)]
        if noted:
            self._listener.slots_missed(newsletter, noted)

    def _is_noted(self, newsletter: Newsletter, slot: Slot) -> bool:
        """Put a missed slot on record; False when it has an issue after all."""
        transport = self._newsroom.settings.delivery.transport
        missed = Issue(newsletter=newsletter.key, slot=slot, status=IssueStatus.MISSED, transport=transport)
        with self._newsroom.database.write() as connection:
            kept = drafts.keep(connection, missed, release_at=None, now=self._newsroom.clock())
        return kept is not None

    def _has_issue(self, newsletter: Newsletter, slot: Slot) -> bool:
        with self._newsroom.database.read() as connection:
            return issues.find(connection, newsletter.key, slot.wall) is not None


def find_due(newsroom: Newsroom, newsletter: Newsletter) -> Due:
    """Return a newsletter's slots up to now that have no issue yet."""
    now = newsroom.clock()
    with newsroom.database.read() as connection:
        last = issues.last_slot_at(connection, newsletter.key, until=now)
        walls = issues.walls_since(connection, newsletter.key, since=last) if last else frozenset[str]()
    return due_slots(
        newsletter.schedule,
        newsletter.zone,
        Past(last=last, walls=walls),
        now=now,
        not_after=newsroom.settings.delivery.not_after,
    )
