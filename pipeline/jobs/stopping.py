"""End what may be ended when all must stop."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Coroutine, Iterable
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")

CANCEL_AGAIN_SECONDS = 0.2
"""``asyncio.wait_for`` of Python 3.11 loses a cancellation to an answer that comes just then, so one is not enough."""


class Stop(asyncio.Event):
    """Asks for an end after what is on the wire, and of that too once it is wanted at once."""

    def __init__(self) -> None:
        super().__init__()
        self.is_at_once = False
        self.spared: list[Collection[object]] = []
        """The tasks of each job that are waited for; none before it is set."""

    def end_at_once(self) -> None:
        """Spare nobody any more."""
        self.is_at_once = True


async def unless_stopped(job: Coroutine[Any, Any, T], stop: asyncio.Event) -> T | None:
    """Run a job to its end and return its result; once ``stop`` is set it is cancelled, and None comes back.

    Whoever ends it, it may clean up in peace: it is cancelled once and waited for, and its errors are raised. For that
    it must not use ``asyncio.wait_for``.
    """
    caller, working = asyncio.current_task(), asyncio.create_task(job)
    stopping = asyncio.create_task(stop.wait())
    stopping.add_done_callback(lambda _: working.cancelling() or working.cancel())
    try:
        return await working  # a cancelled caller cancels it, and goes on waiting
    except asyncio.CancelledError:
        if not stop.is_set() or (caller is not None and caller.cancelling()):
            raise
        return None
    finally:
        stopping.cancel()


async def work_until_stopped(
    jobs: Iterable[Coroutine[Any, Any, None]], stop: asyncio.Event, *, spared: Collection[object]
) -> None:
    """Run jobs at once, each in a task of its own, to their ends; when all must stop, tasks not ``spared`` are ended, and
    those too when a ``Stop`` wants it at once.

    Raises the first failure, which ends the others too.
    """
    workers: list[asyncio.Task[None]] = []
    ending = asyncio.create_task(_end_when_asked(workers, stop, spared=spared))
    try:
        async with asyncio.TaskGroup() as group:
            workers += [group.create_task(job) for job in jobs]
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from failures
    finally:
        ending.cancel()


async def _end_when_asked(
    workers: Collection[asyncio.Task[None]], stop: asyncio.Event, *, spared: Collection[object]
) -> None:
    await stop.wait()
    asked = stop if isinstance(stop, Stop) else Stop()
    asked.spared.append(spared)
    while True:  # more than once: a cancellation may be lost
        for worker in workers:
            if asked.is_at_once or worker not in spared:
                worker.cancel("we were told to end at once")
        await asyncio.sleep(CANCEL_AGAIN_SECONDS)


async def wait_for(stop: asyncio.Event, *, seconds: float) -> bool:
    """Wait for ``stop``, but not longer than ``seconds``; say whether it is set."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
    return stop.is_set()
