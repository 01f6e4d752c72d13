"""A real web server on loopback whose answers a test writes down, and a fetcher that may reach it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from pipeline.fetch.guard import AllowedPrivate, parse_allow_private
from pipeline.fetch.http import Fetcher, Limits
from pipeline.fetch.pace import Pace

NOON = datetime(2022, 2, 21, 12, 0, tzinfo=UTC)


@dataclass(kw_only=True)
class Reply:
    """What the server sends for a path; ``held`` keeps it back until the test ends, ``after_seconds`` so long.

    With an ``etag`` or a date of change a reader who names the same gets 304 and no body; ``unchanged`` is what that
    304 then says, when it is not the same.
    """

    body: bytes = b""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    held: bool = False
    after_seconds: float = 0.0
    etag: str = ""
    modified: str = ""
    unchanged: dict[str, str] = field(default_factory=dict)

    def is_known(self, asked: Message) -> bool:
        """Tell whether a reader's conditions say that it has this already (RFC 9110, 13.2.2)."""
        if self.status != 200 or not (self.etag or self.modified):
            return False
        if asked["If-None-Match"]:
            return bool(asked["If-None-Match"] == self.etag)
        return bool(self.modified) and asked["If-Modified-Since"] == self.modified

    def lines(self) -> dict[str, str]:
        """Return its header fields."""
        validators = {"ETag": self.etag, "Last-Modified": self.modified}
        length = {"Content-Type": self.content_type, "Content-Length": str(len(self.body))}
        return length | {name: value for name, value in validators.items() if value} | self.headers


class Site:
    """A web site of a few written-down replies that remembers what was asked of it."""

    def __init__(self) -> None:
        self.replies: dict[str, Reply] = {}
        self.asked: list[str] = []
        self.answered: list[tuple[str, int]] = []
        self.agents: list[str] = []
        self.ended = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def port(self) -> int:
        return self._server.server_port

    def url(self, path: str = "/", *, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.ended.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                site.agents.append(self.headers["User-Agent"])
                reply = site.replies.get(self.path, Reply(status=404))
                if reply.held:
                    site.ended.wait(30)
                    return
                site.ended.wait(reply.after_seconds)
                status = 304 if reply.is_known(self.headers) else reply.status
                site.answered.append((self.path, status))
                self.send_response(status)
                lines = reply.unchanged if status == 304 and reply.unchanged else reply.lines()
                for name, value in lines.items():
                    if status != 304 or name not in ("Content-Type", "Content-Length"):
                        self.send_header(name, value)
                self.end_headers()
                if status != 304:
                    self.wfile.write(reply.body)

            def handle(self) -> None:
                try:
                    super().handle()
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True  # the client has seen enough

            def log_message(self, format: str, *arguments: object) -> None:
                """Keep the test's output clean."""

        return Handler


@pytest.fixture
def site() -> Iterator[Site]:
    """Give a running site that is stopped at the end."""
    running = Site()
    running.start()
    yield running
    running.stop()


OpenFetcher = Callable[..., Fetcher]


@pytest.fixture
def open_fetcher() -> OpenFetcher:
    """Give a maker of fetchers that may reach loopback, wait for no pace and live at noon."""

    def make(
        *,
        limits: Limits | None = None,
        allow: AllowedPrivate | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> Fetcher:
        return Fetcher(
            contact="desk@newsroom.example",
            pace=Pace(interval_seconds=0),
            allow_private=allow or parse_allow_private(["127.0.0.0/8"]),
            transport=transport,
            clock=lambda: NOON,
            limits=limits,
        )

    return make
