"""Readers' hours: who waits for them sends to each at the hour chosen, in that reader's zone; others send at once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.jobs import oversee
from pipeline.jobs.send import SendReport
from pipeline.model import IssueStatus
from pipeline.store.schema import deliveries
from subscribers.schema import subscribers
from tests.deliver.relay import CONNECT, CUT, RCPT, SILENT, Relay
from tests.jobs.newsroom import NOW, SLOT, Desk
from tests.jobs.scenes import READERS, go, play
from tests.jobs.waiting import hurry, until

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


async def half_a_minute(at: Desk) -> None:
    """Let the time pass after which a sender that waits looks whether there is something to do."""
    asked = at.clock.asked
    hurry(30)
    await until(lambda: at.clock.asked > asked + 1)


def test_who_waits_only_looks_until_a_row_is_due(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        choose_hours(at)
        rounds: list[SendReport] = []
        stop = asyncio.Event()
        sending = asyncio.create_task(go(at, keeps_hours=True, wait=True, stop=stop, on_round=rounds.append))
        await until(lambda: rounds)
        for _ in range(3):
            await half_a_minute(at)
        assert len(rounds) == 1
        at.clock.moment = ANNS
        hurry(30)
        await until(lambda: len(rounds) == 2)
        assert relay.recipients == [ANN, CEM]
        stop.set()
        await sending

    play(tmp_path, scene)


def test_who_waits_sees_that_a_person_holds_the_issue(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        choose_hours(at)
        rounds: list[SendReport] = []
        sending = asyncio.create_task(go(at, keeps_hours=True, wait=True, on_round=rounds.append))
        await until(lambda: rounds)
        oversee.hold(at.newsroom, at.issue)
        hurry(30)
        assert (await asyncio.wait_for(sending, 5)).issue.status is IssueStatus.HELD

    play(tmp_path, scene)


def test_who_waits_does_not_look_all_the_time_for_a_row_in_anothers_hands(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.always(RCPT, "451 later", to=ANN)
        rounds: list[SendReport] = []
        stop = asyncio.Event()
        sending = asyncio.create_task(go(at, wait=True, stop=stop, on_round=rounds.append))
        await until(lambda: rounds)
        lease = {"state": "claimed", "owner": "another", "lease_until": at.clock() + timedelta(hours=1)}
        with at.newsroom.database.write() as connection:
            connection.execute(deliveries.update().where(deliveries.c.state == "deferred").values(lease))
        at.clock.forward(timedelta(minutes=2))  # its next try has come
        await half_a_minute(at)
        asked = at.clock.asked
        hurry(1)
        await asyncio.sleep(0.05)
        assert at.clock.asked == asked
        stop.set()
        await sending

    play(tmp_path, scene)


def test_one_who_left_is_let_go_when_the_hour_comes(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        choose_hours(at)
        await go(at, keeps_hours=True)
        at.leave(ANN)
        for moment, tally in [
            (ANNS - MINUTE, {"accepted": 1, "planned": 2}),
            (ANNS, {"accepted": 1, "planned": 1, "suppressed": 1}),
        ]:
            at.clock.moment = moment
            before = relay.connections
            await go(at, keeps_hours=True)
            assert (at.tally, relay.connections) == (tally, before)

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
