"""A scripted mail relay on loopback: it says what a test wrote down, and can go silent or hang up at any point."""

from __future__ import annotations

import asyncio
import ssl
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

CUT = "cut"
"""Hang up instead of replying."""
SILENT = "silent"
"""Never reply."""
RAW = "raw:"
"""Before a reply: send the rest as it is, without an end of line."""

CONNECT, EHLO, AUTH, MAIL, RCPT, DATA, DOT = "CONNECT", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "DOT"
BARE_DOT = "BARE DOT"
"""The dot of a message without a line."""
CERTIFICATE = Path(__file__).parents[1] / "doctor" / "localhost.pem"
"""For the name localhost, with its key; it signs itself, and nothing but these tests trusts it."""


def able(*abilities: str) -> str:
    """Return the answer to EHLO of a relay that has these abilities."""
    first, *others = ("relay.example", *abilities)
    return "\r\n".join([*(f"250-{each}" for each in (first, *others[:-1])), f"250 {others[-1]}"])


_FRIENDLY = {
    CONNECT: "220 relay.example ready",
    EHLO: able("PIPELINING", "8BITMIME", "AUTH PLAIN"),
    AUTH: "235 2.7.0 welcome",
    DATA: "354 go on",
    DOT: "250 2.0.0 kept",
    BARE_DOT: "554 5.5.1 no recipients",
    "STARTTLS": "220 2.0.0 begin",
    "QUIT": "221 bye",
}
ONE_BY_ONE = able("8BITMIME", "AUTH PLAIN")
"""The answer of a relay that takes one command at a time."""


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
    tls: str = "none"
    """``none``, ``starttls`` or ``implicit``, by ``CERTIFICATE``."""
    mails_per_connection: int = 1_000_000
    """After so many it hangs up without a word."""
    most_at_once: int = 1_000_000
    """Connections; a further one is turned away."""
    connections: int = 0
    mails: list[Mail] = field(default_factory=list)
    """Every body whose dot came in, for a recipient who was not refused."""
    said: list[str] = field(default_factory=list)
    """Every command line, in order."""
    turns: list[list[str]] = field(default_factory=list)
    """The steps between one waiting for the client and the next: what came in together, and was answered so."""
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
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self.port, ssl=tls_context() if self.tls == "implicit" else None
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        tasks = tuple(self._tasks)
        self.hang_up()
        await asyncio.gather(*tasks, return_exceptions=True)

    def hang_up(self) -> None:
        """End every connection."""
        for task in tuple(self._tasks):
            task.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.connections += 1
        if len(self._tasks) >= self.most_at_once:
            writer.write(b"421 4.7.0 too many connections\r\n")
            writer.close()
            return
        self._tasks.add(task)
        try:
            await _Conversation(self, reader, writer).hold()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    def choose(self, step: str, recipient: str) -> str:
        for whom in (recipient, recipient.rpartition("@")[2]):
            if whom and (step, whom) in self._to:
                return self._to[step, whom]
        if self._next[step]:
            return self._next[step].pop(0)
        return self._always.get(step, _FRIENDLY.get(step, "250 2.0.0 fine"))


class _Conversation:
    """One connection to the relay, which answers all that came in before it waits for more (RFC 2920, 3.2)."""

    def __init__(self, relay: Relay, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._relay = relay
        self._reader, self._writer = reader, writer
        self._came = self._answers = b""
        self._turn: list[str] = []

    async def hold(self) -> None:
        sender = recipient = ""
        number, is_taken = 0, False
        reply = await self._reply(CONNECT, "")
        while reply != CUT and (line := (await self._read(b"\n")).decode().strip()):
            self._relay.said.append(line)
            verb = line.split()[0].upper()
            if verb == MAIL:
                sender = line.partition("<")[2].partition(">")[0]
            elif verb == RCPT:
                recipient = line.partition("<")[2].partition(">")[0]
            reply = await self._reply(verb, recipient)
            if verb == RCPT:
                is_taken = reply.startswith("2")
            if verb == "QUIT":
                await self._flush()
                return
            if verb == "STARTTLS" and reply.startswith("220"):
                await self._flush()
                await self._writer.start_tls(tls_context())
            if verb == DATA and reply.startswith("354"):
                content = await self._body()
                if is_taken:
                    self._relay.mails.append(Mail(envelope_from=sender, recipient=recipient, content=content))
                reply = await self._reply(DOT if content else BARE_DOT, recipient)
                number += 1
                if number >= self._relay.mails_per_connection:
                    await self._flush()
                    return

    async def _body(self) -> bytes:
        self._came = b"\r\n" + self._came
        content = await self._read(b"\r\n.\r\n")
        return content[2:-3].replace(b"\r\n..", b"\r\n.").removeprefix(b"." if content[2:4] == b".." else b"")

    async def _reply(self, step: str, recipient: str) -> str:
        """Answer a step and return the answer."""
        self._turn.append(step)
        if step in self._relay.on:
            self._relay.on[step]()
        if step in self._relay.gate:
            await self._flush()
            await self._relay.gate[step].wait()
        reply = self._relay.choose(step, recipient)
        if reply in (CUT, SILENT):
            await self._flush()
        if reply == SILENT:
            await asyncio.Event().wait()
        if reply.startswith(RAW):
            self._answers += reply.removeprefix(RAW).encode("utf-8", "surrogateescape")
        elif reply != CUT:
            self._answers += reply.encode("utf-8", "surrogateescape") + b"\r\n"
        return reply

    async def _read(self, end: bytes) -> bytes:
        while end not in self._came:
            await self._flush()
            more = await self._reader.read(65_536)
            if not more:
                raise asyncio.IncompleteReadError(self._came, None)
            self._came += more
        found, end, self._came = self._came.partition(end)
        return found + end

    async def _flush(self) -> None:
        if self._turn:
            self._relay.turns.append(self._turn)
        answers, self._answers, self._turn = self._answers, b"", []
        self._writer.write(answers)
        await self._writer.drain()


def tls_context() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    return context
