"""Submit messages to the one relay, each body on its way while the ledger is asked.

Where the relay takes commands in groups (RFC 2920) a message costs one round trip: its dot goes out together with the
next message's envelope. The fence is asked when the relay wants the body, and no dot goes out before it has said yes.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

from pipeline.deliver.message import Message
from pipeline.deliver.relay import Relay, RelayLostError
from pipeline.deliver.replies import Attempt, Phase, Reply, Start, read_reply
from pipeline.deliver.session import Session, open_session
from pipeline.deliver.wire import Wire, WireError
from pipeline.deliver.work import P, Parcel, Single, Work
from pipeline.model import DeliveryState

PIPELINING = "PIPELINING"
GO_AHEAD, CLOSING = 354, 421
_LEADING_DOT = re.compile(rb"(?m)^\.")
_QUIT = b"QUIT\r\n"
SHORT_BODY = 16_384
"""Bytes: fewer are on their way no sooner for being sent apart from the dot, and cost a second system call."""
KEEP_ALIVE_SECONDS = 30.0
"""A connection that waits says so before a relay's five minutes (RFC 5321, 4.5.3.2.7) or a firewall's one are over."""


@dataclass(frozen=True, kw_only=True)
class _Step:
    """A command of an envelope: whom its refusal is about, and what lets us go on."""

    phase: Phase
    passes: int

    def is_passed(self, reply: Reply) -> bool:
        return reply.code // 100 == self.passes


_RCPT = _Step(phase=Phase.RECIPIENT, passes=2)
_STEPS = (_Step(phase=Phase.SESSION, passes=2), _RCPT, _Step(phase=Phase.RECIPIENT, passes=3))


class SmtpConnection:
    """One connection to the relay, opened by the first message and again when it was lost."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._session: Session | None = None
        self._offered: Message | None = None
        """The message whose envelope is out already."""

    async def run(self, work: Work[P]) -> None:
        """Send what ``work`` gives until it has nothing more.

        Raises ``TransportError`` when there is no connection or it is lost before a dot, for then the message cannot
        have arrived, and ``RelayRefusedError`` when the relay wants nothing from us at all.
        """
        parcel = await self._next(work)
        while parcel is not None:
            parcel = await self._send(work, parcel) or await self._next(work)

    async def deliver(self, message: Message, start: Start) -> Attempt | None:
        """Submit one message; None when ``start`` said no, for then no dot goes out. Raises as ``run`` does."""
        single = Single(message, start)
        await self.run(single)
        return single.attempt

    async def close(self) -> None:
        """End the connection without waiting for a farewell."""
        if self._session is not None:
            self._session.wire.close(farewell=b"" if self._offered else _QUIT)
            self._session = None
        self._offered = None

    async def _next(self, work: Work[P]) -> P | None:
        """Wait for the next parcel, and keep the connection alive meanwhile."""
        parcel = work.ready()
        if parcel is not None or self._session is None:
            return parcel or await work.next()
        waiting = asyncio.ensure_future(work.next())
        try:
            while not (await asyncio.wait({waiting}, timeout=KEEP_ALIVE_SECONDS))[0]:
                await self._tell(b"NOOP\r\n")
            return waiting.result()
        finally:
            waiting.cancel()

    async def _send(self, work: Work[P], parcel: P) -> P | None:
        """Send one message; return the next, if its envelope went out with this one's dot."""
        was_behind = self._offered is parcel.message
        try:
            refused = await self._offer(parcel.message)
            if refused is None:
                body = _stuffed(parcel.message)
                if len(body) > SHORT_BODY:
                    self._wire.write(body, replies=0)
                    body = b""
                is_started = await work.start(parcel)
        except WireError as error:
            self._drop()
            work.put_back(parcel, is_lost=not was_behind)
            raise RelayLostError(f"relay {self._relay} was lost: {self._relay.said(error)}") from error
        except BaseException:
            self._drop()
            work.put_back(parcel, is_lost=False)
            raise
        if refused is not None:
            work.settle(parcel, refused)
            return None
        if not is_started:
            self._drop()
            return None
        return await self._finish(work, parcel, body)

    async def _finish(self, work: Work[P], parcel: P, body: bytes) -> P | None:
        """Send what is left of the ``body`` and the dot, and with it the next envelope; silence or a cut from here on leaves the delivery uncertain."""
        if not self._wire.is_open:
            work.settle(parcel, _deferred("the connection was lost before the dot"))
            self._drop()
            return None
        following = self._following(work)
        try:
            self._write_end(body + b".\r\n", following)
            reply = await self._reply(self._relay.dot_timeout_seconds)
        except BaseException as error:
            self._drop()
            work.settle(parcel, _uncertain(self._relay.said(error)))
            if following is not None:
                work.put_back(following, is_lost=False)
            if not isinstance(error, WireError):
                raise
            return None
        attempt = read_reply(reply, phase=Phase.MESSAGE)
        work.settle(parcel, attempt)
        self._count(ends=attempt.state is DeliveryState.UNCERTAIN or reply.code == CLOSING)
        if following is not None and self._session is None:
            work.put_back(following, is_lost=False)
            return None
        return following

    def _following(self, work: Work[P]) -> P | None:
        """Return a parcel whose envelope may go out with the dot; None where the relay wants one thing at a time."""
        session = self._open()
        is_last = session.sent + 1 >= self._relay.messages_per_connection
        return None if is_last or PIPELINING not in session.abilities else work.ready()

    def _write_end(self, end: bytes, following: Parcel | None) -> None:
        self._offered = None
        if following is None or not self._takes(following.message):
            self._wire.write(end, replies=1)
            return
        self._offered = following.message
        self._wire.write(end + b"".join(self._commands(following.message)), replies=4)

    def _count(self, *, ends: bool) -> None:
        """Count a message; end the connection after its last one."""
        session = self._open()
        session.sent += 1
        if ends:
            self._drop()
        elif session.sent >= self._relay.messages_per_connection:
            session.wire.close(farewell=_QUIT)
            self._drop()

    async def _offer(self, message: Message) -> Attempt | None:
        """Offer sender, recipient and DATA; return the attempt's end when the relay does not ask for the body."""
        if self._session is not None and self._offered is None and not self._session.wire.is_open:
            self._drop()  # closed while nothing was on its way
        if self._session is None:
            self._session = await open_session(self._relay)
        if not self._takes(message):
            return Attempt(
                state=DeliveryState.REJECTED, reason="the relay takes no address beyond ASCII (SMTPUTF8)"
            )
        if PIPELINING in self._session.abilities:
            if self._offered is not message:
                self._wire.write(b"".join(self._commands(message)), replies=len(_STEPS))
            self._offered = None
            return await self._answered_together()
        for step, command in zip(_STEPS, self._commands(message), strict=True):
            self._wire.write(command, replies=1)
            reply = await self._reply(self._relay.timeout_seconds)
            if not step.is_passed(reply):
                return await self._refused(reply, phase=step.phase)
        return None

    async def _answered_together(self) -> Attempt | None:
        """Take the replies to an envelope sent in one piece; all are awaited, whichever is the first refusal."""
        refusal: tuple[Reply, Phase] | None = None
        is_recipient_taken = False
        for step in _STEPS:
            try:
                reply = await self._reply(self._relay.timeout_seconds)
            except WireError:
                if refusal is None:
                    raise
                self._drop()
                break
            if refusal is None and not step.is_passed(reply):
                refusal = reply, step.phase
            elif refusal is not None and reply.code == GO_AHEAD:
                await self._send_nothing(is_safe=not is_recipient_taken)
            is_recipient_taken |= step is _RCPT and step.is_passed(reply)
        return None if refusal is None else await self._refused(refusal[0], phase=refusal[1])

    async def _send_nothing(self, *, is_safe: bool) -> None:
        """Answer a relay that wants the body though it refused the recipient: with a lone dot (RFC 2920, 3.1)."""
        if is_safe:
            await self._tell(b".\r\n")
        else:
            self._drop()  # somebody would get an empty mail

    async def _refused(self, reply: Reply, *, phase: Phase) -> Attempt:
        if phase is Phase.SESSION and reply.code >= 500:
            raise self._relay.refusal(reply)
        if reply.code == CLOSING:
            self._drop()
        await self._tell(b"RSET\r\n", codes=range(200, 300))
        return read_reply(reply, phase=phase)

    async def _tell(self, command: bytes, *, codes: range = range(600)) -> None:
        """Say something beside the messages; a connection over which another reply comes, or none, is ended."""
        try:
            self._wire.write(command, replies=1)
            reply = await self._reply(self._relay.timeout_seconds)
        except WireError:
            self._drop()
        else:
            if reply.code not in codes:
                self._drop()

    def _takes(self, message: Message) -> bool:
        return not message.is_utf8 or "SMTPUTF8" in self._open().abilities

    def _commands(self, message: Message) -> tuple[bytes, bytes, bytes]:
        """Return an envelope: its header may hold UTF-8 (RFC 6531), its body is always 7 bit."""
        eight = " BODY=8BITMIME" if "8BITMIME" in self._open().abilities else ""
        parameters = f"{eight} SMTPUTF8" if message.is_utf8 else ""
        return (
            f"MAIL FROM:<{message.envelope_from}>{parameters}\r\n".encode(),
            f"RCPT TO:<{message.recipient}>\r\n".encode(),
            b"DATA\r\n",
        )

    async def _reply(self, timeout_seconds: float) -> Reply:
        return self._relay.without_password(await self._wire.reply(timeout_seconds=timeout_seconds))

    def _drop(self) -> None:
        """End the connection at once: what is half said must not be taken for the whole."""
        if self._session is not None:
            self._session.wire.close()
        self._session = self._offered = None

    @property
    def _wire(self) -> Wire:
        return self._open().wire

    def _open(self) -> Session:
        if self._session is None:
            raise WireError("it is not connected")
        return self._session


def _deferred(reason: str) -> Attempt:
    return Attempt(state=DeliveryState.DEFERRED, reason=reason)


def _uncertain(why: str) -> Attempt:
    return Attempt(state=DeliveryState.UNCERTAIN, reason=f"no reply after the dot: {why}")


def _stuffed(message: Message) -> bytes:
    """Return a message of CRLF lines as DATA takes it (RFC 5321, 4.5.2), without the final dot: other dots doubled."""
    content = message.content if message.content.endswith(b"\r\n") else message.content + b"\r\n"
    if not message.may_have_dots or not (content.startswith(b".") or b"\n." in content):
        return content
    return _LEADING_DOT.sub(b"..", content)
