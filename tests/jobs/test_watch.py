"""A newsroom that goes by itself: what is held waits, what is approved goes, what fails harms no other, a stop ends it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from pipeline.app import Newsroom
from pipeline.jobs import oversee
from pipeline.jobs.lease import LEASE
from pipeline.jobs.letters import LetterReport
from pipeline.jobs.publish import LEASE_NAME
from pipeline.jobs.watch import SlotTrigger, Watch
from pipeline.model import Issue, IssueStatus
from pipeline.store import issues, leases
from pipeline.store.letters import Letters
from subscribers.store import Letter
from tests.cli.sites import site
from tests.deliver.relay import CONNECT, CUT, Relay
from tests.jobs.newsroom import Clock
from tests.jobs.rooms import DAILY, DUE, WALL, Heard, furnish, invite, room, slots
from tests.jobs.test_publish import FEED
from tests.jobs.waiting import hurry, until

Scene = Callable[[Newsroom, Clock, Heard], Coroutine[Any, Any, None]]


class Watching(Watch):
    """Looks often, and counts how often."""

    def __init__(self, newsroom: Newsroom, *, stop: asyncio.Event, heard: Heard) -> None:
        super().__init__(newsroom, stop=stop, listener=heard, look_seconds=0.05)
        self._heard = heard

    async def _look(self) -> None:
        await super()._look()
        self._heard.looks += 1


async def several_looks(heard: Heard) -> None:
    """Wait until what was to be seen has been seen."""
    before = heard.looks
    await until(lambda: heard.looks >= before + 3)


def watched(home: Path, scene: Scene, *, at: datetime = DUE) -> Heard:
    """Play a scene in a newsroom that is kept going, with one reader, and end it; return what was heard."""

    async def played() -> Heard:
        heard, stop = Heard(), asyncio.Event()
        with room(home, at=at) as (newsroom, clock):
            invite(newsroom, "ann@x.example")
            keeping = asyncio.create_task(Watching(newsroom, stop=stop, heard=heard).keep())
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
        await several_looks(heard)
        assert the_issue(newsroom).status is IssueStatus.HELD
        oversee.approve(newsroom, the_issue(newsroom))
        await until(lambda: heard.ended)

    with site("application/rss+xml", FEED) as address:
        home = furnish(tmp_path / "room", newsletters=DAILY + 'approval = "editor"\n', sources=address)
        assert watched(home, scene).ended == ["daily sent 1"]


def test_a_clock_that_is_set_back_stops_no_looking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_back = timedelta(0)

    class Wall(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return super().now(tz) - set_back

    async def scene(newsroom: Newsroom, clock: Clock, heard: Heard) -> None:
        nonlocal set_back
        await several_looks(heard)
        set_back = timedelta(hours=1)
        clock.forward(-set_back)
        await several_looks(heard)
        await several_looks(heard)

    monkeypatch.setattr("apscheduler.schedulers.base.datetime", Wall)
    assert watched(furnish(tmp_path / "room"), scene).troubles == []


def test_what_is_held_for_a_while_goes_when_it_is_over(tmp_path: Path) -> None:
    async def scene(newsroom: Newsroom, clock: Clock, heard: Heard) -> None:
        await until(lambda: heard.made)
        clock.forward(timedelta(minutes=44))
        await several_looks(heard)
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
        await several_looks(heard)
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
        await several_looks(heard)  # it rests

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


def test_what_goes_on_failing_rests_longer_each_time(tmp_path: Path) -> None:
    def said(heard: Heard) -> list[str]:
        return [told.rpartition("; ")[2] for told in heard.troubles if "(look;" in told]

    async def scene(newsroom: Newsroom, clock: Clock, heard: Heard) -> None:
        await until(lambda: heard.made)
        with newsroom.database.write() as connection:
            connection.execute(sa.text("ALTER TABLE issues RENAME TO gone"))
        for seconds in (15, 30, 60, 120):
            await until(lambda: f"again in {seconds} s)" in said(heard))  # noqa: B023  it is waited for at once
            hurry(seconds)
        assert said(heard) == [f"again in {seconds} s)" for seconds in (15, 30, 60, 120)]

    watched(furnish(tmp_path / "room"), scene)


def test_a_stop_lets_what_was_begun_end(tmp_path: Path) -> None:
    async def scene(silent: socket.socket) -> None:
        stop = asyncio.Event()
        with room(furnish(tmp_path / "room", sources=f"http://127.0.0.1:{silent.getsockname()[1]}")) as (
            at,
            _,
        ):
            keeping = asyncio.create_task(Watching(at, stop=stop, heard=Heard()).keep())
            kept_waiting, _ = await asyncio.to_thread(silent.accept)
            stop.set()
            await asyncio.wait_for(keeping, 5)
            kept_waiting.close()
            assert slots(at) == []
            with at.database.write() as connection:
                assert leases.take(connection, LEASE_NAME, owner="the next", until=DUE + LEASE, now=DUE)

    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(10)
        asyncio.run(scene(silent))


def test_a_relay_that_stays_away_is_told_of_once(tmp_path: Path) -> None:
    async def scene(relay: Relay, home: Path) -> Heard:
        heard, stop = Heard(), asyncio.Event()
        with room(home) as (newsroom, _):
            invite(newsroom, "ann@x.example")
            keeping = asyncio.create_task(Watching(newsroom, stop=stop, heard=heard).keep())
            for rounds in (1, 2, 3):
                await until(lambda: relay.connections == 2 * rounds)  # noqa: B023  it is waited for at once
                await several_looks(heard)
                hurry(30)
            stop.set()
            await asyncio.wait_for(keeping, 5)
        return heard

    async def played() -> Heard:
        async with Relay() as relay:
            relay.always(CONNECT, CUT)
            with site("application/rss+xml", FEED) as address:
                return await scene(relay, furnish(tmp_path / "room", sources=address, **mailing(relay.port)))

    [told] = asyncio.run(played()).troubles
    assert told.startswith("daily: issue 1 waits: ")


def call_for_a_letter(newsroom: Newsroom) -> None:
    """Call for a letter to the one reader."""
    with newsroom.database.write() as connection:
        Letters().queue(connection, subscriber_id=1, kind=Letter.DOWNLOAD, now=newsroom.clock())


def test_a_letter_leaves_soon_after_somebody_called_for_it(tmp_path: Path) -> None:
    async def scene(newsroom: Newsroom, clock: Clock, heard: Heard) -> None:
        await several_looks(heard)
        call_for_a_letter(newsroom)
        await until(lambda: heard.letters)

    assert watched(furnish(tmp_path / "room"), scene).letters == [LetterReport(sent=1)]


def test_what_keeps_letters_is_told_once_until_they_have_left(tmp_path: Path) -> None:
    own = tmp_path / "room" / "templates" / "mail" / "letter.txt.j2"

    async def scene(newsroom: Newsroom, clock: Clock, heard: Heard) -> None:
        call_for_a_letter(newsroom)
        for tries in (1, 2, 3):
            await until(lambda: len(heard.letters) == tries)  # noqa: B023  it is waited for at once
            clock.forward(timedelta(hours=1))
        assert {report.waiting for report in heard.letters} == {1}

    furnish(tmp_path / "room")
    own.parent.mkdir(parents=True)
    own.write_text("{{ nothing }}", encoding="utf-8")
    [told] = watched(tmp_path / "room", scene).troubles
    assert told.startswith("letters wait: ")
    assert "letter.txt.j2, line 1" in told


def mailing(port: int) -> dict[str, str]:
    """Return what a newsroom's settings say besides when it mails over a relay."""
    more = (
        '\n[delivery]\ntransport = "smtp"\nconnections = 1\ncheck_site = false\n'
        f'[smtp]\nhost = "127.0.0.1"\nport = {port}\ntls = "none"\n'
        'from_address = "brief@lantern.example"\nreturn_path_domain = "lantern.example"\n'
    )
    return {"publisher": 'site_url = "https://news.lantern.example"', "more": more}


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


def test_batches_and_complaints_are_told(tmp_path: Path) -> None:
    async def scene(newsroom: Newsroom, clock: Clock, heard: Heard) -> None:
        await until(lambda: heard.ended and heard.complaints)

    with site("application/rss+xml", FEED) as address:
        heard = watched(furnish(tmp_path / "room", sources=address), scene)
    [batch] = heard.batches
    assert (batch.issue_id, batch.newsletter, batch.states) == (1, "daily", {"accepted": 1})
    assert heard.complaints[0].number == 0
