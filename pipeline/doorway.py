"""Serve web pages beside something else, in a thread that ends with it; and see who else has the door."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import httpx
import uvicorn
from fastapi import FastAPI

from pipeline.errors import MetabriefError
from pipeline.patience import ImpatientProtocol

_START_SECONDS, _END_SECONDS = 10.0, 3
_AT_ONCE = 100
"""Connections that may wait to be taken; asyncio takes as many at a time before it looks at any."""
_PROXIES = ["127.0.0.1", "::1", "::ffff:127.0.0.1"]
"""From where it is believed whom a request came from (``X-Forwarded-For``): a proxy on this machine.

The last is how one that calls by IPv4 looks to who listens by IPv6.
"""
_REMEDY = "set another [web] port"
NEWSROOM_HEADER = "X-Metabrief-Newsroom"
"""Stands on ``/healthz`` and says whose pages these are, to those who know the name already."""
_ANSWER_SECONDS = 3.0
_LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  where one who listens everywhere answers too


def bound_socket(host: str = "127.0.0.1", port: int = 0, *, remedy: str = _REMEDY) -> socket.socket:
    """Return a socket bound to a port, 0 meaning one nobody uses.

    Raises ``MetabriefError`` with the ``remedy`` when it is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends small answers at once only over what says that it is TCP; else they wait 40 ms
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except (OSError, OverflowError) as error:
        bound.close()
        raise _taken(host, port, error, remedy=remedy) from error
    return bound


def _taken(host: str, port: int, error: Exception, *, remedy: str) -> MetabriefError:
    reason = getattr(error, "strerror", None) or error
    return MetabriefError(
        f"{authority(host, port)} cannot be listened at ({reason}); stop what does, or {remedy}"
    )


def authority(host: str, port: int) -> str:
    """Return host and port as they stand in a URL."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


@contextmanager
def serving(
    app: FastAPI, bound: socket.socket, *, proxies: Sequence[str] = (), remedy: str = _REMEDY
) -> Iterator[None]:
    """Serve ``app`` on a bound socket, in a thread that ends with the block; token links stay out of any log.

    ``proxies`` are addresses and networks that are believed like a proxy on this machine.

    Raises ``MetabriefError`` when another was quicker: of two that are bound to a port only one can listen.
    """
    try:
        bound.listen()
    except OSError as error:
        host, port = bound.getsockname()[:2]
        bound.close()
        raise _taken(host, port, error, remedy=remedy) from error
    config = uvicorn.Config(
        app,
        log_level="error",
        access_log=False,
        lifespan="off",
        http=ImpatientProtocol,
        backlog=_AT_ONCE,
        timeout_graceful_shutdown=_END_SECONDS,
        forwarded_allow_ips=[*_PROXIES, *proxies],
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
    thread.start()
    try:
        _wait_until_started(server, thread)
        yield
    finally:
        server.should_exit = True
        thread.join(_START_SECONDS)
        bound.close()


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    until = time.monotonic() + _START_SECONDS
    while not server.started and thread.is_alive() and time.monotonic() < until:
        thread.join(0.01)


def is_served_by(newsroom: str, *, host: str, port: int) -> bool:
    """Say whether who listens at a port shows the pages of the newsroom of that name."""
    reachable = _LOOPBACK.get(host, host)
    try:
        answer = httpx.get(
            f"http://{authority(reachable, port)}/healthz", timeout=_ANSWER_SECONDS, trust_env=False
        )
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
    return bool(answer.headers.get(NEWSROOM_HEADER) == newsroom)
