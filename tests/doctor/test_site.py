"""The public pages are looked at as mail programs reach them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pipeline.doctor.finding import Finding, Level
from pipeline.doctor.site import site
from tests.doctor.rooms import SMTP, looked_at, messages, write

HANGS = 0


@contextmanager
def answering(statuses: Mapping[str, int]) -> Iterator[str]:
    """Serve addresses with the statuses given; ``HANGS`` never answers."""
    ended = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status = statuses[self.path]
            if status == HANGS:
                ended.wait(10)
                return
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        ended.set()
        server.shutdown()
        thread.join()
        server.server_close()


def looked(home: Path, url: str, *, check_site: bool = True) -> list[Finding]:
    write(
        home, publisher={"site_url": url}, delivery={"transport": "smtp", "check_site": check_site}, smtp=SMTP
    )
    with looked_at(home) as newsroom:
        return list(site(newsroom, patience_seconds=0.3))


def test_pages_that_answer_are_well(tmp_path: Path) -> None:
    with answering({"/leave": 200, "/healthz": 204}) as url:
        found = looked(tmp_path, url)
    assert messages(found) == [f"{url}/leave answers", f"{url}/healthz answers"]
    assert {finding.level for finding in found} == {Level.OK}


@pytest.mark.parametrize("status", [301, 404, 500])
def test_a_leave_page_that_is_elsewhere_or_gone_is_a_problem(tmp_path: Path, status: int) -> None:
    with answering({"/leave": status, "/elsewhere": 200}) as url:
        assert f"{url}/leave answers {status}" in messages(looked(tmp_path, url), Level.PROBLEM)[0]


@pytest.mark.parametrize(
    ("check_site", "until_then"),
    [(True, "issues are held"), (False, "issues go out all the same, for check_site is false")],
)
def test_it_is_told_what_a_lost_leave_page_means_for_issues(
    tmp_path: Path, check_site: bool, until_then: str
) -> None:
    with answering({"/leave": 404}) as url:
        [found] = looked(tmp_path, url, check_site=check_site)
    assert found.remedy.endswith(f"; until then {until_then}")


def test_a_leave_page_that_hangs_is_a_problem_and_not_waited_for(tmp_path: Path) -> None:
    began = time.monotonic()
    with answering({"/leave": HANGS}) as url:
        assert "does not answer" in messages(looked(tmp_path, url), Level.PROBLEM)[0]
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("status", [404, 503, HANGS])
def test_an_unwell_healthz_is_doubtful(tmp_path: Path, status: int) -> None:
    with answering({"/leave": 200, "/healthz": status}) as url:
        assert "/healthz does not say" in messages(looked(tmp_path, url), Level.WARNING)[0]


def test_a_site_that_does_not_resolve_is_a_problem(tmp_path: Path) -> None:
    found = looked(tmp_path, "https://news.lantern.invalid")
    assert "news.lantern.invalid is not found" in messages(found, Level.PROBLEM)[0]


def test_with_the_outbox_no_site_is_asked(tmp_path: Path) -> None:
    with looked_at(write(tmp_path, publisher={"site_url": "https://news.lantern.invalid"})) as newsroom:
        assert list(site(newsroom)) == []
