"""The servers of the sample press on loopback: addresses, redirects, robots.txt, failures, ports."""

from __future__ import annotations

import socket
import struct
import threading
import time
import tomllib
from dataclasses import replace

import httpx
import pytest

from pipeline.demo.press import Press, serve, sources_toml
from pipeline.errors import MetabriefError
from pipeline.model import Source
from tests.demo.reading import FEEDS, SAMPLE, SITE, WORKING, one_of


def test_every_site_answers_at_its_own_address(press: Press) -> None:
    hosts = [httpx.URL(press.url(site.key)).host for site in press.sites]
    assert hosts == [f"127.0.0.{number}" for number in range(11, 11 + len(SAMPLE.sites))]
    assert len(hosts) >= 10


def test_the_feed_of_the_wayside_has_moved_for_good(press: Press, client: httpx.Client) -> None:
    reply = client.get(press.url("wayside-wire", "/feed"))
    assert [(hop.status_code, hop.headers["location"]) for hop in reply.history] == [(301, "/feeds/all.xml")]
    assert reply.status_code == 200


def test_a_page_of_the_wayside_stands_behind_a_slash(press: Press, client: httpx.Client) -> None:
    address = press.article_url(one_of(press, "wayside-wire"))
    reply = client.get(address)
    assert [hop.status_code for hop in reply.history] == [302]
    assert str(reply.url) == f"{address}/"
    assert reply.status_code == 200


def test_the_slow_site_takes_its_time(client: httpx.Client) -> None:
    assert 0.5 <= SITE["tortoise-daily"].delay_seconds <= 1
    with serve([replace(SITE["tortoise-daily"], delay_seconds=0.2)], SAMPLE.articles) as press:
        began = time.monotonic()
        client.get(press.url("tortoise-daily", "/robots.txt"))
        assert time.monotonic() - began >= 0.2


def test_an_article_of_tomorrow_is_not_there_today(press: Press, client: httpx.Client) -> None:
    late = next(article for article in SAMPLE.articles if article.day == 2)
    assert client.get(press.article_url(late)).status_code == 404
    press.day = 2
    assert client.get(press.article_url(late)).status_code == 200


@pytest.mark.parametrize("path", ["/", "/feed.xml", "/anything"])
def test_the_failing_site_answers_500(press: Press, client: httpx.Client, path: str) -> None:
    assert client.get(press.url("null-tribune", path)).status_code == 500


def test_the_failing_site_has_no_robots_txt(press: Press, client: httpx.Client) -> None:
    assert client.get(press.url("null-tribune", "/robots.txt")).status_code == 404


@pytest.mark.parametrize("key", WORKING)
def test_robots_txt_allows_everything_but_behind_the_shutter(
    press: Press, client: httpx.Client, key: str
) -> None:
    reply = client.get(press.url(key, "/robots.txt"))
    assert reply.headers["content-type"].startswith("text/plain")
    rule = "Disallow" if key == "closed-shutter" else "Allow"
    assert reply.text == f"User-agent: *\n{rule}: /\n"


@pytest.mark.parametrize(
    "path", ["/none", "/../sites.toml", "/%2e%2e/sites.toml", "//none", "/article.html.j2"]
)
@pytest.mark.parametrize("key", WORKING)
def test_any_other_path_is_404(press: Press, client: httpx.Client, key: str, path: str) -> None:
    assert client.get(press.url(key, path)).status_code == 404


def test_a_known_page_is_answered_304_until_it_changes(press: Press, client: httpx.Client) -> None:
    address = press.url("harbour-ledger", "/rss.xml")
    known = {"If-None-Match": client.get(address).headers["etag"]}
    again = client.get(address, headers=known)
    press.day = 2
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(address, headers=known).status_code == 200


@pytest.mark.parametrize("taken", ["127.0.0.11", "127.0.0.13"])
def test_a_port_in_use_is_told_in_one_line(taken: str) -> None:
    with socket.create_server((taken, 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(MetabriefError) as caught, serve(SAMPLE.sites, SAMPLE.articles, port=port):
            pass
    message = str(caught.value)
    assert message.startswith(f"{taken}:{port}: ")
    assert "in use" in message
    assert "\n" not in message


def test_a_port_that_cannot_be_is_told_in_one_line() -> None:
    with (
        pytest.raises(MetabriefError, match="no such port"),
        serve(SAMPLE.sites, SAMPLE.articles, port=70_000),
    ):
        pass


def test_the_press_runs_twice_on_the_same_port(client: httpx.Client) -> None:
    with serve(SAMPLE.sites, SAMPLE.articles) as press:
        port = httpx.URL(press.url("harbour-ledger")).port
        first = client.get(press.url("harbour-ledger", "/rss.xml")).content
    assert port is not None
    with serve(SAMPLE.sites[:1], SAMPLE.articles, port=port) as press:
        assert client.get(press.url("harbour-ledger", "/rss.xml")).content == first


def test_a_closed_press_no_longer_answers(client: httpx.Client) -> None:
    with serve(SAMPLE.sites, SAMPLE.articles) as press:
        address = press.url("harbour-ledger", "/robots.txt")
    with pytest.raises(httpx.ConnectError):
        client.get(address)


def hang_up(address: httpx.URL) -> None:
    """Break off in the middle of a request with a reset, not a farewell."""
    with socket.create_connection((address.host, address.port or 80)) as caller:
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        caller.sendall(b"GET / HT")


def test_the_press_says_nothing_of_strange_or_broken_requests(
    press: Press, client: httpx.Client, capfd: pytest.CaptureFixture[str]
) -> None:
    hang_up(httpx.URL(press.url("jiangpan")))
    client.get(press.url("jiangpan", "/none"))  # accepted after the one that hung up
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(5)
    assert capfd.readouterr() == ("", "")


def test_sources_toml_names_every_running_site(press: Press) -> None:
    tables = tomllib.loads(sources_toml(press))["source"]
    sources = [Source(**table) for table in tables]
    assert [source.key for source in sources] == [site.key for site in press.sites]
    assert sources[0].feed == press.url("harbour-ledger", "/rss.xml")
    assert sources[1].name == "江畔观察"
    assert (sources[2].feed, sources[2].listing) == (None, press.url("gantry-post", "/latest"))
    assert sources[2].link_selector == "h2 a"
    assert {source.key for source in sources if source.feed} == {*FEEDS, "null-tribune"}
