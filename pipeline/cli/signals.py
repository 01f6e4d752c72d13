"""Run a job to its end, or until SIGTERM asks it to finish what is on the wire; asked again, it leaves that too."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from pipeline.jobs.stopping import Stop

T = TypeVar("T")

SWITCH_SECONDS = 0.0005
"""How long a thread may keep others waiting: a tenth of Python's own, for one signs, one commits and one sends."""
QUIET_SECONDS = 1.0
"""So long a stop may take without a word; signals in it are one, for wrappers such as ``timeout`` send it twice."""
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def run_until_stopped(job: Callable[[asyncio.Event], Coroutine[Any, Any, T]]) -> tuple[T, bool]:
    """Run ``job`` with an event that SIGTERM and Ctrl-C set; return its result and whether it was asked to stop.

    A second signal ends what is on the wire too: a job that spares it until then settles it as uncertain.
    """
    import uvloop

    async def watched() -> tuple[T, bool]:
        stop = Stop()
        _hear(lambda: _end(stop))
        return await job(stop), stop.is_set()

    sys.setswitchinterval(SWITCH_SECONDS)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(watched())


def _hear(act: Callable[[], None]) -> None:
    for number in _SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, act)


def _end(stop: Stop) -> None:
    """Ask for an end, and soon tell who waits for it how to have it at once."""
    if not stop.is_set():
        stop.set()
        asyncio.get_running_loop().call_later(QUIET_SECONDS, _offer_end_at_once, stop)


def _offer_end_at_once(stop: Stop) -> None:
    _hear(stop.end_at_once)
    if any(stop.spared):
        with suppress(OSError):
            print(  # noqa: T201
                "finishing what is on the wire, at most 4 minutes; once more ends at once and leaves it uncertain",
                file=sys.stderr,
                flush=True,
            )
