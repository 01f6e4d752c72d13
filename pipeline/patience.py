"""Connections are given up that nobody finishes asking over: each holds a file descriptor, and there are only so many."""

from __future__ import annotations

import asyncio
import resource

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

REQUEST_SECONDS = 30.0
"""For a whole request, which is 10 kB at most."""
_ENOUGH_FILES = 65_536


def allow_many_files() -> None:
    """Raise our limit of open files as far as the system lets us, up to what is enough for anyone."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _ENOUGH_FILES if hard == resource.RLIM_INFINITY else min(_ENOUGH_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class ImpatientProtocol(H11Protocol):
    """HTTP/1.1 with a time limit for asking; connections may hold half of our files, the rest is for what we do ourselves."""

    _end: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, unless there are too many."""
        super().connection_made(transport)
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft != resource.RLIM_INFINITY and len(self.connections) > soft // 2:
            transport.abort()
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Take a piece of a request in."""
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Go on to the next request."""
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let a connection go."""
        super().connection_lost(exc)
        self._rest()

    def _watch(self) -> None:
        if not self._is_asked():
            self._rest()
        elif self._end is None:
            self._end = self.loop.call_later(REQUEST_SECONDS, self.transport.abort)

    def _rest(self) -> None:
        if self._end is not None:
            self._end.cancel()
            self._end = None

    def _is_asked(self) -> bool:
        """Say whether a request is under way, be it that no byte of it came yet; between two, the server's own limit holds."""
        is_head = self.conn.their_state is h11.IDLE and (self.cycle is None or any(self.conn.trailing_data))
        return is_head or self.conn.their_state is h11.SEND_BODY
