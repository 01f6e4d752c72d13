"""Reading takes its time and no more, and what was read when it ends is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path

import pytest

from pipeline.app import Newsroom
from pipeline.cli.telling import read_line
from pipeline.jobs.collect import LONGEST_SECONDS, CollectReport, collect
from pipeline.jobs.stopping import unless_stopped
from pipeline.store import articles
from tests.cli.outlet import Outlet, open_outlet
from tests.fetch.conftest import Reply
from tests.jobs.newsroom import Clock
from tests.jobs.rooms import furnish, room

DELAY = Reply(body=b"User-agent: *\nCrawl-delay: 30", content_type="text/plain")


class Loop(asyncio.SelectorEventLoop):
    """An event loop whose time a test moves on."""

    ahead = 0.0

    def time(self) -> float:
        return super().time() + self.ahead


@pytest.fixture
def outlet() -> Iterator[Outlet]:
    """Give an outlet of three articles."""
    with open_outlet() as running:
        for title in ("Glass Harbour", "Salt Market", "Lantern Hall"):
            running.add(title)
        yield running


def furnished(home: Path, outlet: Outlet) -> Path:
    return furnish(home / "room", sources=outlet.site.url("").rstrip("/"))


async def until(is_so: Callable[[], bool]) -> None:
    for _ in range(2_000):
        if is_so():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it never came to that")


def run(loop: Loop, scene: Coroutine[None, None, CollectReport | None]) -> CollectReport | None:
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(scene)


def kept(newsroom: Newsroom) -> list[str]:
    with newsroom.database.read() as connection:
        good, _ = articles.seen_since(connection, None)
    return [article.title for article in good]


def is_read(newsroom: Newsroom) -> bool:
    """Tell whether the source counts as read."""
    with newsroom.database.read() as connection:
        return "one" in articles.source_states_of(connection, ["one"])


async def cut_off(newsroom: Newsroom, outlet: Outlet, clock: Clock, loop: Loop) -> CollectReport:
    """Collect from a site that wants half a minute between two pages, until one page is read and the time is over."""
    before = clock.asked
    reading = asyncio.create_task(collect(newsroom))
    await until(lambda: clock.asked == before + 1)  # the list was fetched
    while "/lantern-hall" not in outlet.site.asked:
        loop.ahead += 31
        await asyncio.sleep(0.2)
    await until(lambda: clock.asked == before + 3)  # the page was fetched, and its article is there
    loop.ahead += LONGEST_SECONDS
    return await reading


def test_a_slow_source_is_left_in_time_and_read_on_the_next_time(tmp_path: Path, outlet: Outlet) -> None:
    outlet.site.replies["/robots.txt"] = DELAY
    with room(furnished(tmp_path, outlet)) as (newsroom, clock):
        loop = Loop()
        first = run(loop, cut_off(newsroom, outlet, clock, loop))
        assert first is not None
        assert [(read.articles, read.failures, read.left, read.error) for read in first.reads] == [
            (1, (), 2, None)
        ]
        assert read_line(first.reads[0]) == (
            "one: 3 entries, 1 new article; it is slow, left for the next time: 2"
        )
        assert kept(newsroom) == ["Lantern Hall"], "the first of the feed"
        assert is_read(newsroom)
        outlet.site.replies["/robots.txt"] = Reply(status=404)
        second = run(Loop(), collect(newsroom))
    assert second is not None
    assert [(read.articles, read.left) for read in second.reads] == [(2, 0)]
    assert outlet.answers() == [200, 304]


def test_a_list_that_is_not_there_in_time_is_a_failure(tmp_path: Path, outlet: Outlet) -> None:
    outlet.site.replies["/feed"] = Reply(held=True)

    async def scene(newsroom: Newsroom) -> CollectReport:
        reading = asyncio.create_task(collect(newsroom))
        await until(lambda: "/feed" in outlet.site.asked)
        loop.ahead += LONGEST_SECONDS
        return await reading

    with room(furnished(tmp_path, outlet)) as (newsroom, _):
        loop = Loop()
        ended = run(loop, scene(newsroom))
    assert ended is not None
    assert [read.error for read in ended.failed] == ["its list was not there within 10 minutes"]


def test_pages_that_failed_before_wait_for_the_new_ones(tmp_path: Path, outlet: Outlet) -> None:
    outlet.site.replies["/lantern-hall"] = Reply(status=503)
    whole = outlet.site.replies["/feed"]
    newest, end, _ = whole.body.partition(b"</item>")
    with room(furnished(tmp_path, outlet)) as (newsroom, _):
        outlet.site.replies["/feed"] = Reply(body=newest + end, content_type="application/rss+xml")
        run(Loop(), collect(newsroom))
        outlet.site.replies["/feed"] = whole
        run(Loop(), collect(newsroom))
    assert outlet.site.asked[-3:] == ["/salt-market", "/glass-harbour", "/lantern-hall"]


def test_what_was_read_before_a_stop_is_kept(tmp_path: Path, outlet: Outlet) -> None:
    outlet.site.replies["/salt-market"] = Reply(held=True)

    async def scene(newsroom: Newsroom, clock: Clock) -> CollectReport | None:
        stop, before = asyncio.Event(), clock.asked
        reading = asyncio.create_task(unless_stopped(collect(newsroom), stop))
        await until(lambda: "/salt-market" in outlet.site.asked and clock.asked == before + 3)
        stop.set()
        return await reading

    with room(furnished(tmp_path, outlet)) as (newsroom, clock):
        assert run(Loop(), scene(newsroom, clock)) is None
        assert kept(newsroom) == ["Lantern Hall"]
        assert not is_read(newsroom)


def test_the_pause_of_the_newsroom_stands_between_two_requests(tmp_path: Path, outlet: Outlet) -> None:
    home = furnished(tmp_path, outlet)
    settings = home / "metabrief.toml"
    settings.write_text(settings.read_text("utf-8").replace('pause = "0s"', 'pause = "15s"'), "utf-8")

    async def scene(newsroom: Newsroom) -> CollectReport:
        reading = asyncio.create_task(collect(newsroom))
        await until(lambda: outlet.site.answered == [("/robots.txt", 404)])
        loop.ahead += 5
        await asyncio.sleep(0.1)
        assert outlet.site.asked == ["/robots.txt"]
        while not reading.done():
            loop.ahead += 15
            await asyncio.sleep(0.05)
        return await reading

    with room(home) as (newsroom, _):
        loop = Loop()
        ended = run(loop, scene(newsroom))
    assert ended is not None
    assert outlet.site.asked[1] == "/feed"
