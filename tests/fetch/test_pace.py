from __future__ import annotations

import asyncio

from pipeline.fetch.pace import MemoryTurns, Pace


class Time:
    """A clock that only moves when someone sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def visits(pace: Pace, *hosts: str, at_least: float = 0.0) -> None:
    async def one_by_one() -> None:
        for host in hosts:
            async with pace.turn(host, at_least=at_least):
                pass

    asyncio.run(one_by_one())


def test_a_host_is_asked_again_only_after_the_interval() -> None:
    time = Time()
    visits(Pace(interval_seconds=2.0, clock=time.clock, sleep=time.sleep), "a", "a", "a")
    assert time.slept == [2.0, 2.0]


def test_different_hosts_do_not_wait_for_one_another() -> None:
    time = Time()
    visits(Pace(interval_seconds=2.0, clock=time.clock, sleep=time.sleep), "a", "b", "c")
    assert time.slept == []


def test_a_site_may_ask_for_a_longer_pause() -> None:
    time = Time()
    visits(Pace(interval_seconds=1.0, clock=time.clock, sleep=time.sleep), "a", "a", at_least=7.0)
    assert time.slept == [7.0]


def test_two_workers_that_share_turns_keep_one_pace() -> None:
    time, turns = Time(), MemoryTurns()
    for _ in range(2):
        visits(Pace(interval_seconds=3.0, turns=turns, clock=time.clock, sleep=time.sleep), "a")
    assert time.slept == [3.0]


def busiest(pace: Pace, *hosts: str) -> int:
    running, most = 0, 0

    async def visit(host: str) -> None:
        nonlocal running, most
        async with pace.turn(host):
            running += 1
            most = max(most, running)
            await asyncio.sleep(0)
            running -= 1

    async def all_at_once() -> None:
        await asyncio.gather(*(visit(host) for host in hosts))

    asyncio.run(all_at_once())
    return most


def test_a_host_has_one_request_at_a_time() -> None:
    assert busiest(Pace(interval_seconds=0), "a", "a", "a") == 1


def test_over_all_hosts_no_more_than_the_limit_run() -> None:
    assert busiest(Pace(interval_seconds=0, concurrency=2), *"abcdef") == 2
