"""Parcels between who writes them and who sends them: nobody waits in vain, nothing gets lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from pipeline.jobs.supply import Parcel, Supply
from pipeline.store.deliveries import Claim
from tests.deliver.tray import BASE
from tests.jobs.newsroom import NOW


def parcel(number: int) -> Parcel:
    claim = Claim(subscriber_id=number, language="en", attempts=0, not_after=NOW)
    return Parcel(claim=claim, domain="reader.example", message=BASE)


ONE, TWO, THREE = map(parcel, (1, 2, 3))


def run(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    async def timed() -> None:
        async with asyncio.timeout(10):
            await scene()

    asyncio.run(timed())


async def begun(job: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    """Let a job go on as far as it can by itself."""
    task = asyncio.create_task(job)
    for _ in range(5):
        await asyncio.sleep(0)
    return task


def test_parcels_come_out_in_the_order_they_went_in() -> None:
    async def scene() -> None:
        supply = Supply(most=10)
        await supply.put([ONE, TWO])
        await supply.put([THREE])
        assert [supply.take() for _ in range(4)] == [ONE, TWO, THREE, None]

    run(scene)


def test_who_waits_is_woken_by_a_parcel_and_by_each_only_one() -> None:
    async def scene() -> None:
        supply = Supply(most=10)
        waiting = [await begun(supply.wait()) for _ in range(3)]
        await supply.put([ONE, TWO])
        await asyncio.sleep(0)
        assert [task.done() for task in waiting] == [True, True, False]
        assert waiting[0].result() is True
        supply.close()
        assert await waiting[2] is True  # there are two

    run(scene)


def test_who_is_woken_too_late_waits_again() -> None:
    async def scene() -> None:
        supply = Supply(most=10)
        waiting = await begun(supply.wait())
        await supply.put([ONE])
        assert supply.take() == ONE
        for _ in range(5):
            await asyncio.sleep(0)
        assert not waiting.done()
        supply.give_back(ONE)
        assert await waiting is True

    run(scene)


def test_it_is_over_once_every_parcel_came_to_its_end() -> None:
    async def scene() -> None:
        supply = Supply(most=10)
        await supply.put([ONE, TWO])
        supply.take(), supply.take()
        waiting = await begun(supply.wait())
        supply.complete()
        supply.end()
        await asyncio.sleep(0)
        assert not waiting.done()
        assert not supply.is_over
        supply.end()
        assert await waiting is False
        assert supply.is_over

    run(scene)


def test_a_parcel_given_back_is_waited_for_even_when_all_is_written() -> None:
    async def scene() -> None:
        supply = Supply(most=10)
        await supply.put([ONE])
        supply.take()
        supply.complete()
        waiting = await begun(supply.wait())
        supply.give_back(ONE)
        assert await waiting is True
        assert (supply.is_over, supply.take()) == (False, ONE)

    run(scene)


def test_nothing_written_is_over_at_once() -> None:
    async def scene() -> None:
        supply = Supply(most=10)
        waiting = [await begun(supply.wait()) for _ in range(3)]
        supply.complete()
        assert await asyncio.gather(*waiting) == [False] * 3
        assert await supply.wait() is False

    run(scene)


def test_who_writes_waits_for_room() -> None:
    async def scene() -> None:
        supply = Supply(most=2)
        writing = await begun(supply.put([ONE, TWO, THREE]))
        supply.take()
        await asyncio.sleep(0)
        assert not writing.done()
        supply.take()
        await writing

    run(scene)


def test_a_batch_of_which_nothing_could_be_written_waits_for_room_too() -> None:
    async def scene() -> None:
        supply = Supply(most=1)
        await begun(supply.put([ONE]))
        writing = await begun(supply.put([]))
        assert not writing.done()
        supply.take()
        await writing

    run(scene)


def test_closed_nobody_waits() -> None:
    async def scene() -> None:
        supply = Supply(most=10)
        waiting = [await begun(supply.wait()) for _ in range(3)]
        supply.close()
        assert await asyncio.gather(*waiting) == [False] * 3

    run(scene)


@pytest.mark.parametrize("is_complete", [False, True])
def test_a_writer_who_failed_is_not_waited_for(is_complete: bool) -> None:
    async def scene() -> None:
        supply = Supply(most=10)
        await supply.put([ONE])
        supply.take()
        if is_complete:
            supply.complete()
        waiting = await begun(supply.wait())
        supply.close_unless_complete()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert waiting.done() is not is_complete
        supply.end()
        assert await waiting is False

    run(scene)


def test_who_is_ended_while_waiting_takes_nobodys_parcel() -> None:
    async def scene() -> None:
        supply = Supply(most=10)
        first, second = await begun(supply.wait()), await begun(supply.wait())
        first.cancel()
        await supply.put([ONE])
        with pytest.raises(asyncio.CancelledError):
            await first
        assert await second is True

    run(scene)


def test_all_may_be_ended_while_a_parcel_comes() -> None:
    async def scene() -> None:
        supply = Supply(most=10)
        waiting = [await begun(supply.wait()) for _ in range(3)]
        for task in waiting:
            task.cancel()
        await supply.put([ONE])
        supply.close()
        ended = await asyncio.gather(*waiting, return_exceptions=True)
        assert [type(each) for each in ended] == [asyncio.CancelledError] * 3
        assert supply.take() == ONE

    run(scene)
