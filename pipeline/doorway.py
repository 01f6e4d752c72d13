"""Serve web pages beside something else, in a thread that ends with it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

_START_SECONDS = 10.0


def free_socket(host: str = "127.0.0.1") -> socket.socket:
    """Return a socket bound to a port nobody uses."""
    bound = socket.socket()
    bound.bind((host, 0))
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
