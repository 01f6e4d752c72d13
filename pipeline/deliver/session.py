"""Open a session with the relay: greeting, EHLO, TLS, login (RFC 5321, 3207, 4954)."""

from __future__ import annotations

import asyncio
import ssl
from base64 import b64encode
from dataclasses import dataclass
from functools import lru_cache
from socket import gethostname

from pipeline.deliver.relay import Relay
from pipeline.deliver.replies import Reply
from pipeline.deliver.wire import Wire, WireError
from pipeline.errors import TransportError


@dataclass(kw_only=True)
class Session:
    """A connection over which messages can be submitted, and what the relay can do."""

    wire: Wire
    abilities: frozenset[str]
    """The keywords of its answer to EHLO."""
    sent: int = 0
    """How many messages it has carried."""


async def open_session(relay: Relay) -> Session:
    """Connect, secure and log in. Raises ``TransportError``; ``RelayRefusedError`` when the relay wants nothing from us."""
    wire = Wire()
    try:
        async with asyncio.timeout(4 * relay.timeout_seconds):
            return await _opened(relay, wire)
    except (
        WireError,
        ssl.SSLError,
        TimeoutError,
        OSError,
        ValueError,
    ) as error:  # ValueError: no name at all
        wire.close()
        raise TransportError(f"relay {relay} cannot be reached: {relay.said(error)}") from error
    except BaseException:
        wire.close()
        raise


async def _opened(relay: Relay, wire: Wire) -> Session:
    is_tls = relay.tls == "implicit"
    wire.greeted()
    async with asyncio.timeout(relay.timeout_seconds):
        await asyncio.get_running_loop().create_connection(
            lambda: wire,
            relay.host,
            relay.port,
            ssl=_tls_context() if is_tls else None,
            server_hostname=relay.host if is_tls else None,
        )
    await _expect(relay, wire, 220)
    abilities = await _introduced(relay, wire)
    if relay.tls == "starttls":
        if "STARTTLS" not in abilities:
            raise TransportError(f"relay {relay} offers no STARTTLS; see [smtp] tls and port")
        await _said(relay, wire, b"STARTTLS", 220)
        await wire.secure(_tls_context(), host=relay.host, timeout_seconds=relay.timeout_seconds)
        abilities = await _introduced(relay, wire)
    if relay.username is not None:
        await _logged_in(relay, wire, abilities)
    return Session(wire=wire, abilities=frozenset(line.partition(" ")[0] for line in abilities))


@lru_cache(maxsize=1)  # reading the system's certificates takes as long as a hundred messages
def _tls_context() -> ssl.SSLContext:
    return ssl.create_default_context()


async def _introduced(relay: Relay, wire: Wire) -> dict[str, str]:
    """Say who we are; return the relay's keywords with their parameters, none from one that knows HELO alone."""
    name = gethostname()
    if "." not in name:  # RFC 5321, 4.1.4: an address, where there is no full name
        own = wire.own_address
        name = f"[IPv6:{own}]" if ":" in own else f"[{own}]"
    reply = await _asked(relay, wire, f"EHLO {name}".encode())
    if reply.code in (500, 502, 504):
        await _said(relay, wire, f"HELO {name}".encode(), 250)
        return {}
    _check(relay, reply, 250)
    keywords = (line.partition(" ") for line in reply.text.splitlines()[1:])
    return {keyword.upper(): parameters for keyword, _, parameters in keywords}


async def _logged_in(relay: Relay, wire: Wire, abilities: dict[str, str]) -> None:
    """Log in by PLAIN (RFC 4616), else by LOGIN."""
    username, password = (relay.username or "").encode(), (relay.password or "").encode()
    offered = abilities.get("AUTH", "").upper().split()
    if "PLAIN" in offered:
        await _said(relay, wire, b"AUTH PLAIN " + b64encode(b"\0" + username + b"\0" + password), 235)
    elif "LOGIN" in offered:
        await _said(relay, wire, b"AUTH LOGIN", 334)
        await _said(relay, wire, b64encode(username), 334)
        await _said(relay, wire, b64encode(password), 235)
    else:
        raise TransportError(f"relay {relay} offers no login by PLAIN or LOGIN; see [smtp] tls and username")


async def _said(relay: Relay, wire: Wire, command: bytes, code: int) -> None:
    _check(relay, await _asked(relay, wire, command), code)


async def _expect(relay: Relay, wire: Wire, code: int) -> None:
    _check(relay, await wire.reply(timeout_seconds=relay.timeout_seconds), code)


async def _asked(relay: Relay, wire: Wire, command: bytes) -> Reply:
    wire.write(command + b"\r\n", replies=1)
    return await wire.reply(timeout_seconds=relay.timeout_seconds)


def _check(relay: Relay, reply: Reply, code: int) -> None:
    if reply.code != code:
        raise relay.refusal(relay.without_password(reply))
