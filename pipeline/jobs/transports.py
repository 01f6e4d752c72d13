"""The ways out of a newsroom: the outbox, or connections to the relay."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from pipeline.app import Newsroom
from pipeline.config import read_secret
from pipeline.deliver.message import Message
from pipeline.deliver.outbox import Outbox
from pipeline.deliver.relay import Relay
from pipeline.deliver.replies import Attempt, Start
from pipeline.deliver.smtp import SmtpConnection
from pipeline.deliver.work import P, Work
from pipeline.errors import TransportError
from pipeline.model import TransportKind


class Transport(Protocol):
    """A way out: for many messages in a row, or for one."""

    async def run(self, work: Work[P]) -> None:
        """Send what ``work`` gives until it has nothing more. Raises ``TransportError`` when there is no way out."""

    async def deliver(self, message: Message, start: Start) -> Attempt | None:
        """Try one message; None when ``start`` said no. Raises ``TransportError`` when it cannot have left."""

    async def close(self) -> None:
        """Let go."""


def transports(newsroom: Newsroom, kind: TransportKind) -> Iterator[Transport]:
    """Yield the ways out that may be used at once: one outbox, or the relay's connections."""
    settings = newsroom.settings
    if kind is TransportKind.OUTBOX:
        yield Outbox(newsroom.home / settings.delivery.outbox)
        return
    smtp = settings.smtp
    if smtp.host is None or smtp.port is None:
        raise TransportError(
            "this mail was made for SMTP, but the configuration names no relay; set [smtp] host and port"
        )
    password = read_secret(smtp.password, smtp.password_file, home=newsroom.home, key="[smtp] password")
    relay = Relay(
        host=smtp.host,
        port=smtp.port,
        tls=smtp.tls,
        username=smtp.username,
        password=password,
        messages_per_connection=smtp.messages_per_connection,
    )
    for _ in range(settings.delivery.connections):
        yield SmtpConnection(relay)
