"""The relay that mail is submitted to, and how it can fail us."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.deliver.replies import Reply, explained, printable, without_secret
from pipeline.errors import TransportError


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
    messages_per_connection: int = 1000
    """After so many a connection is ended and another opened: relays count, and balance, by connections."""

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"

    def without_password(self, reply: Reply) -> Reply:
        """Return a reply in which the relay may have repeated our login, without it."""
        if not self.password:
            return reply
        return Reply(code=reply.code, text=without_secret(reply.text, self.password))

    def said(self, error: BaseException) -> str:
        """Return an error's words as they may be kept, or its name if it has none."""
        return printable(without_secret(str(error), self.password or "")) or type(error).__name__

    def refusal(self, reply: Reply) -> TransportError:
        """Return the error for a reply that is about us, whoever the reader is: for good, or for now."""
        kind = RelayRefusedError if reply.code >= 500 else TransportError
        return kind(f"relay {self} refuses us: {explained(reply)}")


class RelayRefusedError(TransportError):
    """The relay refuses us, not a reader: the issue is held until a person has seen why."""


class RelayLostError(TransportError):
    """The connection was lost before the dot: by chance, or over this one message."""
