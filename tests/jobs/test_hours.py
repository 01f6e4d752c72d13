"""Readers' hours: who waits for them sends to each at the hour chosen, in that reader's zone; others send at once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.model import IssueStatus
from subscribers.schema import subscribers
from tests.deliver.relay import CONNECT, CUT, RCPT, SILENT, Relay
from tests.jobs.newsroom import NOW, SLOT, Desk
from tests.jobs.scenes import READERS, go, play

ANN, BOB, CEM = READERS
HOURS = {ANN: ("Asia/Shanghai", "07:30"), BOB: ("Europe/Berlin", "07:30"), CEM: ("Europe/Berlin", None)}
ANNS, BOBS = datetime(2022, 2, 21, 23, 30, tzinfo=UTC), datetime(2022, 2, 22, 6, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def choose_hours(at: Desk) -> None:
    """Put the clock to the slot, and give the readers their zones and hours; the last one takes the newsletter's: now."""
    at.clock.moment = SLOT.instant
    with at.newsroom.database.write() as connection:
        for email, (timezone, hour) in HOURS.items():
            chosen = subscribers.update().where(subscribers.c.email == email)
            connection.execute(chosen.values(timezone=timezone, send_at=hour))


def test_each_reader_is_written_to_at_their_hour_in_their_zone(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        choose_hours(at)
        for moment, readers in [
            (SLOT.instant, [CEM]),
            (ANNS - MINUTE, [CEM]),
            (ANNS, [ANN, CEM]),
            (BOBS - MINUTE, [ANN, CEM]),
            (BOBS, [ANN, BOB, CEM]),
        ]:
            at.clock.moment = moment
            ended = await go(at, keeps_hours=True)
            assert relay.recipients == readers, moment
        assert (ended.issue.status, at.tally) == (IssueStatus.SENT, {"accepted": 3})

    play(tmp_path, scene)


def test_who_does_not_keep_hours_sends_to_all_at_once(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        choose_hours(at)
        await go(at)
        assert relay.recipients == sorted(READERS)

    play(tmp_path, scene)


def test_an_issue_released_after_the_hours_goes_at_once(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        choose_hours(at)
        at.clock.moment = BOBS + MINUTE
        await go(at, keeps_hours=True)
        assert relay.recipients == sorted(READERS)

    play(tmp_path, scene)


def test_who_waits_is_there_when_the_next_hour_comes(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        choose_hours(at)
        at.clock.moment = ANNS - timedelta(seconds=0.3)

        def later() -> None:
            at.clock.moment = BOBS if at.clock.moment >= ANNS else ANNS

        ended = await asyncio.wait_for(
            go(at, keeps_hours=True, wait=True, on_round=lambda _: later()), timeout=20
        )
        assert (ended.issue.status, at.tally) == (IssueStatus.SENT, {"accepted": 3})

    play(tmp_path, scene)


def test_an_hour_that_passed_while_the_relay_was_away_is_made_up_for_until_too_late(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        choose_hours(at)
        relay.always(CONNECT, CUT)
        for moment, tally in [
            (SLOT.instant, {"planned": 3}),
            (ANNS, {"planned": 3}),
            (NOW + timedelta(hours=12), {"planned": 1, "expired": 2}),  # it was released at NOW
            (BOBS + timedelta(hours=12), {"expired": 3}),
        ]:
            at.clock.moment = moment
            ended = await go(at, keeps_hours=True)
            assert at.tally == tally, moment
        assert ended.issue.status is IssueStatus.SENT

    play(tmp_path, scene)


def test_a_stop_does_not_wait_for_a_relay_that_says_nothing(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        for step in (CONNECT, RCPT):
            stop = asyncio.Event()
            relay.once(step, SILENT)
            relay.on[step] = stop.set
            await asyncio.wait_for(go(at, stop=stop), timeout=10)
            del relay.on[step]
            assert at.tally == {"planned": 3}
            assert set(at.rows("owner")) == {None}
        await go(at)
        assert relay.recipients == sorted(READERS)

    play(tmp_path, scene, delivery=["connections = 1"])
