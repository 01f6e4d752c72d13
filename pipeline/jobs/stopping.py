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
    """Run a job to its end and return its result; once ``stop`` is set it is cancelled, and None comes back."""
    working, stopping = asyncio.create_task(job), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        while not working.done():
            working.cancel()
            await asyncio.wait((working,), timeout=CANCEL_AGAIN_SECONDS)
        return None
    finally:
        working.cancel()
        stopping.cancel()


async def wait_for(stop: asyncio.Event, *, seconds: float) -> bool:
    """Wait for ``stop``, but not longer than ``seconds``; say whether it is set."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
    return stop.is_set()
