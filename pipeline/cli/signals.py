"""Run a job to its end, or until SIGTERM asks it to finish what is on the wire."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

SWITCH_SECONDS = 0.0005
"""How long a thread may keep others waiting: a tenth of Python's own, for one signs, one commits and one sends."""


def run_until_stopped(job: Callable[[asyncio.Event], Coroutine[Any, Any, T]]) -> tuple[T, bool]:
    """Run ``job`` with an event that SIGTERM and Ctrl-C set; return its result and whether it was asked to stop."""
    import uvloop

    async def watched() -> tuple[T, bool]:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        return await job(stop), stop.is_set()

    sys.setswitchinterval(SWITCH_SECONDS)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(watched())
