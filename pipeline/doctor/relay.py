"""The relay: as far as a message would come, and then QUIT; no mail is sent."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import aiosmtplib

from pipeline.app import Newsroom
from pipeline.config import read_secret
from pipeline.config.sections import Smtp
from pipeline.deliver.replies import printable, without_secret
from pipeline.doctor.finding import Finding, Level, ok, problem, warning
from pipeline.doctor.looking import PATIENCE_SECONDS, WHOLE_SECONDS
from pipeline.model import TransportKind

_ABILITIES = ("PIPELINING", "SIZE", "8BITMIME", "SMTPUTF8")
_LARGEST_BYTES = 200_000
"""Room for an issue: 90 KB of HTML as quoted-printable, its text part and headers."""
_SOON = timedelta(days=14)
"""Before a certificate ends: those of 90 days are renewed a month before."""


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
    secret = read_secret(smtp.password, smtp.password_file, home=newsroom.home, key="[smtp] password")
    password = secret or ""
    try:
        line = socket.create_connection((smtp.host, smtp.port), timeout=patience_seconds)
    except (socket.gaierror, UnicodeError) as error:
        yield problem(
            f"{smtp.host} is not found ({_said(error, password=password)})",
            remedy="see [smtp] host, and the DNS",
        )
    except OSError as error:
        yield problem(
            f"{smtp.host}:{smtp.port} takes no connection ({_said(error, password=password)})",
            remedy=_way_in(smtp.host, error),
        )
    else:
        yield from judge_line(smtp, peer=line.getpeername()[0])
        yield from asyncio.run(
            _talk(smtp, line, password=password, patience_seconds=patience_seconds, now=newsroom.clock())
        )


def _way_in(host: str, error: OSError) -> str:
    """Return what to do where no connection is taken."""
    if isinstance(error, ConnectionRefusedError) and _is_this_machine(host):
        return "no relay runs there: start it on this machine, or see [smtp] host and port"
    return "see [smtp] port: many hosts close 25, and want 587 or 465"


def _is_this_machine(host: str) -> bool:
    try:
        return all(ip_address(found[4][0]).is_loopback for found in socket.getaddrinfo(host, None))
    except OSError:
        return False


def judge_line(smtp: Smtp, *, peer: str) -> Iterator[Finding]:
    """Warn of a line to an address that others can read."""
    if smtp.tls != "none" or ip_address(peer).is_loopback:
        return
    what = "mails and the password" if smtp.username is not None else "mails"
    yield warning(
        f'{what} go to {smtp.host} in clear: [smtp] tls is "none"',
        remedy='write tls = "starttls" (port 587) or "implicit" (port 465)',
    )


def _is_mailed(newsroom: Newsroom) -> bool:
    return newsroom.settings.delivery.transport is TransportKind.SMTP


@dataclass(frozen=True, kw_only=True)
class _Step:
    """A part of the conversation: what it shows when it goes well, what its failing means."""

    take: Callable[[], Awaitable[list[Finding]]]
    failing: str
    remedy: str


async def _talk(
    smtp: Smtp, line: socket.socket, *, password: str, patience_seconds: float, now: datetime
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
    talk = _Talk(client=client, smtp=smtp, password=password, now=now)
    found: list[Finding] = []
    try:
        async with asyncio.timeout(WHOLE_SECONDS / 2):
            async for finding in talk.findings():
                found.append(finding)  # one at a time: what came before a silence counts
    except TimeoutError:
        found.append(problem(f"{talk.relay} takes very long to answer", remedy="see the relay's load"))
    finally:
        await _hang_up(client)
    return found


async def _hang_up(client: aiosmtplib.SMTP) -> None:
    """Close the line, also one whose TLS did not come about, before the loop that would do it ends."""
    transport = client.transport
    client.close()
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()
    await asyncio.sleep(0)


@dataclass(frozen=True, kw_only=True)
class _Talk:
    """The conversation with one relay."""

    client: aiosmtplib.SMTP
    smtp: Smtp
    password: str
    now: datetime

    @property
    def relay(self) -> str:
        return f"{self.smtp.host}:{self.smtp.port}"

    async def findings(self) -> AsyncIterator[Finding]:
        """Take step after step; the first that fails is the last, else a goodbye follows."""
        for step in self._steps():
            found = await self._taken(step)
            for finding in found:
                yield finding
            if any(finding.level is Level.PROBLEM for finding in found):
                return
        with suppress(aiosmtplib.SMTPException, OSError):
            await self.client.quit()

    def _steps(self) -> Iterator[_Step]:
        yield _Step(
            take=self._greet,
            failing="does not let us in",
            remedy="see [smtp] port and tls, and ask whoever runs the relay about this machine",
        )
        if self.smtp.tls == "starttls":
            remedy = "see [smtp] tls, and the relay's certificate and name"
            yield _Step(take=self._secure, failing="cannot be secured", remedy=remedy)
        remedy = "ask whoever runs the relay about this machine's name"
        yield _Step(take=self._ask, failing="refuses EHLO", remedy=remedy)
        if self.smtp.username is not None:
            remedy = "see [smtp] username and password"
            yield _Step(take=self._log_in, failing="refuses the login", remedy=remedy)

    async def _taken(self, step: _Step) -> list[Finding]:
        try:
            return await step.take()
        except (aiosmtplib.SMTPException, OSError) as error:
            said = _said(error, password=self.password)
            return [problem(f"{self.relay} {step.failing}: {said}", remedy=step.remedy)]

    async def _greet(self) -> list[Finding]:
        await self.client.connect()
        return [ok(f"{self.relay} greets us{_tls(self.client)}"), *_certificate(self.client, now=self.now)]

    async def _secure(self) -> list[Finding]:
        await self.client.starttls()
        return [ok(f"STARTTLS works{_tls(self.client)}"), *_certificate(self.client, now=self.now)]

    async def _ask(self) -> list[Finding]:
        await self.client.ehlo()
        return [ok(_abilities(self.client)), *_inabilities(self.client)]

    async def _log_in(self) -> list[Finding]:
        await self.client.login(self.smtp.username or "", self.password)
        return [ok("the login is accepted")]


def _tls(client: aiosmtplib.SMTP) -> str:
    secured = client.get_transport_info("ssl_object")
    return f" ({secured.version()})" if secured is not None else ""


def _certificate(client: aiosmtplib.SMTP, *, now: datetime) -> Iterator[Finding]:
    """Warn of a certificate that ends soon: from that day on nothing is sent."""
    secured = client.get_transport_info("ssl_object")
    until = (secured.getpeercert() or {}).get("notAfter") if secured is not None else None
    if until is None:
        return
    last = datetime.fromtimestamp(ssl.cert_time_to_seconds(until), tz=UTC)
    if last - now < _SOON:
        yield warning(
            f"its certificate ends on {last:%Y-%m-%d}", remedy="ask whoever runs the relay to renew it"
        )


def _inabilities(client: aiosmtplib.SMTP) -> Iterator[Finding]:
    """Say what the relay cannot do that we would miss."""
    if not client.supports_extension("PIPELINING"):
        yield warning(
            "without PIPELINING every mail waits for four replies: sending is slow",
            remedy="turn it on at the relay, or at the firewall before it (RFC 2920)",
        )
    size = client.esmtp_extensions.get("size", "")
    if (
        size.isdecimal() and 0 < int(size[:20]) < _LARGEST_BYTES
    ):  # 0: it has no limit of its own (RFC 1870, 4)
        yield problem(
            f"it takes no mail above {size} bytes, and ours may have {_LARGEST_BYTES:,}",
            remedy="raise its limit (message_size_limit in Postfix)",
        )


def _abilities(client: aiosmtplib.SMTP) -> str:
    has = [
        f"{name} {client.esmtp_extensions.get(name.lower(), '')}".strip()
        for name in _ABILITIES
        if client.supports_extension(name)
    ]
    lacks = [name for name in _ABILITIES if not client.supports_extension(name)]
    return f"it can {', '.join(has) or 'plain SMTP'}" + (f"; it cannot {', '.join(lacks)}" if lacks else "")


def _said(error: BaseException, *, password: str) -> str:
    """Return an error's own words; TLS's, where they are wrapped in others."""
    if isinstance(error.__cause__, ssl.SSLError):
        return _said(error.__cause__, password=password)
    code = f"{error.code} " if isinstance(error, aiosmtplib.SMTPResponseException) else ""
    text = getattr(error, "message", None) or getattr(error, "strerror", None) or str(error)
    return printable(without_secret(f"{code}{text}", password)) or type(error).__name__
