"""The relay: as far as a message would come, and then QUIT; no mail is sent."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import aiosmtplib

from pipeline.app import Newsroom
from pipeline.config import read_secret
from pipeline.config.sections import Smtp
from pipeline.deliver.replies import printable
from pipeline.doctor.finding import Finding, ok, problem, warning
from pipeline.doctor.looking import PATIENCE_SECONDS, WHOLE_SECONDS
from pipeline.model import TransportKind

_ABILITIES = ("PIPELINING", "SIZE", "8BITMIME", "SMTPUTF8")


def signing(newsroom: Newsroom) -> Iterator[Finding]:
    """Say whether mail is signed."""
    if _is_mailed(newsroom) and newsroom.settings.dkim is None:
        yield warning(
            "mail leaves here unsigned: there is no [dkim]",
            remedy="let the relay sign it with a DKIM key of from_address's domain",
        )


def relay(newsroom: Newsroom, *, patience_seconds: float = PATIENCE_SECONDS) -> Iterator[Finding]:
    """Connect, wait for the greeting, secure, ask for abilities, log in, say goodbye; stop at the first that fails."""
    smtp = newsroom.settings.smtp
    if not _is_mailed(newsroom) or smtp.host is None or smtp.port is None:
        return
    password = read_secret(smtp.password, smtp.password_file, home=newsroom.home, key="[smtp] password")
    try:
        line = socket.create_connection((smtp.host, smtp.port), timeout=patience_seconds)
    except (socket.gaierror, UnicodeError) as error:
        yield problem(f"{smtp.host} is not found ({_said(error)})", remedy="see [smtp] host, and the DNS")
    except OSError as error:
        yield problem(
            f"{smtp.host}:{smtp.port} takes no connection ({_said(error)})",
            remedy="see [smtp] port: many hosts close 25, and want 587 or 465",
        )
    else:
        yield from asyncio.run(_talk(smtp, line, password=password, patience_seconds=patience_seconds))


def _is_mailed(newsroom: Newsroom) -> bool:
    return newsroom.settings.delivery.transport is TransportKind.SMTP


@dataclass(frozen=True, kw_only=True)
class _Step:
    """A part of the conversation: what it shows when it goes well, what its failing means."""

    take: Callable[[], Awaitable[str]]
    failing: str
    remedy: str


async def _talk(
    smtp: Smtp, line: socket.socket, *, password: str | None, patience_seconds: float
) -> list[Finding]:
    line.setblocking(False)
    client = aiosmtplib.SMTP(
        hostname=smtp.host,
        sock=line,
        timeout=patience_seconds,
        use_tls=smtp.tls == "implicit",
        start_tls=False,
        local_hostname=socket.getfqdn(),  # here, in a thread that nobody waits for when the DNS hangs
    )
    found: list[Finding] = []
    try:
        async with asyncio.timeout(WHOLE_SECONDS / 2):
            for step in _steps(client, smtp, password=password):
                found.append(await _taken(step, smtp))
                if found[-1].remedy:
                    break
            else:
                with suppress(aiosmtplib.SMTPException, OSError):
                    await client.quit()
    except TimeoutError:
        found.append(
            problem(f"{smtp.host}:{smtp.port} takes very long to answer", remedy="see the relay's load")
        )
    finally:
        client.close()
    return found


async def _taken(step: _Step, smtp: Smtp) -> Finding:
    try:
        return ok(await step.take())
    except (aiosmtplib.SMTPException, OSError) as error:
        message = f"{smtp.host}:{smtp.port} {step.failing}: {_said(error)}"
        return problem(message, remedy=step.remedy)


def _steps(client: aiosmtplib.SMTP, smtp: Smtp, *, password: str | None) -> Iterator[_Step]:
    async def greet() -> str:
        await client.connect()
        return f"{smtp.host}:{smtp.port} greets us{_tls(client)}"

    async def secure() -> str:
        await client.starttls()
        return f"STARTTLS works{_tls(client)}"

    async def ask() -> str:
        await client.ehlo()
        return _abilities(client)

    async def log_in() -> str:
        await client.login(smtp.username or "", password or "")
        return "the login is accepted"

    yield _Step(
        take=greet,
        failing="does not let us in",
        remedy="see [smtp] port and tls, and ask whoever runs the relay about this machine",
    )
    if smtp.tls == "starttls":
        yield _Step(
            take=secure,
            failing="cannot be secured",
            remedy="see [smtp] tls, and the relay's certificate and name",
        )
    yield _Step(
        take=ask, failing="refuses EHLO", remedy="ask whoever runs the relay about this machine's name"
    )
    if smtp.username is not None:
        yield _Step(take=log_in, failing="refuses the login", remedy="see [smtp] username and password")


def _tls(client: aiosmtplib.SMTP) -> str:
    secured = client.get_transport_info("ssl_object")
    return f" ({secured.version()})" if secured is not None else ""


def _abilities(client: aiosmtplib.SMTP) -> str:
    has = [
        f"{name} {client.esmtp_extensions.get(name.lower(), '')}".strip()
        for name in _ABILITIES
        if client.supports_extension(name)
    ]
    lacks = [name for name in _ABILITIES if not client.supports_extension(name)]
    return f"it can {', '.join(has) or 'plain SMTP'}" + (f"; it cannot {', '.join(lacks)}" if lacks else "")


def _said(error: BaseException) -> str:
    """Return an error's own words; TLS's, where they are wrapped in others."""
    if isinstance(error.__cause__, ssl.SSLError):
        return _said(error.__cause__)
    code = f"{error.code} " if isinstance(error, aiosmtplib.SMTPResponseException) else ""
    text = getattr(error, "message", None) or getattr(error, "strerror", None) or str(error)
    return printable(f"{code}{text}") or type(error).__name__
