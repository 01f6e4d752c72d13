"""Sending that is told to stop: what is past its dot is waited for, nothing else."""

from __future__ import annotations

import asyncio
from pathlib import Path

from pipeline.jobs import oversee
from pipeline.jobs.dispatch import Hearers
from pipeline.jobs.stopping import CANCEL_AGAIN_SECONDS, Stop
from tests.deliver.relay import DATA, DOT, SILENT, Relay
from tests.jobs.newsroom import Desk, found
from tests.jobs.scenes import READERS, go, play
from tests.jobs.waiting import until


def test_a_stop_finishes_the_wire_and_leaves_the_rest_planned(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        stop = asyncio.Event()
        relay.on[DOT] = stop.set
        await go(at, stop=stop)
        assert at.tally == {"accepted": 1, "planned": 2}
        assert set(at.rows("owner")) == {None}

    play(tmp_path, scene, delivery=["connections = 1"])


def test_a_stop_waits_for_a_reply_that_takes_its_time(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        stop, release = asyncio.Event(), asyncio.Event()

        def reached() -> None:
            stop.set()
            asyncio.get_running_loop().call_later(CANCEL_AGAIN_SECONDS + 0.1, release.set)

        relay.on[DOT], relay.gate[DOT] = reached, release
        await go(at, stop=stop)
        assert at.tally == {"accepted": 1, "planned": 2}
        assert relay.recipients == [READERS[0]]

    play(tmp_path, scene, delivery=["connections = 1"])


def test_a_stop_does_not_wait_for_the_rate_limit(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        stop = asyncio.Event()
        await asyncio.wait_for(go(at, stop=stop, hearers=Hearers(delivered=lambda _: stop.set())), 20)
        assert at.tally == {"accepted": 1, "planned": 2}

    play(tmp_path, scene, delivery=["connections = 2", "rate_per_second = 0.001"])


def test_an_issue_held_and_approved_again_before_a_reply_came_goes_on(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        answer, go_on = asyncio.Event(), asyncio.Event()

        def second_waits() -> None:
            if relay.said.count("DATA") == 2:
                relay.gate[DATA] = go_on

        relay.on[DATA], relay.gate[DOT] = second_waits, answer
        sending = asyncio.create_task(go(at, wait=True))
        await until(lambda: DATA in relay.gate and "data_started" in at.rows("state"))
        oversee.hold(at.newsroom, at.issue)
        go_on.set()
        await until(lambda: "planned" in at.rows("state"))  # the fence let no second one pass
        oversee.approve(at.newsroom, found(at.newsroom).issue)
        answer.set()
        await asyncio.wait_for(sending, 20)
        assert (at.status, at.tally) == ("sent", {"accepted": 3})
        assert relay.recipients == sorted(READERS)

    play(tmp_path, scene, delivery=["connections = 2"])


def test_a_stop_at_once_leaves_what_is_on_the_wire_uncertain(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        stop = Stop()

        def reached() -> None:
            stop.set()
            asyncio.get_running_loop().call_later(CANCEL_AGAIN_SECONDS + 0.1, stop.end_at_once)

        relay.once(DOT, SILENT)
        relay.on[DOT] = reached
        await asyncio.wait_for(go(at, stop=stop), 20)
        assert at.tally == {"uncertain": 1, "planned": 2}
        assert at.rows("reason")[0] == "no reply after the dot: we were told to end at once"
        assert set(at.rows("owner")) == {None}

    play(tmp_path, scene, delivery=["connections = 1"])
