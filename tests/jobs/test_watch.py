"""A newsroom that goes by itself: what is held waits, what is approved goes, what fails harms no other, a stop ends it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from pipeline.app import Newsroom
from pipeline.jobs import oversee
from pipeline.jobs.watch import SlotTrigger, Watch
from pipeline.model import Issue, IssueStatus
from pipeline.store import issues
from tests.cli.sites import site
from tests.jobs.newsroom import Clock
from tests.jobs.rooms import DAILY, DUE, WALL, Heard, furnish, invite, room
from tests.jobs.test_publish import FEED

Scene = Callable[[Newsroom, Clock, Heard], Coroutine[Any, Any, None]]


async def until(seen: Callable[[], object]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(10):
        while not seen():  # noqa: ASYNC110  what is waited for is in the database as often as in memory
            await asyncio.sleep(0.01)


def watched(home: Path, scene: Scene, *, at: datetime = DUE) -> Heard:
    """Play a scene in a newsroom that is kept going, with one reader, and end it; return what was heard."""

    async def played() -> Heard:
        heard, stop = Heard(), asyncio.Event()
        with room(home, at=at) as (newsroom, clock):
            invite(newsroom, "ann@x.example")
            watch = Watch(newsroom, stop=stop, listener=heard, look_seconds=0.05)
            keeping = asyncio.create_task(watch.keep())
            await scene(newsroom, clock, heard)
            stop.set()
            await asyncio.wait_for(keeping, 5)
        return heard

    return asyncio.run(played())


def the_issue(newsroom: Newsroom) -> Issue:
    with newsroom.database.read() as connection:
        found = issues.load_bare(connection, 1)
    assert found is not None
    return found


def test_a_due_slot_is_published_and_sent_by_itself(tmp_path: Path) -> None:
    async def scene(newsroom: Newsroom, clock: Clock, heard: Heard) -> None:
        await until(lambda: heard.ended)
        clock.forward(timedelta(days=1))
        await until(lambda: len(heard.ended) == 2)

    with site("application/rss+xml", FEED) as address:
        heard = watched(furnish(tmp_path / "room", sources=address), scene)
    assert heard.made == [f"daily {WALL} approved", "daily 2022-02-23T06:00 approved"]
    assert heard.ended == ["daily sent 1", "daily sent 1"]
    assert heard.troubles == []


def test_what_waits_for_an_editor_goes_once_approved(tmp_path: Path) -> None:
    async def scene(newsroom: Newsroom, clock: Clock, heard: Heard) -> None:
        await until(lambda: heard.made)
        clock.forward(timedelta(hours=1))
        await asyncio.sleep(0.2)  # several looks
        assert the_issue(newsroom).status is IssueStatus.HELD
        oversee.approve(newsroom, the_issue(newsroom))
        await until(lambda: heard.ended)

    with site("application/rss+xml", FEED) as address:
        home = furnish(tmp_path / "room", newsletters=DAILY + 'approval = "editor"\n', sources=address)
        assert watched(home, scene).ended == ["daily sent 1"]


def test_what_is_held_for_a_while_goes_when_it_is_over(tmp_path: Path) -> None:
    async def scene(newsroom: Newsroom, clock: Clock, heard: Heard) -> None:
        await until(lambda: heard.made)
        clock.forward(timedelta(minutes=44))
        await asyncio.sleep(0.2)
        assert the_issue(newsroom).status is IssueStatus.HELD
        clock.forward(timedelta(minutes=1))
        await until(lambda: heard.ended)

    with site("application/rss+xml", FEED) as address:
        home = furnish(
            tmp_path / "room", newsletters=DAILY + 'approval = "auto-after:45m"\n', sources=address
        )
        assert watched(home, scene).ended == ["daily sent 1"]


def test_an_issue_held_while_it_waits_for_hours_goes_on_when_approved(tmp_path: Path) -> None:
    async def paused(newsroom: Newsroom, clock: Clock, heard: Heard) -> None:
        await until(lambda: the_issue_is(newsroom, IssueStatus.SENDING))
        oversee.hold(newsroom, the_issue(newsroom))

    async def resumed(newsroom: Newsroom, clock: Clock, heard: Heard) -> None:
        await asyncio.sleep(0.2)  # several looks
        assert not (newsroom.home / "outbox" / "new").exists()
        oversee.approve(newsroom, the_issue(newsroom))
        await until(lambda: heard.ended)

    with site("application/rss+xml", FEED) as address:
        home = furnish(tmp_path / "room", newsletters=DAILY + 'send_at = "07:30"\n', sources=address)
        watched(home, paused)
        assert watched(home, resumed, at=DUE + timedelta(hours=2)).ended == ["daily sent 1"]


def the_issue_is(newsroom: Newsroom, status: IssueStatus) -> bool:
    with newsroom.database.read() as connection:
        return bool(issues.in_states(connection, [status]))


def test_a_newsletter_that_fails_is_told_in_a_line_and_harms_no_other(tmp_path: Path) -> None:
    async def scene(newsroom: Newsroom, clock: Clock, heard: Heard) -> None:
        await until(lambda: heard.ended and heard.troubles)
        await asyncio.sleep(0.2)  # several looks: it rests

    broken = DAILY.replace('"daily"', '"broken"').replace('"Daily"', '"Broken"')
    with site("application/rss+xml", FEED) as address:
        home = furnish(tmp_path / "room", newsletters=broken + DAILY, sources=address)
        closing = home / "templates" / "text" / "closing.txt.j2"
        closing.parent.mkdir(parents=True)
        shipped = Path("templates/text/closing.txt.j2").read_text(encoding="utf-8")
        closing.write_text(
            '{% if masthead.newsletter == "broken" %}{{ 1 // 0 }}{% endif %}' + shipped, encoding="utf-8"
        )
        heard = watched(home, scene)
    [told] = heard.troubles
    assert told.startswith("broken: ")
    assert "again in 15 s" in told
    assert heard.ended == ["daily sent 1"]


def test_trouble_with_the_store_is_told_and_ends_nothing(tmp_path: Path) -> None:
    async def scene(newsroom: Newsroom, clock: Clock, heard: Heard) -> None:
        await until(lambda: heard.ended)
        with newsroom.database.write() as connection:
            connection.execute(sa.text("ALTER TABLE issues RENAME TO gone"))
        await until(lambda: len(heard.troubles) == 2)
        with newsroom.database.write() as connection:
            connection.execute(sa.text("ALTER TABLE gone RENAME TO issues"))

    with site("application/rss+xml", FEED) as address:
        heard = watched(furnish(tmp_path / "room", sources=address), scene)
    assert all("no such table: issues" in told for told in heard.troubles)
    assert {told.split(":")[0] for told in heard.troubles} == {"database sqlite", "daily"}


def test_an_issue_of_a_newsletter_that_is_gone_is_told_of(tmp_path: Path) -> None:
    async def nothing(newsroom: Newsroom, clock: Clock, heard: Heard) -> None:
        await until(lambda: heard.made)

    async def scene(newsroom: Newsroom, clock: Clock, heard: Heard) -> None:
        await until(lambda: heard.troubles)

    with site("application/rss+xml", FEED) as address:
        home = furnish(tmp_path / "room", newsletters=DAILY + 'send_at = "07:30"\n', sources=address)
        watched(home, nothing)
        furnish(home, newsletters=DAILY.replace('"daily"', '"other"'))
        heard = watched(home, scene)
    assert "there is no newsletter 'daily' any more" in heard.troubles[0]


@pytest.mark.parametrize(
    ("now", "previous", "fires"),
    [
        pytest.param("2026-03-28T12:00", None, "2026-03-29T01:00", id="skipped"),
        pytest.param("2026-10-25T00:30", "2026-10-25T00:30", "2026-10-26T01:30", id="repeated"),
        pytest.param("2026-06-10T12:00", "2026-06-01T00:30", "2026-06-11T00:30", id="after a sleep"),
    ],
)
def test_the_trigger_fires_where_the_contract_puts_slots(now: str, previous: str | None, fires: str) -> None:
    def utc(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)

    trigger = SlotTrigger("30 2 * * *", ZoneInfo("Europe/Berlin"))
    before = utc(previous) if previous else None
    assert trigger.get_next_fire_time(before, utc(now)) == utc(fires)
