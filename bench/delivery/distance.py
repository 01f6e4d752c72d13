"""A TCP relay on loopback that makes the way long: every byte arrives a while later, in its order."""

from __future__ import annotations

import asyncio
import socket
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import Connection
from statistics import median
from typing import cast

import uvloop

from bench.delivery.apart import beside

_TICK_SECONDS = 0.001
"""The loop's clock goes by milliseconds."""


class _Lane:
    """One direction of one connection."""

    def __init__(self, delay_seconds: float) -> None:
        self.out: asyncio.Transport | None = None
        self._delay = delay_seconds
        self._travelling: deque[tuple[float, bytes]] = deque()

    def take(self, piece: bytes) -> None:
        """Put a piece on its way; an empty one is the end of all."""
        loop = asyncio.get_running_loop()
        self._travelling.append((loop.time() + self._delay, piece))
        if len(self._travelling) == 1:
            loop.call_later(self._delay, self._arrive)

    def _arrive(self) -> None:
        loop = asyncio.get_running_loop()
        while self._travelling and self._travelling[0][0] <= loop.time() + _TICK_SECONDS / 2:
            _, piece = self._travelling.popleft()
            if self.out is None or self.out.is_closing():
                continue
            if piece:
                self.out.write(piece)
            else:
                self.out.close()
        if self._travelling:
            loop.call_at(self._travelling[0][0], self._arrive)


class _End(asyncio.Protocol):
    """One end of a connection: what it hears takes one lane, what comes by the other lane it says."""

    def __init__(self, hears: _Lane, says: _Lane) -> None:
        self._hears, self._says = hears, says

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._says.out = cast(asyncio.Transport, transport)  # uvloop's is no subclass

    def data_received(self, data: bytes) -> None:
        self._hears.take(data)

    def connection_lost(self, _error: Exception | None) -> None:
        self._hears.take(b"")


class _Near(_End):
    """The end that is connected to; it opens the far one."""

    def __init__(self, port: int, delay_seconds: float) -> None:
        self._port = port
        self._task: asyncio.Task[object] | None = None
        super().__init__(_Lane(delay_seconds), _Lane(delay_seconds))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        loop = asyncio.get_running_loop()
        far = loop.create_connection(partial(_End, self._says, self._hears), "127.0.0.1", self._port)
        self._task = loop.create_task(far)


@contextmanager
def distance(port: int, *, round_trip_seconds: float) -> Iterator[int]:
    """Yield a port that leads to ``port`` by a long way."""
    with beside(_serve, port, round_trip_seconds / 2) as near:
        yield near


def _serve(pipe: Connection, port: int, delay_seconds: float) -> None:
    uvloop.run(_relay(pipe, port, delay_seconds))


async def _relay(pipe: Connection, port: int, delay_seconds: float) -> None:
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    loop.add_reader(pipe.fileno(), over.set)
    server = await loop.create_server(partial(_Near, port, delay_seconds), "127.0.0.1", 0, backlog=500)
    pipe.send(server.sockets[0].getsockname()[1])
    await over.wait()
    server.close()


def round_trip(port: int, *, times: int = 20) -> float:
    """Return the median of some round trips to an SMTP server, in seconds."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.recv(1024)
        taken = []
        for _ in range(times):
            began = time.perf_counter()
            connection.sendall(b"NOOP\r\n")
            connection.recv(1024)
            taken.append(time.perf_counter() - began)
    return median(taken)
