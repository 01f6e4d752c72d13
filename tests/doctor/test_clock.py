"""The clock is held against that of whoever answers for the public pages."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pipeline.doctor.clock import clock
from pipeline.doctor.finding import Finding, Level
from tests.doctor.rooms import NOW, SMTP, looked_at, messages, write


@contextmanager
def answering(headers: Mapping[str, str]) -> Iterator[str]:
    """Answer every address with these headers and no others."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response_only(200)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def looked(home: Path, url: str) -> list[Finding]:
    write(home, publisher={"site_url": url}, delivery={"transport": "smtp"}, smtp=SMTP)
    with looked_at(home) as newsroom:
        return list(clock(newsroom, patience_seconds=1))


@pytest.mark.parametrize(
    ("ahead", "level", "words"),
    [
        (0, Level.OK, "it is right by the clock of 127.0.0.1"),
        (60, Level.OK, "it is right"),
        (-60, Level.OK, "it is right"),
        (61, Level.WARNING, "61 seconds ahead of that of 127.0.0.1"),
        (-300, Level.WARNING, "300 seconds behind that of 127.0.0.1"),
        (301, Level.PROBLEM, "301 seconds ahead of"),
        (-3600, Level.PROBLEM, "3,600 seconds behind"),
    ],
)
def test_a_clock_that_is_off_is_told(tmp_path: Path, ahead: int, level: Level, words: str) -> None:
    theirs = NOW - timedelta(seconds=ahead)
    with answering({"Date": format_datetime(theirs, usegmt=True)}) as url:
        (found,) = looked(tmp_path, url)
    assert found.level is level
    assert words in found.message


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="no date"),
        pytest.param({"Date": "the day before"}, id="no such date"),
        pytest.param({"Date": "Tue, 22 Feb 99999 06:05:00 GMT"}, id="a year too far"),
        pytest.param({"Date": "Mon, 21 Feb 2022 06:05:00 GMT", "Age": "86400"}, id="of a copy"),
    ],
)
def test_what_tells_no_time_is_passed_over(tmp_path: Path, headers: Mapping[str, str]) -> None:
    with answering(headers) as url:
        assert looked(tmp_path, url) == []


def test_a_site_that_does_not_answer_tells_no_time(tmp_path: Path) -> None:
    assert looked(tmp_path, "http://127.0.0.1:1") == []


def test_with_the_outbox_nobody_is_asked(tmp_path: Path) -> None:
    with looked_at(write(tmp_path, publisher={"site_url": "http://127.0.0.1:1"})) as newsroom:
        assert messages(clock(newsroom)) == []
