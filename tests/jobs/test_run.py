"""One issue the whole way, and a stop that comes while it is composed."""

from __future__ import annotations

import asyncio
import threading
from datetime import datetime
from pathlib import Path

from pipeline.app import open_newsroom
from pipeline.jobs.compose import resolve_slot
from pipeline.jobs.run import RunReport, run
from pipeline.model import IssueStatus
from tests.cli.sites import site
from tests.jobs.rooms import DUE, WALL, furnish, invite, room, slots
from tests.jobs.test_publish import FEED


class Stopping:
    """A clock that asks for a stop when composing reads it, in a thread, and waits until the loop has heard."""

    def __init__(self) -> None:
        self.stop = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()

    def __call__(self) -> datetime:
        if threading.get_ident() != self._thread:
            asyncio.run_coroutine_threadsafe(self._hear(), self._loop).result(5)
        return DUE

    async def _hear(self) -> None:
        self.stop.set()


def test_a_stop_while_it_is_composed_keeps_the_issue_and_leaves_the_sending_to_the_next_run(
    tmp_path: Path,
) -> None:
    async def stopped(home: Path) -> RunReport:
        clock = Stopping()
        with open_newsroom(home, clock=clock) as newsroom:
            newsletter = newsroom.settings.newsletter[0]
            slot = resolve_slot(newsroom, newsletter, None)
            return await run(newsroom, newsletter, slot, stop=clock.stop)

    with site("application/rss+xml", FEED) as address:
        home = furnish(tmp_path / "room", sources=address)
        with room(home) as (newsroom, _):
            invite(newsroom, "ann@x.example")
            ended = asyncio.run(stopped(home)).sent
            assert (ended.issue.status, ended.tally.total) == (IssueStatus.APPROVED, 0)
            assert slots(newsroom) == [f"{WALL} approved"]
            newsletter = newsroom.settings.newsletter[0]
            again = asyncio.run(run(newsroom, newsletter, ended.issue.slot))
    assert (again.collected, again.sent.tally.accepted) == (None, 1)
