"""A mail relay on loopback that notes each message durably before it says so; a rule may have it say or do anything else.

``python -m tests.chaos.sink PORT LOG`` is the same in a process of its own, to be killed.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

CONNECT, EHLO, MAIL, RCPT, DATA = "CONNECT", "EHLO", "MAIL", "RCPT", "DATA"
BODY = "BODY"
"""The first bytes of a message have come."""
DOT = "DOT"
"""The final dot has come, the message is not yet noted; if a rule answers here, it never is."""
NOTED = "NOTED"
"""The message is noted, the reply has not left."""
REPLIED = "REPLIED"
"""The reply to the dot has left."""

ABILITIES = ("PIPELINING", "8BITMIME", "SMTPUTF8")
_SETTLED_SECONDS = 30
_JOIN_SECONDS = 5


@dataclass(kw_only=True)
class Mail:
    """What is known of the message under way."""

    recipient: str = ""
    message_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Noted:
    """A message the relay has taken."""

    message_id: str
    recipient: str


class CutError(Exception):
    """Raised by a rule: hang up."""


Reply = bytes | Iterable[bytes]
"""What is said at once, or piece by piece."""
Rule = Callable[[str, Mail], Reply | None]
"""Returns what to say at a step instead of the usual; None: the usual."""


def friendly(_step: str, _mail: Mail) -> None:
    """Say the usual."""


class Sink:
    """A relay; ``with`` opens its port, each connection is a thread."""

    def __init__(
        self, log: Path, *, port: int = 0, abilities: Sequence[str] = ABILITIES, rule: Rule = friendly
    ) -> None:
        self.rule = rule
        self.log = log
        self.closing = threading.Event()
        self._abilities = abilities
        self._changed = threading.Condition()
        self._open: set[socket.socket] = set()
        self._server = socket.create_server(("127.0.0.1", port), backlog=200)
        self.port: int = self._server.getsockname()[1]
        self._notes = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def __enter__(self) -> Sink:
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._server.shutdown(socket.SHUT_RDWR)
        self._threads[0].join()
        with self._changed:
            for wire in self._open:
                with suppress(OSError):
                    wire.shutdown(socket.SHUT_RDWR)
        for thread in self._threads[1:]:
            thread.join(_JOIN_SECONDS)  # a rule of a test that failed may wait for ever
        self._server.close()
        os.close(self._notes)

    def settle(self) -> None:
        """Wait until every connection has ended and all that came over it is noted."""
        with self._changed:
            assert self._changed.wait_for(lambda: not self._open, _SETTLED_SECONDS), "connections stay open"

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                wire, _ = self._server.accept()
                wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with self._changed:
                    self._open.add(wire)
                self._threads.append(threading.Thread(target=self._serve, args=(wire,), daemon=True))
                self._threads[-1].start()

    def _serve(self, wire: socket.socket) -> None:
        try:
            with wire.makefile("rb") as heard, suppress(CutError, OSError):
                _Conversation(self, wire, heard).hold()
        finally:
            wire.close()
            with self._changed:
                self._open.discard(wire)
                self._changed.notify_all()

    def greeting(self) -> bytes:
        """Return the usual reply to EHLO."""
        lines = ["relay.example", *self._abilities]
        return b"".join(f"250{' ' if line is lines[-1] else '-'}{line}\r\n".encode() for line in lines)

    def note(self, mail: Mail) -> None:
        """Write a message down before anyone is told that it was taken."""
        os.write(self._notes, f"{mail.message_id} {mail.recipient}\n".encode())
        os.fdatasync(self._notes)


@dataclass
class _Conversation:
    sink: Sink
    wire: socket.socket
    heard: BinaryIO
    mail: Mail = field(default_factory=Mail)

    def hold(self) -> None:
        self._say(CONNECT, b"220 relay.example ready\r\n")
        for line in self.heard:
            verb = line.split()[0].upper().decode("ascii", "replace") if line.strip() else ""
            if verb == RCPT:
                self.mail = Mail(recipient=line.partition(b"<")[2].partition(b">")[0].decode())
            is_usual = self._say(verb, self._usual(verb))
            if verb == "QUIT":
                return
            if verb == DATA and is_usual:
                self._take_message()

    def _usual(self, verb: str) -> bytes:
        known = {EHLO: self.sink.greeting(), DATA: b"354 go on\r\n", "QUIT": b"221 bye\r\n"}
        return known.get(verb, b"250 2.0.0 fine\r\n")

    def _take_message(self) -> None:
        if not self.heard.peek(1):  # type: ignore[attr-defined]  # makefile's reader is buffered
            raise CutError
        self.sink.rule(BODY, self.mail)
        self._read_body()
        refusal = self.sink.rule(DOT, self.mail)
        if refusal is None:
            self.sink.note(self.mail)
            self._say(NOTED, b"250 2.0.0 kept\r\n")
        else:
            self._send(refusal)
        self.sink.rule(REPLIED, self.mail)

    def _read_body(self) -> None:
        for line in self.heard:
            if line == b".\r\n":
                return
            if line.lower().startswith(b"message-id:") and not self.mail.message_id:
                value = line.partition(b":")[2].strip() or self.heard.readline().strip()  # folded
                self.mail.message_id = value.decode()
        raise CutError  # the sender is gone: no dot, no message

    def _say(self, step: str, usual: bytes) -> bool:
        """Answer a step, and say whether it was the usual answer."""
        reply = self.sink.rule(step, self.mail)
        self._send(usual if reply is None else reply)
        return reply is None

    def _send(self, reply: Reply) -> None:
        for piece in (reply,) if isinstance(reply, bytes) else reply:
            self.wire.sendall(piece)


def noted(log: Path) -> list[Noted]:
    """Return what a relay has taken, in order."""
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    return [Noted(message_id=line.split()[0], recipient=line.split()[1]) for line in lines]


def at(step: str, number: int, action: Callable[[], object]) -> Rule:
    """Return a rule that acts once, when a step is reached for the ``number``-th time (1 is the first)."""
    lock, left = threading.Lock(), [number]

    def rule(reached: str, _mail: Mail) -> None:
        if reached != step:
            return
        with lock:
            left[0] -= 1
            is_now = left[0] == 0
        if is_now:
            action()

    return rule


def main() -> None:
    """Serve until killed, having said the port."""
    with Sink(Path(sys.argv[2]), port=int(sys.argv[1])) as sink:
        print(sink.port, flush=True)  # noqa: T201
        sink.closing.wait()


if __name__ == "__main__":
    main()
