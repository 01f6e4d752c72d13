"""Sending that is told to stop: what is past its dot is waited for, nothing else."""

from __future__ import annotations

import asyncio
from pathlib import Path

from pipeline.jobs.dispatch import Hearers
from pipeline.jobs.stopping import CANCEL_AGAIN_SECONDS
from tests.deliver.relay import DOT, Relay
from tests.jobs.newsroom import Desk
from tests.jobs.scenes import READERS, go, play


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
