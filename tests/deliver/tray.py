"""Mail for a connection to send, which keeps book of how each piece ended."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from pipeline.deliver.message import Message
from pipeline.deliver.relay import RelayLostError
from pipeline.deliver.replies import Attempt
from pipeline.deliver.smtp import SmtpConnection
from tests.deliver.letters import message

BASE = message()


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One message, named by whom it goes to."""

    name: str
    message: Message


def piece(name: str) -> Piece:
    mail = replace(BASE, id=f"<{name}@lantern.example>", recipient=f"{name}@reader.example")
    return Piece(name=name, message=mail)


async def let_go(_piece: Piece) -> bool:
    return True


class Tray:
    """Work as a connection sees it: nothing may be lost from it, nothing come back twice."""

    def __init__(
        self, *names: str, start: Callable[[Piece], Awaitable[bool]] = let_go, is_open: bool = False
    ) -> None:
        self.waiting = deque(piece(name) for name in names)
        self.attempts: defaultdict[str, list[Attempt]] = defaultdict(list)
        self.put_backs: list[tuple[str, bool]] = []
        """Whose, and whether for a lost connection."""
        self.kept_back: list[str] = []
        self.out: set[str] = set()
        """What a connection has in hand."""
        self.more = asyncio.Event()
        """Set once no more will be laid in; until then a connection waits for it."""
        self._start = start
        if not is_open:
            self.more.set()

    @property
    def states(self) -> dict[str, str]:
        """Return how each piece ended; a second ending would show."""
        return {
            name: " ".join(attempt.state for attempt in attempts) for name, attempts in self.attempts.items()
        }

    def lay_in(self, *names: str) -> None:
        self.waiting.extend(piece(name) for name in names)
        self.more.set()

    def ready(self) -> Piece | None:
        if not self.waiting:
            return None
        given = self.waiting.popleft()
        self.out.add(given.name)
        return given

    async def next(self) -> Piece | None:
        await self.more.wait()
        return self.ready()

    async def start(self, parcel: Piece) -> bool:
        is_started = await self._start(parcel)
        if not is_started:
            self.out.remove(parcel.name)
            self.kept_back.append(parcel.name)
        return is_started

    def settle(self, parcel: Piece, attempt: Attempt) -> None:
        self.out.remove(parcel.name)
        self.attempts[parcel.name].append(attempt)

    def put_back(self, parcel: Piece, *, is_lost: bool) -> None:
        self.out.remove(parcel.name)
        self.put_backs.append((parcel.name, is_lost))
        self.waiting.append(parcel)


async def send_all(connection: SmtpConnection, tray: Tray, *, losses: int = 3) -> None:
    """Send all that lies in a tray, over a new connection for each that is lost, up to so many."""
    for _ in range(losses):
        try:
            await connection.run(tray)
        except RelayLostError:
            continue
        return
