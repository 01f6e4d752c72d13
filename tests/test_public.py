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
from pipeline.doorway import NEWSROOM_HEADER, authority, bound_socket, is_served_by, serving
from pipeline.errors import MetabriefError
from pipeline.public import counters_app, newsroom_name, public_app
from pipeline.store.schema import letters
from subscribers import people
from subscribers.audience import audience
from subscribers.links import Links, Purpose
from subscribers.metrics import Counters
from subscribers.schema import consents
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
    for path in ("/leave", "/subscribe", "/subscribe?lang=zh", "/archive", "/healthz"):
        answer = pages.get(path)
        assert answer.status_code == 200
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert not re.findall(r'(?:href|src)="https?://', answer.text)


def test_subscribe_says_whom_to_write_to(pages: httpx.Client) -> None:
    assert "editor@test.example" in pages.get("/subscribe").text


def test_who_signs_up_and_presses_the_letters_button_gets_the_newsletter(
    pages: httpx.Client, home: Path
) -> None:
    pages.post("/subscribe", data={"email": "new@test.example"})
    with open_newsroom(home) as newsroom:
        with newsroom.database.read() as connection:
            (queued,) = connection.execute(sa.select(letters).where(letters.c.kind == "opt-in")).all()
            before = connection.execute(audience("daily")).all()
        signed = Links(newsroom.link_keys, clock=newsroom.clock).sign(Purpose.CONFIRM, queued.consent_id)
        assert pages.post(f"/confirm/{signed}").status_code == 200
        with newsroom.database.read() as connection:
            after = connection.execute(audience("daily")).all()
    assert [row.subscriber_id for row in after if row not in before] == [queued.subscriber_id]


def test_a_reader_gets_and_erases_what_the_whole_newsroom_keeps(
    pages: httpx.Client, metabrief: Metabrief, home: Path
) -> None:
    words = ("ann@test.example", "--newsletter", "daily", "--consent", "at the desk")
    metabrief("--home", home, "subscribers", "add", *words)
    with open_newsroom(home) as newsroom:
        links = Links(newsroom.link_keys, clock=newsroom.clock)
        with newsroom.database.read() as connection:
            reader = people.listing(connection, limit=1)[0]
        kept = pages.post(f"/download/{links.sign(Purpose.DOWNLOAD, reader.id)}").json()
        assert kept["email"] == reader.email
        assert {"deliveries", "letters"} <= kept.keys()
        pages.post(f"/erase/{links.sign(Purpose.ERASE, reader.id)}")
        with newsroom.database.read() as connection:
            assert reader.email not in [each.email for each in people.listing(connection)]


def test_the_archive_knows_no_page_of_an_issue_never_sent(pages: httpx.Client) -> None:
    answer = pages.get("/archive/daily/2022-02-23T06:00/en")
    assert answer.status_code == 404
    assert "This page is not here" in answer.text


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


def test_the_archive_is_in_the_language_asked_for_and_leads_to_the_other(pages: httpx.Client) -> None:
    for query, header, words, other in (
        ("?lang=zh", "en", "往期内容", "English"),
        ("", "zh-CN", "往期内容", "English"),
        ("?lang=en", "zh-CN", "What has been sent", "中文"),
    ):
        text = pages.get(f"/archive{query}", headers={"Accept-Language": header}).text
        assert f"<h1>{words}</h1>" in text
        assert f">{other}</a>" in text
    assert 'href="archive?lang=zh"' in pages.get("/subscribe?lang=zh").text


def test_what_is_shown_can_be_asked_about_without_its_body(pages: httpx.Client) -> None:
    for path in ("/archive", "/archive/daily/2022-02-22T06:00/en", "/healthz"):
        answer = pages.head(path)
        assert (answer.status_code, answer.text) == (200, "")
        assert pages.post(path).status_code == 405


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


def test_without_its_database_a_page_says_later_and_the_operator_why(
    pages: httpx.Client, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with open_newsroom(home) as newsroom, newsroom.database.write() as connection:
        connection.execute(sa.text("ALTER TABLE subscribers RENAME TO gone"))
    for method, path in (("GET", "/leave/tok-en"), ("POST", "/leave/tok-en"), ("GET", "/preferences/tok-en")):
        answer = pages.request(method, path)
        assert answer.status_code == 503
        assert "try again" in answer.text
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "no such table" in caplog.text
    assert "tok-en" not in caplog.text


def test_the_counters_are_shown_and_name_nobody(home: Path) -> None:
    counters, bound, shown = Counters(), bound_socket(), bound_socket()
    web, metrics = (f"http://127.0.0.1:{each.getsockname()[1]}" for each in (bound, shown))
    with (
        open_newsroom(home) as newsroom,
        serving(public_app(newsroom, counters), bound),
        serving(counters_app(counters), shown),
    ):
        httpx.post(f"{web}/subscribe", data={"email": "new@test.example"}, trust_env=False)
        text = httpx.get(f"{metrics}/metrics", trust_env=False).text
    assert 'metabrief_sign_ups_total{outcome="asked"} 1.0' in text
    assert "test.example" not in text


def test_who_listens_by_ipv6_believes_a_proxy_that_calls_by_ipv4(home: Path) -> None:
    try:
        bound = bound_socket("::")
    except MetabriefError:
        pytest.skip("this machine has no IPv6")
    port = bound.getsockname()[1]
    with open_newsroom(home) as newsroom, serving(public_app(newsroom), bound):
        httpx.post(
            f"http://127.0.0.1:{port}/subscribe",
            data={"email": "new@test.example"},
            headers={"X-Forwarded-For": "203.0.113.9"},
            trust_env=False,
        )
        with newsroom.database.read() as connection:
            network = connection.scalar(sa.select(consents.c.network).where(consents.c.kind == "asked"))
    assert network == "203.0.113.0/24"


def test_serve_believes_the_proxies_of_the_configuration(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    add_settings(home, f'\n[web]\nport = {port}\nproxies = ["127.0.0.2"]\n')
    command = [str(Path(sys.executable).with_name("metabrief")), "--home", str(home), "serve", "--pages-only"]
    calls = httpx.HTTPTransport(local_address="127.0.0.2")
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as running,
        httpx.Client(transport=calls, trust_env=False) as client,
    ):
        assert running.stdout is not None
        assert "/subscribe" in running.stdout.readline()
        sent = {"email": "new@test.example"}
        url = f"http://127.0.0.1:{port}/subscribe"
        assert client.post(url, data=sent, headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 200
        running.send_signal(signal.SIGTERM)
    with open_newsroom(home) as newsroom, newsroom.database.read() as connection:
        network = connection.scalar(sa.select(consents.c.network).where(consents.c.kind == "asked"))
    assert network == "203.0.113.0/24"


@pytest.mark.parametrize(
    ("host", "shown"),
    [("127.0.0.1", "127.0.0.1:8080"), ("::1", "[::1]:8080"), ("localhost", "localhost:8080")],
)
def test_an_address_is_written_as_in_a_url(host: str, shown: str) -> None:
    assert authority(host, 8080) == shown


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
    add_settings(home, f"\n[web]\nport = {port}\n[metrics]\nport = 0\n")
    command = [str(Path(sys.executable).with_name("metabrief")), "--home", str(home), "serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as running:
        assert running.stdout is not None
        assert f"http://127.0.0.1:{port}" in running.stdout.readline()
        assert httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False).text == "ok"
        metrics = running.stdout.readline().split()[-1]
        assert "metabrief_sign_ups" in httpx.get(metrics, trust_env=False).text
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
