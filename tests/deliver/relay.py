"""A scripted mail relay on loopback: it says what a test wrote down, and can go silent or hang up at any point."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType

CUT = "cut"
"""Hang up instead of replying."""
SILENT = "silent"
"""Never reply."""

CONNECT, EHLO, AUTH, MAIL, RCPT, DATA, DOT = "CONNECT", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "DOT"
_FRIENDLY = {
    CONNECT: "220 relay.example ready",
    EHLO: "250-relay.example\r\n250-8BITMIME\r\n250 AUTH PLAIN",
    AUTH: "235 2.7.0 welcome",
    DATA: "354 go on",
    DOT: "250 2.0.0 kept",
    "QUIT": "221 bye",
}


@dataclass(frozen=True, kw_only=True)
class Mail:
    """What came in up to its dot, whatever the relay said to it."""

    envelope_from: str
    recipient: str
    content: bytes


@dataclass
class Relay:
    """A relay; ``async with`` opens its port. A reply is a line, ``CUT`` or ``SILENT``."""

    port: int = 0
    connections: int = 0
    mails: list[Mail] = field(default_factory=list)
    """Every body whose dot came in."""
    said: list[str] = field(default_factory=list)
    """Every command line, in order."""
    on: dict[str, Callable[[], None]] = field(default_factory=dict)
    """What to do when a step is reached, before the reply."""
    gate: dict[str, asyncio.Event] = field(default_factory=dict)
    """What a reply at a step waits for."""

    def __post_init__(self) -> None:
        self._next: defaultdict[str, list[str]] = defaultdict(list)
        self._always: dict[str, str] = {}
        self._to: dict[tuple[str, str], str] = {}

    def once(self, step: str, *replies: str) -> None:
        self._next[step] += replies

    def always(self, step: str, reply: str, *, to: str = "") -> None:
        """Reply so at ``step``; with ``to``, only for that recipient or domain."""
        if to:
            self._to[step, to] = reply
        else:
            self._always[step] = reply

    @property
    def recipients(self) -> list[str]:
        return sorted(mail.recipient for mail in self.mails)

    async def __aenter__(self) -> Relay:
        self._tasks: set[asyncio.Task[None]] = set()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sender = recipient = ""
        reply = await self._reply(writer, CONNECT, "")
        while reply != CUT and (line := (await reader.readline()).decode().strip()):
            self.said.append(line)
            verb = line.split()[0].upper()
            if verb == MAIL:
                sender = line.partition("<")[2].partition(">")[0]
            elif verb == RCPT:
                recipient = line.partition("<")[2].partition(">")[0]
            reply = await self._reply(writer, verb, recipient)
            if verb == DATA and reply.startswith("354"):
                content = await reader.readuntil(b"\r\n.\r\n")
                undotted = content[:-3].replace(b"\r\n..", b"\r\n.")
                self.mails.append(Mail(envelope_from=sender, recipient=recipient, content=undotted))
                reply = await self._reply(writer, DOT, recipient)

    async def _reply(self, writer: asyncio.StreamWriter, step: str, recipient: str) -> str:
        """Answer a step and return the answer."""
        if step in self.on:
            self.on[step]()
        if step in self.gate:
            await self.gate[step].wait()
        reply = self._choose(step, recipient)
        if reply == CUT:
            return reply
        if reply == SILENT:
            await asyncio.Event().wait()
        writer.write(reply.encode("utf-8", "surrogateescape") + b"\r\n")
        await writer.drain()
        return reply

    def _choose(self, step: str, recipient: str) -> str:
        for whom in (recipient, recipient.rpartition("@")[2]):
            if whom and (step, whom) in self._to:
                return self._to[step, whom]
        if self._next[step]:
            return self._next[step].pop(0)
        return self._always.get(step, _FRIENDLY.get(step, "250 2.0.0 fine"))
