"""Submit messages to the one relay, a reply at a time."""

from __future__ import annotations

import ssl
from dataclasses import dataclass

import aiosmtplib

from pipeline.deliver.message import Message
from pipeline.deliver.replies import Attempt, Phase, Reply, Start, read_reply
from pipeline.errors import TransportError
from pipeline.model import DeliveryState

_LOST = (
    aiosmtplib.SMTPServerDisconnected,
    aiosmtplib.SMTPTimeoutError,
    TimeoutError,
    ConnectionError,
    OSError,
)


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

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class RelayRefusedError(TransportError):
    """The relay refuses us, not a reader: the issue is held until a person has seen why."""


class SmtpConnection:
    """One connection to the relay, opened again when it was lost."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._smtp: aiosmtplib.SMTP | None = None

    async def open(self) -> None:
        """Connect, secure and log in. Raises ``TransportError``, or ``RelayRefusedError`` for a 5xx reply."""
        await self._connected()

    async def _connected(self) -> aiosmtplib.SMTP:
        if self._smtp is not None and self._smtp.is_connected:
            return self._smtp
        smtp = self._client()
        try:
            await smtp.connect()
        except aiosmtplib.SMTPResponseException as error:
            smtp.close()
            raise self._refusal(Reply(code=error.code, text=error.message)) from error
        except (aiosmtplib.SMTPException, ssl.SSLError, OSError) as error:
            smtp.close()
            raise TransportError(f"relay {self._relay} cannot be reached: {_said(error)}") from error
        self._smtp = smtp
        return smtp

    async def deliver(self, message: Message, start: Start) -> Attempt | None:
        """Submit one message; None when ``start`` said no, for then no dot goes out.

        Raises ``TransportError`` when the connection is lost before DATA: the message cannot have arrived.
        """
        smtp = await self._connected()
        refused = await self._envelope(smtp, message)
        if refused is not None:
            return refused
        if not start():
            await self.close()
            return None
        return await _data(smtp, message)

    async def _envelope(self, smtp: aiosmtplib.SMTP, message: Message) -> Attempt | None:
        """Offer sender and recipient; return the attempt's end when the relay takes not both."""
        phase = Phase.SESSION
        try:
            await smtp.mail(message.envelope_from)
            phase = Phase.RECIPIENT
            await smtp.rcpt(message.recipient)
        except aiosmtplib.SMTPResponseException as error:
            reply = Reply(code=error.code, text=error.message)
            if phase is Phase.SESSION and reply.code >= 500:
                raise self._refusal(reply) from error
            await self._reset(smtp)
            return read_reply(reply, phase=phase)
        except _LOST as error:
            smtp.close()
            raise TransportError(f"relay {self._relay} was lost: {_said(error)}") from error
        return None

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

    def _refusal(self, reply: Reply) -> TransportError:
        kind = RelayRefusedError if reply.code >= 500 else TransportError
        return kind(f"relay {self._relay} refuses us: {reply.code} {' '.join(reply.text.split())[:200]}")

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


async def _data(smtp: aiosmtplib.SMTP, message: Message) -> Attempt:
    """Send the message and its dot; silence or a cut afterwards leaves the delivery uncertain."""
    try:
        response = await smtp.data(message.content)
    except aiosmtplib.SMTPResponseException as error:
        return read_reply(Reply(code=error.code, text=error.message), phase=Phase.MESSAGE)
    except _LOST as error:
        smtp.close()
        return Attempt(state=DeliveryState.UNCERTAIN, reason=f"no reply after the dot: {_said(error)}")
    return read_reply(Reply(code=response.code, text=response.message), phase=Phase.MESSAGE)


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
