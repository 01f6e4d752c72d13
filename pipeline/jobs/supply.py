"""Messages written ahead of their sending: as many as the ways out need, and no more than memory bears."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.deliver.message import Message
from pipeline.store.deliveries import Claim


@dataclass(frozen=True, kw_only=True, slots=True)
class Parcel:
    """A delivery that is ours to try, and its message."""

    claim: Claim
    domain: str
    message: Message


class Supply:
    """Parcels between who writes them and who sends them; over when none is left, and none may come back."""

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._ready: deque[Parcel] = deque()
        self._takers: deque[asyncio.Future[None]] = deque()
        self._room = asyncio.Event()
        self._at_work = 0
        self._is_complete = self._is_closed = False

    @property
    def is_over(self) -> bool:
        """Say whether every parcel came to its end."""
        return self._is_complete and not self._ready and not self._at_work

    async def put(self, parcels: Iterable[Parcel]) -> None:
        """Offer parcels, and wait until there is room for more."""
        self._ready.extend(parcels)
        self._wake(len(self._ready))
        self._room.clear()
        if len(self._ready) >= self._most:
            await self._room.wait()

    def complete(self) -> None:
        """Say that no more will be written."""
        self._is_complete = True
        self._wake_if_over()

    def close(self) -> None:
        """Let nobody wait any more: all must stop."""
        self._is_closed = True
        self._wake(len(self._takers))

    def close_unless_complete(self) -> None:
        """Let nobody wait for parcels of a writer who has failed."""
        if not self._is_complete:
            self.close()

    def take(self) -> Parcel | None:
        """Return the parcel that waits longest; ``end`` or ``give_back`` must follow."""
        if not self._ready:
            return None
        self._at_work += 1
        parcel = self._ready.popleft()
        if len(self._ready) < self._most:
            self._room.set()
        return parcel

    async def wait(self) -> bool:
        """Wait until there is a parcel; False when none will come."""
        while not self._ready:
            if self.is_over or self._is_closed:
                return False
            taker = asyncio.get_running_loop().create_future()
            self._takers.append(taker)
            try:
                await taker
            finally:
                if taker in self._takers:  # cancelled, and not passed over yet
                    self._takers.remove(taker)
        return True

    def end(self) -> None:
        """Say that a parcel came to its end."""
        self._at_work -= 1
        self._wake_if_over()

    def give_back(self, parcel: Parcel) -> None:
        """Let a parcel wait behind the others."""
        self._at_work -= 1
        self._ready.append(parcel)
        self._wake(1)

    def _wake_if_over(self) -> None:
        if self.is_over:
            self._wake(len(self._takers))

    def _wake(self, number: int) -> None:
        while self._takers and number > 0:
            taker = self._takers.popleft()
            if not taker.done():
                taker.set_result(None)
                number -= 1
