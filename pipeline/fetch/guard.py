"""No fetch reaches a private address: every answer of the name service is checked, and the checked address is called.

The guard sits where connections are opened, below TLS and the connection pool. So a name that answers differently a
second time (DNS rebinding) gains nothing, certificates are still checked against the name, and each hop of a
redirect passes here again.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx

from pipeline.errors import ConfigurationError, FetchError, FetchKind
from pipeline.internet import Address, is_public

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

_HOST_AND_PORT = re.compile(r"(?:\[(?P<six>[0-9a-fA-F:.]+)\]|(?P<name>[A-Za-z0-9._-]+)):(?P<port>[0-9]{1,5})")
_TRIES = 4
"""Addresses of one name tried in turn: two IPv6 and two IPv4 of a usual dual-stack host."""


@dataclass(frozen=True, kw_only=True)
class AllowedPrivate:
    """Say which private places may be fetched: ``(host, port)`` pairs and networks; none by default."""

    endpoints: frozenset[tuple[str, int]] = frozenset()
    networks: tuple[Network, ...] = ()

    def covers(self, address: Address, *, host: str, port: int) -> bool:
        """Tell whether this address, reached as ``host`` on ``port``, is exempt."""
        named = {(host.lower(), port), (str(address), port)}
        return bool(named & self.endpoints) or any(address in network for network in self.networks)


def parse_allow_private(entries: Iterable[str]) -> AllowedPrivate:
    """Read ``127.0.0.1:8088`` and ``127.0.0.0/8``; raise ConfigurationError for any other form."""
    endpoints: set[tuple[str, int]] = set()
    networks: list[Network] = []
    for entry in entries:
        if "/" in entry:
            networks.append(_network(entry))
        else:
            endpoints.add(_endpoint(entry))
    return AllowedPrivate(endpoints=frozenset(endpoints), networks=tuple(networks))


def _network(entry: str) -> Network:
    try:
        return ipaddress.ip_network(entry.strip())
    except ValueError as error:
        raise ConfigurationError(
            f"[fetch] allow_private: {entry!r} is no network ({error}); write it like 127.0.0.0/8"
        ) from error


def _endpoint(entry: str) -> tuple[str, int]:
    found = _HOST_AND_PORT.fullmatch(entry.strip())
    if found is None or not 0 < int(found["port"]) < 65536:
        raise ConfigurationError(
            f"[fetch] allow_private: {entry!r} is neither host:port nor a network; write it like 127.0.0.1:8088 or 127.0.0.0/8"
        )
    return (found["six"] or found["name"]).lower(), int(found["port"])


def checked(answers: Sequence[str], allowed: AllowedPrivate, *, host: str, port: int) -> tuple[str, ...]:
    """Return a name's addresses, each seen to be public or exempt; raise FetchError if a single one is not."""
    for answer in answers:
        address = ipaddress.ip_address(answer.partition("%")[0])
        if not is_public(address) and not allowed.covers(address, host=host, port=port):
            raise FetchError(f"{host}:{port}", f"private address {address}", kind=FetchKind.PRIVATE)
    return tuple(answers)


async def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system's name service for every address of a host, in its order, each once."""
    loop = asyncio.get_running_loop()
    answers = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(answer[4][0]) for answer in answers))


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Open connections to checked addresses only."""

    def __init__(self, allowed: AllowedPrivate, *, resolve: Resolve = resolve) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 — httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Resolve, check and connect within ``timeout`` seconds in all."""
        try:
            async with asyncio.timeout(timeout):
                addresses = checked(await self._answers(host, port), self._allowed, host=host, port=port)
                return await self._first(
                    addresses, port, local_address=local_address, socket_options=socket_options
                )
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error

    async def _answers(self, host: str, port: int) -> Sequence[str]:
        try:
            return await self._resolve(host, port)
        except (socket.gaierror, UnicodeError) as error:
            raise FetchError(f"{host}:{port}", "name does not resolve", kind=FetchKind.NO_NAME) from error

    async def _first(
        self,
        addresses: Sequence[str],
        port: int,
        *,
        local_address: str | None,
        socket_options: Iterable[Any] | None,
    ) -> httpcore.AsyncNetworkStream:
        failure: httpcore.ConnectError = httpcore.ConnectError("the name has no address")
        for address in addresses[:_TRIES]:
            try:
                return await self._network.connect_tcp(
                    address, port, local_address=local_address, socket_options=socket_options
                )
            except httpcore.ConnectError as error:
                failure = error
        raise failure


class _Body(httpx.AsyncByteStream):
    """Hand httpcore's stream of bytes to httpx."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._stream:
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


class GuardedTransport(httpx.AsyncBaseTransport):
    """Carry requests over a connection pool whose connections are all opened by the guard."""

    def __init__(
        self, allowed: AllowedPrivate, *, resolve: Resolve = resolve, connections: int = 100
    ) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            max_connections=connections,
            keepalive_expiry=5.0,
            network_backend=GuardedBackend(allowed, resolve=resolve),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; errors are httpcore's, and FetchError from the guard."""
        url = request.url
        answer = await self._pool.handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Body(answer.stream), extensions=answer.extensions
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pool.aclose()
