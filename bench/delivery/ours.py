"""Our own sender, measured from within: its SMTP client alone, and as ``metabrief send`` uses it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection

import uvloop

from pipeline.deliver.message import Message
from pipeline.deliver.relay import Relay
from pipeline.deliver.replies import Attempt
from pipeline.deliver.smtp import SmtpConnection
from pipeline.model import DeliveryState

_PACE_SECONDS = 0.005


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A parcel whose message needs nothing more."""

    message: Message


class Supply:
    """Work for all connections together: one message many times, with no ledger to ask."""

    def __init__(self, message: Message, number: int) -> None:
        self._parcel = Ready(message=message)
        self._left = number

    def ready(self) -> Ready | None:
        """Return the message while some are left."""
        if self._left <= 0:
            return None
        self._left -= 1
        return self._parcel

    async def next(self) -> Ready | None:
        """Return the message while some are left."""
        return self.ready()

    async def start(self, _parcel: Ready) -> bool:
        """Let it go."""
        return True

    def settle(self, _parcel: Ready, attempt: Attempt) -> None:
        """Go on after an acceptance, and after nothing else."""
        if attempt.state is not DeliveryState.ACCEPTED:
            raise RuntimeError(f"the sink did not accept: {attempt}")

    def put_back(self, _parcel: Ready, *, is_lost: bool) -> None:  # noqa: ARG002 — the name is the protocol's
        """Keep it for another connection."""
        self._left += 1


class PacedSupply(Supply):
    """Work without end, at ``rate`` messages a second at most, until it is told to stop."""

    def __init__(self, message: Message, rate: float) -> None:
        super().__init__(message, 0)
        self.is_over = False
        self._rate = rate
        self._began = time.perf_counter()
        self._given = 0

    def ready(self) -> Ready | None:
        """Return the message when its time has come."""
        if self.is_over or self._given > (time.perf_counter() - self._began) * self._rate:
            return None
        self._given += 1
        return self._parcel

    async def next(self) -> Ready | None:
        """Wait for its time; None once it is over."""
        while not self.is_over:
            if (parcel := self.ready()) is not None:
                return parcel
            await asyncio.sleep(_PACE_SECONDS)
        return None


def client(port: int, message: Message, *, messages: int, connections: int) -> float:
    """Return the messages a second of the client alone, the message being ready."""
    return uvloop.run(_timed(port, message, messages, connections))


async def _timed(port: int, message: Message, messages: int, connections: int) -> float:
    began = time.perf_counter()
    await _run(port, Supply(message, messages), connections)
    return messages / (time.perf_counter() - began)


async def _run(port: int, supply: Supply, connections: int) -> None:
    relay = Relay(host="127.0.0.1", port=port, tls="none")
    ways = [SmtpConnection(relay) for _ in range(connections)]
    await asyncio.gather(*(way.run(supply) for way in ways))
    for way in ways:
        await way.close()


def feed(pipe: Connection, port: int, message: Message, rate: float) -> None:
    """Keep a sink busy at a rate until the pipe says so."""
    uvloop.run(_feed(pipe, port, message, rate))


async def _feed(pipe: Connection, port: int, message: Message, rate: float) -> None:
    supply = PacedSupply(message, rate)

    def end() -> None:
        supply.is_over = True

    asyncio.get_running_loop().add_reader(pipe.fileno(), end)
    pipe.send("ready")
    await _run(port, supply, connections=10)
