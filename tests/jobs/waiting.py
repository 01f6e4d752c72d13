"""Waiting for what a test has begun, and for what takes long, without the time it takes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path


async def until(seen: Callable[[], object]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(10):
        while not seen():  # noqa: ASYNC110  what is waited for is in the database as often as in memory
            await asyncio.sleep(0.01)


def hurry(seconds: float) -> None:
    """Put the running loop's clock forward, so that whoever sleeps in it has slept that long."""
    loop = asyncio.get_running_loop()
    now = loop.time
    loop.time = lambda: now() + seconds  # type: ignore[method-assign]


def lives(process: int) -> bool:
    """Say whether a process runs; one that waits for nobody to bury it does not."""
    try:
        status = Path(f"/proc/{process}/stat").read_text(encoding="ascii")
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
