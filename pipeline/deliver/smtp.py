"""Submit messages to the one relay, a reply at a time."""

from __future__ import annotations

import asyncio
import re
import ssl
from dataclasses import dataclass

import aiosmtplib
import aiosmtplib.protocol

from pipeline.deliver.message import Message
from pipeline.deliver.replies import Attempt, Phase, Reply, Start, printable, read_reply, without_secret
from pipeline.errors import TransportError
from pipeline.model import DeliveryState

_LOST = (
    aiosmtplib.SMTPServerDisconnected,
    aiosmtplib.SMTPTimeoutError,
    TimeoutError,
    ConnectionError,
    OSError,
)


_LEADING_DOT = re.compile(rb"(?m)^\.")


@dataclass(frozen=True, kw_only=True)
class Relay:
    """The one server we submit to."""

    host: str
    port: int
    tls: str = "starttls"
    """``none``, ``starttls`` or ``implicit``."""
    username: str | None = None
    password: str | None = None
    timeout_seconds: float = 60
    """For each reply but the last."""
    dot_timeout_seconds: float = 240
    """For the reply to the dot: long, for silence there leaves a delivery uncertain, yet shorter than a lease."""

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class RelayRefusedError(TransportError):
    """The relay refuses us, not a reader: the issue is held until a person has seen why."""


class RelayLostError(TransportError):
    """The connection was lost before the dot: by chance, or over this one message."""


class SmtpConnection:
    """One connection to the relay, opened by the first delivery and again when it was lost."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._smtp: aiosmtplib.SMTP | None = None

    async def _connected(self) -> aiosmtplib.SMTP:
        """Connect, secure and log in, if need be."""
        if self._smtp is not None and self._smtp.is_connected:
            return self._smtp
        smtp = self._client()
        try:
            await smtp.connect()
        except aiosmtplib.SMTPResponseException as error:
            smtp.close()
            raise self._refusal(self._reply(error)) from error
        except (aiosmtplib.SMTPException, ssl.SSLError, OSError) as error:
            smtp.close()
            raise TransportError(f"relay {self._relay} cannot be reached: {self._said(error)}") from error
        except asyncio.CancelledError:
            smtp.close()
            raise
        self._smtp = smtp
        return smtp

    async def deliver(self, message: Message, start: Start) -> Attempt | None:
        """Submit one message; None when ``start`` said no, for then no dot goes out.

        Raises ``TransportError`` when there is no connection or it is lost before the dot, for then the message
        cannot have arrived, and ``RelayRefusedError`` when the relay wants nothing from us at all.
        """
        smtp = await self._connected()
        refused = await self._envelope(smtp, message)
        if refused is not None:
            return refused
        if smtp.protocol is None:
            raise self._loss("it closed the connection")
        if not start():
            await self.close()
            return None
        return await self._body(smtp, smtp.protocol, message)

    async def _envelope(self, smtp: aiosmtplib.SMTP, message: Message) -> Attempt | None:
        """Offer sender, recipient and DATA; return the attempt's end when the relay does not ask for the body."""
        phase = Phase.SESSION
        try:
            await smtp.mail(message.envelope_from)
            phase = Phase.RECIPIENT
            await smtp.rcpt(message.recipient)
            said = await smtp.execute_command(b"DATA")
        except aiosmtplib.SMTPResponseException as error:
            return await self._refused(smtp, self._reply(error), phase=phase)
        except _LOST as error:
            smtp.close()
            raise self._loss(self._said(error)) from error
        if said.code == aiosmtplib.SMTPStatus.start_input:
            return None
        return await self._refused(smtp, self._reply(said), phase=phase)

    async def _refused(self, smtp: aiosmtplib.SMTP, reply: Reply, *, phase: Phase) -> Attempt:
        if phase is Phase.SESSION and reply.code >= 500:
            raise self._refusal(reply)
        await self._reset(smtp)
        return read_reply(reply, phase=phase)

    async def _body(
        self, smtp: aiosmtplib.SMTP, protocol: aiosmtplib.protocol.SMTPProtocol, message: Message
    ) -> Attempt:
        """Send the body and its dot in one piece; silence or a cut from here on leaves the delivery uncertain."""
        try:
            protocol.write(_dotted(message.content))
            said = await protocol.read_response(timeout=self._relay.dot_timeout_seconds)
        except aiosmtplib.SMTPResponseException as error:
            smtp.close()
            return read_reply(self._reply(error), phase=Phase.MESSAGE)
        except _LOST as error:
            smtp.close()
            return Attempt(
                state=DeliveryState.UNCERTAIN, reason=f"no reply after the dot: {self._said(error)}"
            )
        if not 200 <= said.code < 300:
            await self._reset(smtp)
        return read_reply(self._reply(said), phase=Phase.MESSAGE)

    async def _reset(self, smtp: aiosmtplib.SMTP) -> None:
        try:
            await smtp.rset()
        except (aiosmtplib.SMTPException, OSError):
            smtp.close()  # the next delivery opens a new one

    async def close(self) -> None:
        """End the connection without waiting for a farewell."""
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def _reply(self, said: aiosmtplib.SMTPResponse | aiosmtplib.SMTPResponseException) -> Reply:
        """Return what the relay said, in which it may have repeated our login."""
        return Reply(code=said.code, text=self._without_password(said.message))

    def _said(self, error: Exception) -> str:
        return printable(self._without_password(str(error))) or type(error).__name__

    def _without_password(self, said: str) -> str:
        return without_secret(said, self._relay.password or "")

    def _refusal(self, reply: Reply) -> TransportError:
        kind = RelayRefusedError if reply.code >= 500 else TransportError
        return kind(f"relay {self._relay} refuses us: {reply.code} {printable(reply.text)}")

    def _loss(self, why: str) -> TransportError:
        return RelayLostError(f"relay {self._relay} was lost: {why}")

    def _client(self) -> aiosmtplib.SMTP:
        relay = self._relay
        return aiosmtplib.SMTP(
            hostname=relay.host,
            port=relay.port,
            username=relay.username,
            password=relay.password,
            timeout=relay.timeout_seconds,
            use_tls=relay.tls == "implicit",
            start_tls=relay.tls == "starttls",
        )


def _dotted(content: bytes) -> bytes:
    """Return a message of CRLF lines as DATA takes it (RFC 5321, 4.5.2): dots doubled, the final one added."""
    ended = content if content.endswith(b"\r\n") else content + b"\r\n"
    return _LEADING_DOT.sub(b"..", ended) + b".\r\n"
