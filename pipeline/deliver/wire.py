"""A connection that speaks in SMTP's lines: commands go out in groups, replies are taken in order.

RFC 5321 for replies, 2920 for several commands at once, 3207 for TLS in mid-connection.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from typing import cast

from pipeline.deliver.replies import Reply

LONGEST_REPLY = 65_536
"""Bytes; RFC 5321 asks for lines of 512, and nobody needs a hundred of them."""


class WireError(Exception):
    """The connection ended, or what comes over it is no SMTP."""


class Wire(asyncio.Protocol):
    """One connection. Each command written is answered by one reply, and a reply to nothing ends the connection."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._partial = b""
        self._lines: list[bytes] = []
        self._length = 0
        self._replies: deque[Reply] = deque()
        self._unanswered = 0
        self._waiter: asyncio.Future[None] | None = None
        self._end = ""

    @property
    def is_open(self) -> bool:
        """Say whether the other side still listens."""
        return not self._end

    @property
    def tls(self) -> ssl.SSLObject | None:
        """Return the TLS session, or None over a plain connection."""
        secured: ssl.SSLObject | None = self._open().get_extra_info("ssl_object")
        return secured

    @property
    def own_address(self) -> str:
        """Return our end's IP address."""
        return str(self._open().get_extra_info("sockname")[0])

    def write(self, octets: bytes, *, replies: int) -> None:
        """Send commands or a message's body, to which so many replies are to come."""
        self._unanswered += replies
        self._open().write(octets)

    def greeted(self) -> None:
        """Expect the greeting, which nothing asks for."""
        self._unanswered += 1

    async def reply(self, *, timeout_seconds: float) -> Reply:
        """Take the next reply. Raises ``WireError`` when the connection ends or ``timeout_seconds`` pass without one."""
        if not self._replies:
            await self._wait(timeout_seconds)
        return self._replies.popleft()

    async def secure(self, context: ssl.SSLContext, *, host: str, timeout_seconds: float) -> None:
        """Go on under TLS. Raises ``WireError``, ``ssl.SSLError`` or ``OSError``."""
        if self._partial or self._lines or self._replies:
            raise WireError("it spoke on in the clear after STARTTLS")
        transport = await asyncio.get_running_loop().start_tls(
            self._open(), self, context, server_hostname=host, ssl_handshake_timeout=timeout_seconds
        )
        if transport is None:
            raise WireError("it closed the connection")
        self._transport = transport

    def close(self, *, farewell: bytes = b"") -> None:
        """End the connection: with a ``farewell`` in peace, without one at once, so that nothing half sent arrives."""
        if self._transport is None or not self.is_open:
            return
        self._end = "we closed the connection"
        if farewell:
            self._transport.write(farewell)
            self._transport.close()
        else:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection over."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by name

    def data_received(self, data: bytes) -> None:
        """Take lines in; the last may be a part of one."""
        *lines, self._partial = (self._partial + data).split(b"\n")
        for line in lines:
            if self.is_open:  # what follows nonsense would be taken for the reply to what that was to answer
                self._take(line)
        if len(self._partial) > LONGEST_REPLY:
            self._fail("its reply has no end")
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Remember why the connection ended."""
        self._end = self._end or (str(exc) if exc else "it closed the connection")
        self._wake()

    def _take(self, line: bytes) -> None:
        """Take one line in; the last of a reply has no hyphen after its code."""
        code, more, text = line[:3], line[3:4], line[4:].rstrip(b"\r")
        self._length += len(line)
        if not (code.isdigit() and more in (b" ", b"-", b"\r", b"")) or self._length > LONGEST_REPLY:
            self._fail("what it answers is no SMTP")
            return
        self._lines.append(text)
        if more == b"-":
            return
        said = b"\n".join(self._lines).decode("utf-8", "surrogateescape")
        self._lines, self._length = [], 0
        self._answer(Reply(code=int(code), text=said))

    def _answer(self, reply: Reply) -> None:
        """Keep a reply; one to nothing we said would be taken for that to the next dot, so there is none."""
        if self._unanswered:
            self._unanswered -= 1
            self._replies.append(reply)
        else:
            self._fail(f"it said unasked: {reply.code} {reply.text}")

    def _fail(self, why: str) -> None:
        self._end = self._end or why
        if self._transport is not None:
            self._transport.abort()

    async def _wait(self, timeout_seconds: float) -> None:
        """Wait for a reply, not for ever: a relay that says nothing has left us."""
        if self.is_open:
            loop = asyncio.get_running_loop()
            self._waiter = loop.create_future()
            patience = loop.call_later(timeout_seconds, self._fail_waiting, timeout_seconds)
            try:
                await self._waiter
            finally:
                patience.cancel()
                self._waiter = None
        if not self._replies:
            raise WireError(self._end)

    def _fail_waiting(self, timeout_seconds: float) -> None:
        self._fail(f"it said nothing for {timeout_seconds:g} seconds")
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done() and (self._replies or self._end):
            self._waiter.set_result(None)

    def _open(self) -> asyncio.Transport:
        if self._transport is None or self._end:
            raise WireError(self._end or "it is not connected")
        return self._transport
