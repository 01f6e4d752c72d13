"""Take mails that come back from the mail server before us, by SMTP or LMTP: each lies durably in a Maildir before its 250."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from mailbox import Error as MailboxError
from mailbox import Maildir
from pathlib import Path

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from pipeline.config.sections import Intake
from pipeline.deliver.outbox import sync_folder
from pipeline.errors import MetabriefError
from pipeline.jobs.mailboxes import LARGEST, make_maildir

_NAME = "metabrief"
"""What the server calls itself; its own guess would ask a name server."""
_LONGEST_LINE = 64 * 1024
"""Other people's bounces do not keep to the 1,000 bytes of RFC 5321."""


class _Smtp(SMTP):
    line_length_limit = _LONGEST_LINE


class _Lmtp(LMTP):
    line_length_limit = _LONGEST_LINE


class _Keep:
    """Puts each mail into the Maildir, its envelope on top, before it says 250."""

    def __init__(self, folder: Path, on_mail: Callable[[], None]) -> None:
        self._folder = folder
        self._on_mail = on_mail

    async def handle_RCPT(  # noqa: N802  the library's name
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
        address: str,
        options: list[str],  # noqa: ARG002
    ) -> str:
        """Take one recipient a mail: LMTP wants an answer for each, and each return path is one reader's."""
        if envelope.rcpt_tos:
            return "452 4.5.3 one recipient a mail, the others after it"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 fine"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        sender = (envelope.mail_from or "").strip("<>")  # the library gives an empty one with its brackets
        head = f"Return-Path: <{sender}>\r\nX-Envelope-To: <{envelope.rcpt_tos[0]}>\r\n"
        try:
            await asyncio.to_thread(self._keep, head.encode("utf-8", "surrogateescape") + content)
        except (OSError, MailboxError):
            return "452 4.3.1 no room for it now, try again later"
        self._on_mail()
        return "250 2.0.0 kept"

    def _keep(self, mail: bytes) -> None:
        Maildir(self._folder).add(mail)  # which syncs the file itself
        sync_folder(self._folder / "new")


@asynccontextmanager
async def receiving(section: Intake, folder: Path, *, on_mail: Callable[[], None]) -> AsyncIterator[str]:
    """Receive mail into a Maildir and yield the address it is taken at. Raises ``MetabriefError`` when that is taken."""
    make_maildir(folder)
    kind = _Lmtp if section.protocol == "lmtp" else _Smtp
    loop = asyncio.get_running_loop()
    handler = _Keep(folder, on_mail)

    def protocol() -> SMTP:
        return kind(
            handler, data_size_limit=LARGEST, enable_SMTPUTF8=True, hostname=_NAME, ident=_NAME, loop=loop
        )

    try:
        server = await loop.create_server(protocol, section.host, section.port)
    except (OSError, OverflowError, UnicodeError) as error:
        number = getattr(error, "errno", None) or 0
        why = os.strerror(number) if number > 0 else error
        raise MetabriefError(
            f"{section.host}:{section.port} takes no mail ({why}); stop what listens there, or set another [intake] port"
        ) from error
    try:
        host, port = server.sockets[0].getsockname()[:2]
        yield f"{host}:{port}"
    finally:
        server.close()
