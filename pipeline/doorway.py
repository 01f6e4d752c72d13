"""Serve web pages beside something else, in a thread that ends with it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from pipeline.errors import MetabriefError

_START_SECONDS = 10.0


def bound_socket(host: str = "127.0.0.1", port: int = 0) -> socket.socket:
    """Return a socket bound to a port, 0 meaning one nobody uses. Raises ``MetabriefError`` when it is taken."""
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except (OSError, OverflowError) as error:
        bound.close()
        reason = getattr(error, "strerror", None) or error
        raise MetabriefError(
            f"{host}:{port} cannot be listened at ({reason}); stop what does, or set another [web] port"
        ) from error
    return bound


@contextmanager
def serving(app: FastAPI, bound: socket.socket) -> Iterator[None]:
    """Serve ``app`` on a bound socket, in a thread that ends with the block; token links stay out of any log."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False, lifespan="off"))
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
