"""The public pages, over a real server: what anyone may see, and nothing that changes by looking."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from pipeline.app import open_newsroom
from pipeline.doorway import bound_socket, serving
from pipeline.public import public_app
from tests.cli.conftest import Metabrief, add_settings, home, metabrief, press

__all__ = ["home", "metabrief", "press"]


@pytest.fixture
def pages(metabrief: Metabrief, home: Path) -> Iterator[httpx.Client]:
    """Serve a newsroom with one sent issue."""
    metabrief("--home", home, "run", "daily", "--slot", "2022-02-22")
    bound = bound_socket()
    address = f"http://127.0.0.1:{bound.getsockname()[1]}"
    with (
        open_newsroom(home) as newsroom,
        serving(public_app(newsroom), bound),
        httpx.Client(base_url=address, trust_env=False) as client,
    ):
        yield client


def test_each_page_answers_and_leads_to_no_other_site(pages: httpx.Client) -> None:
    for path in ("/leave", "/subscribe", "/archive", "/healthz"):
        answer = pages.get(path)
        assert answer.status_code == 200
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert not re.findall(r'(?:href|src)="https?://', answer.text)


def test_subscribe_says_whom_to_write_to(pages: httpx.Client) -> None:
    assert "editor@test.example" in pages.get("/subscribe").text


def test_the_archive_leads_to_each_sent_issue_without_anyones_links(pages: httpx.Client) -> None:
    listed = pages.get("/archive").text
    links = re.findall(r'href="(archive/[^"]+)"', listed)
    assert links == ["archive/daily/2022-02-22T06:00/en", "archive/daily/2022-02-22T06:00/zh"]
    for link, words in zip(links, ("not investment advice", "不构成投资建议"), strict=True):
        shown = pages.get(f"/{link}")
        assert shown.status_code == 200
        assert words in shown.text
        assert "/leave/" not in shown.text
    assert pages.get("/archive/daily/2022-02-23T06:00/en").status_code == 404


def test_an_issue_that_is_not_sent_is_not_in_the_archive(
    pages: httpx.Client, metabrief: Metabrief, home: Path
) -> None:
    metabrief("--home", home, "compose", "daily", "--slot", "2022-02-23")
    assert "2022-02-23" not in pages.get("/archive").text


def test_serve_ends_with_0_when_told_to(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    add_settings(home, f"\n[web]\nport = {port}\n")
    command = [str(Path(sys.executable).with_name("metabrief")), "--home", str(home), "serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as running:
        assert running.stdout is not None
        assert f"http://127.0.0.1:{port}" in running.stdout.readline()
        assert httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False).text == "ok"
        running.send_signal(signal.SIGTERM)
        assert "ended as asked" in running.stdout.read()
    assert running.returncode == 0


def test_serve_names_a_port_in_use(metabrief: Metabrief, home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        add_settings(home, f"\n[web]\nport = {port}\n")
        ended = metabrief("--home", home, "serve")
    assert ended.code == 1
    assert f"127.0.0.1:{port}" in ended.err
    assert "[web] port" in ended.err
