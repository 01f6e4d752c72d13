"""End what may be ended when all must stop."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")

CANCEL_AGAIN_SECONDS = 0.2
"""``asyncio.wait_for`` of Python 3.11 loses a cancellation to an answer that comes just then, so one is not enough."""


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


async def wait_for(stop: asyncio.Event, *, seconds: float) -> bool:
    """Wait for ``stop``, but not longer than ``seconds``; say whether it is set."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
    return stop.is_set()
