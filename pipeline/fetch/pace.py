"""Politeness: one request at a time to a host, a pause between two, and not too many at once over all."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Protocol


class Turns(Protocol):
    """Keep when each host may be asked next; shared through a database, many workers keep one pace."""

    async def book(self, host: str, *, now: float, interval: float) -> float:
        """Take the host's next free moment, at or after ``now``, and keep ``interval`` seconds after it free."""
        ...


class MemoryTurns:
    """Keep the turns of this process."""

    def __init__(self) -> None:
        self._free_at: dict[str, float] = {}

    async def book(self, host: str, *, now: float, interval: float) -> float:
        """Take the host's next free moment."""
        moment = max(now, self._free_at.get(host, now))
        self._free_at[host] = moment + interval
        return moment


class Pace:
    """Give out turns: each host's requests ``interval_seconds`` apart and never two at once."""

    def __init__(
        self,
        *,
        interval_seconds: float = 1.0,
        concurrency: int = 16,
        turns: Turns | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._interval = interval_seconds
        self._overall = asyncio.Semaphore(concurrency)
        self._turns = turns or MemoryTurns()
        self._clock = clock
        self._sleep = sleep
        self._hosts: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @asynccontextmanager
    async def turn(self, host: str, *, at_least: float = 0.0) -> AsyncIterator[None]:
        """Wait for the host's turn and hold it; ``at_least`` seconds to the next when the site asks for more.

        A host that waits for its moment takes none of the overall places.
        """
        async with self._hosts[host]:
            now = self._clock()
            moment = await self._turns.book(host, now=now, interval=max(self._interval, at_least))
            if moment > now:
                await self._sleep(moment - now)
            async with self._overall:
                yield
