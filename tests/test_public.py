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
import sqlalchemy as sa
from fastapi import FastAPI

from pipeline.app import open_newsroom
from pipeline.doorway import NEWSROOM_HEADER, bound_socket, is_served_by, serving
from pipeline.errors import MetabriefError
from pipeline.public import newsroom_name, public_app
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


def test_healthz_tells_a_sibling_from_a_stranger(pages: httpx.Client, home: Path) -> None:
    host, port = pages.base_url.host, pages.base_url.port or 0
    with open_newsroom(home) as again:
        assert is_served_by(newsroom_name(again), host=host, port=port)
        (home / "data" / "keys" / "return-path").write_text("ab" * 32, encoding="ascii")
        assert not is_served_by(newsroom_name(again), host=host, port=port)


def test_healthz_says_when_the_database_is_away(pages: httpx.Client, home: Path) -> None:
    with open_newsroom(home) as newsroom, newsroom.database.write() as connection:
        connection.execute(sa.text("ALTER TABLE issues RENAME TO gone"))
    answer = pages.get("/healthz")
    assert answer.status_code == 503
    assert answer.text == "the database is away"
    assert NEWSROOM_HEADER in answer.headers


def test_of_two_bound_to_a_port_the_second_to_listen_is_told() -> None:
    first = bound_socket()
    host, port = first.getsockname()[:2]
    second = bound_socket(host, port)  # as long as nobody listens
    with (
        serving(FastAPI(), first),
        pytest.raises(MetabriefError, match=f"{host}:{port} cannot be listened at"),
        serving(FastAPI(), second),
    ):
        pass


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
