"""Publishing by schedule: each slot once, whatever stopped, started, slept or raced on the way."""

from __future__ import annotations

import asyncio
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.app import Newsroom, open_newsroom
from pipeline.config import Newsletter
from pipeline.jobs.collect import SourceRead
from pipeline.jobs.compose import compose, resolve_slot
from pipeline.jobs.lease import LEASE
from pipeline.jobs.publish import LEASE_NAME, Publisher
from pipeline.jobs.record import issue_record
from pipeline.jobs.run import run
from pipeline.store import issues, leases
from tests.cli.sites import site
from tests.jobs.newsroom import Clock
from tests.jobs.rooms import DAILY, DUE, WALL, Heard, furnish, room, slots

FEED = b'<rss version="2.0"><channel><title>t</title></channel></rss>'
BERLIN = DAILY.replace("Asia/Shanghai", "Europe/Berlin")


def publisher(newsroom: Newsroom, heard: Heard, *, stop: asyncio.Event | None = None) -> Publisher:
    return Publisher(newsroom, stop=stop or asyncio.Event(), listener=heard)


async def publish_all(newsroom: Newsroom, heard: Heard, *, stop: asyncio.Event | None = None) -> None:
    made_by = publisher(newsroom, heard, stop=stop)
    await asyncio.gather(*(made_by.publish(each) for each in newsroom.settings.newsletter))


def published(home: Path, *moments: datetime) -> tuple[Heard, list[str]]:
    """Open a newsroom anew at each moment, publish, and return what was heard and what stands."""
    heard = Heard()
    for moment in moments:
        with room(home, at=moment) as (newsroom, _):
            asyncio.run(publish_all(newsroom, heard))
            found = slots(newsroom)
    return heard, found


def test_a_slot_is_published_once_however_often_one_looks_or_starts_again(tmp_path: Path) -> None:
    home = furnish(tmp_path / "room")
    later = [DUE + timedelta(seconds=seconds) for seconds in (0, 0, 12, 3600)]
    heard, found = published(home, *later)
    assert heard.made == [f"daily {WALL} held"]  # without sources too few were read
    assert found == [f"{WALL} held"]


def test_two_processes_at_once_read_the_sources_once_and_make_one_issue(tmp_path: Path) -> None:
    async def race(first: Newsroom, second: Newsroom) -> tuple[Heard, Heard]:
        heard = Heard(), Heard()
        await asyncio.gather(publish_all(first, heard[0]), publish_all(second, heard[1]))
        return heard

    with site("application/rss+xml", FEED) as address:
        home = furnish(tmp_path / "room", sources=address)
        with room(home) as (first, _), room(home) as (second, _):
            one, two = asyncio.run(race(first, second))
            assert one.read + two.read == ["daily one"]
            assert one.made + two.made == [f"daily {WALL} approved"]
            assert slots(first) == [f"{WALL} approved"]


def test_newsletters_due_together_read_the_sources_once(tmp_path: Path) -> None:
    with site("application/rss+xml", FEED) as address:
        evening = DAILY.replace('"daily"', '"second"')
        home = furnish(tmp_path / "room", newsletters=DAILY + evening, sources=address)
        heard, _ = published(home, DUE)
    assert heard.read == ["daily one"]
    assert heard.made == [f"{key} {WALL} approved" for key in ("daily", "second")]


def test_the_next_slot_reads_the_sources_anew(tmp_path: Path) -> None:
    async def two_days(newsroom: Newsroom, clock: Clock, heard: Heard) -> None:
        made_by = publisher(newsroom, heard)
        for _ in range(2):
            await made_by.publish(newsroom.settings.newsletter[0])
            clock.forward(timedelta(days=1))

    with (
        site("application/rss+xml", FEED) as address,
        room(furnish(tmp_path / "room", sources=address)) as (newsroom, clock),
    ):
        heard = Heard()
        asyncio.run(two_days(newsroom, clock, heard))
    assert heard.read == ["daily one", "daily one"]
    assert len(heard.made) == 2


def test_what_another_process_is_at_is_left_to_it_until_it_is_dead(tmp_path: Path) -> None:
    heard = Heard()
    with room(furnish(tmp_path / "room")) as (newsroom, clock):
        with newsroom.database.write() as connection:
            leases.take(connection, LEASE_NAME, owner="another", until=DUE + LEASE, now=DUE)
        asyncio.run(publish_all(newsroom, heard))
        assert slots(newsroom) == []
        clock.forward(LEASE)
        asyncio.run(publish_all(newsroom, heard))
        assert slots(newsroom) == [f"{WALL} held"]


def test_an_issue_that_a_person_makes_meanwhile_is_left_as_it_is(tmp_path: Path) -> None:
    class Person(Heard):
        def source_read(self, newsletter: Newsletter, read: SourceRead) -> None:
            super().source_read(newsletter, read)
            compose(newsroom, newsletter, resolve_slot(newsroom, newsletter, None))

    thin = DAILY.replace('on_thin = "send"\nmin_items = 0', 'on_thin = "hold"\nmin_items = 9')
    with (
        site("application/rss+xml", FEED) as address,
        room(furnish(tmp_path / "room", newsletters=thin, sources=address)) as (newsroom, _),
    ):
        heard = Person()
        asyncio.run(publish_all(newsroom, heard))
        assert slots(newsroom) == [f"{WALL} held"]
    assert heard.made == []  # a thin one would be made anew


def test_a_slot_made_just_before_the_lease_is_taken_is_not_read_for_again(tmp_path: Path) -> None:
    class Slow(Clock):
        """Lets somebody make the issue between the first look and the lease."""

        def __call__(self) -> datetime:
            if self.asked == 1:
                compose(quick, newsletter, resolve_slot(quick, newsletter, None))
            return super().__call__()

    with site("application/rss+xml", FEED) as address:
        home = furnish(tmp_path / "room", sources=address)
        clock = Slow()
        clock.moment = DUE
        with room(home) as (quick, _), open_newsroom(home, clock=clock) as slow:
            newsletter, clock.asked, heard = slow.settings.newsletter[0], 0, Heard()
            asyncio.run(publish_all(slow, heard))
            assert slots(slow) == [f"{WALL} held"]
    assert heard == Heard()


def test_a_long_silence_leaves_missed_slots_and_makes_the_newest(tmp_path: Path) -> None:
    heard, found = published(furnish(tmp_path / "room"), DUE, DUE + timedelta(days=3, hours=2))
    assert heard.missed == ["daily 2022-02-23T06:00", "daily 2022-02-24T06:00"]
    assert found == [
        f"{WALL} held", "2022-02-23T06:00 missed", "2022-02-24T06:00 missed", "2022-02-25T06:00 held",
    ]  # fmt: skip


def test_a_missed_slot_is_shown_like_any_issue(tmp_path: Path) -> None:
    home = furnish(tmp_path / "room")
    published(home, DUE, DUE + timedelta(days=2))
    with room(home) as (newsroom, _), newsroom.database.read() as connection:
        missed = issues.load(connection, 2)
        assert missed is not None
        shown = issue_record(newsroom, missed)
    assert (shown["slot"], shown["status"], shown["subject"]) == ("2022-02-23T06:00", "missed", "")
    assert (shown["items"], shown["deliveries"]["total"]) == ([], 0)


def test_a_slot_found_too_late_is_missed(tmp_path: Path) -> None:
    home = furnish(tmp_path / "room", more='\n[delivery]\nnot_after = "2h"\n')
    _, found = published(home, DUE, DUE + timedelta(days=1, hours=3))
    assert found[1:] == ["2022-02-23T06:00 missed"]


def test_a_new_newsletter_begins_with_its_next_slot_and_misses_none(tmp_path: Path) -> None:
    home = furnish(tmp_path / "room")
    assert published(home, DUE + timedelta(hours=5)) == (Heard(), [])
    assert published(home, DUE + timedelta(days=1))[1] == ["2022-02-23T06:00 held"]


def test_a_person_may_make_a_missed_slot_after_all(tmp_path: Path) -> None:
    home = furnish(tmp_path / "room")
    published(home, DUE, DUE + timedelta(days=2))
    with room(home, at=DUE + timedelta(days=2)) as (newsroom, _):
        newsletter = newsroom.settings.newsletter[0]
        asyncio.run(run(newsroom, newsletter, resolve_slot(newsroom, newsletter, "2022-02-23")))
        assert "2022-02-23T06:00 held" in slots(newsroom)
        asyncio.run(publish_all(newsroom, Heard()))
        assert len(slots(newsroom)) == 3


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "moments", "walls"),
    [
        pytest.param(
            "30 2 * * *",
            ["2026-03-28T01:30", "2026-03-29T00:59", "2026-03-29T01:00", "2026-03-29T01:30", "2026-03-30T00:30"],
            ["2026-03-28T02:30", "2026-03-29T02:30", "2026-03-30T02:30"],
            id="skipped",
        ),
        pytest.param(
            "30 2 * * *",
            ["2026-10-24T00:30", "2026-10-25T00:30", "2026-10-25T01:30", "2026-10-26T01:30"],
            ["2026-10-24T02:30", "2026-10-25T02:30", "2026-10-26T02:30"],
            id="repeated",
        ),
        pytest.param(
            "0 * * * *",
            ["2026-03-29T00:00", "2026-03-29T01:00", "2026-03-29T01:01", "2026-03-29T02:00"],
            ["2026-03-29T01:00", "2026-03-29T02:00", "2026-03-29T03:00", "2026-03-29T04:00"],
            id="hourly: two at the gap's end",
        ),
    ],
)  # fmt: skip
def test_each_wall_slot_gets_its_issue_over_changes_of_time(
    tmp_path: Path, schedule: str, moments: list[str], walls: list[str]
) -> None:
    home = furnish(tmp_path / "room", newsletters=BERLIN.replace("0 6 * * *", schedule))
    _, found = published(home, *map(utc, moments))
    assert found == [f"{wall} held" for wall in walls]


def test_a_stop_ends_reading_at_once_and_leaves_the_slot_to_the_next(tmp_path: Path) -> None:
    async def stopped(newsroom: Newsroom) -> None:
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(0.3, stop.set)
        await asyncio.wait_for(publish_all(newsroom, Heard(), stop=stop), 5)

    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with room(furnish(tmp_path / "room", sources=address)) as (newsroom, _):
            asyncio.run(stopped(newsroom))
            assert slots(newsroom) == []
            with newsroom.database.write() as connection:
                assert leases.take(connection, LEASE_NAME, owner="the next", until=DUE + LEASE, now=DUE)
