"""A mail server for the demo: whatever it accepts lies in a Maildir, with the envelope on top."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from mailbox import Maildir
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


class _Keep:
    """Hands each message to the Maildir before it says 250."""

    def __init__(self, folder: Path) -> None:
        self._maildir = Maildir(folder)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        to = ", ".join(envelope.rcpt_tos)
        head = f"Return-Path: <{envelope.mail_from}>\r\nDelivered-To: {to}\r\n"
        self._maildir.add(head.encode("utf-8") + content)
        return "250 2.0.0 kept"


@asynccontextmanager
async def receive(folder: Path) -> AsyncIterator[int]:
    """Receive mail into a Maildir and yield the loopback port it is taken at."""
    handler = _Keep(folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, enable_SMTPUTF8=True, loop=loop), "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()
