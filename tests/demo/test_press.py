"""The sample press over real HTTP on loopback: what a reader of its sites gets."""

from __future__ import annotations

import socket
import struct
import threading
import tomllib
from calendar import timegm
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from urllib.parse import urljoin

import feedparser
import httpx
import pytest
from bs4 import BeautifulSoup

from pipeline.demo.press import Press, serve, sources_toml
from pipeline.demo.sample import Sample, SampleArticle, load_press, newsroom_folder
from pipeline.errors import MetabriefError
from pipeline.model import Source

FEEDS = {"harbour-ledger": "rss20", "jiangpan": "atom10"}
WORKING = ("harbour-ledger", "jiangpan", "gantry-post")
SAMPLE = load_press(newsroom_folder())
ARTICLE = SAMPLE.articles[0]
FRONT = """+++
title = "A bridge opens"
day = 1
published = 2022-02-21T08:00:00+08:00
author = "Nobody"
language = "en"
on_beat = false
event = "bridge"
note = "for a test"
+++
"""
SITES = """[[site]]
key = "one"
name = "One"
tagline = "Only"
address = "127.0.0.1"
kind = "rss"
language = "en"
standing = 0.5
index = "/rss"
article = "/{slug}"
"""


@pytest.fixture(scope="module")
def running() -> Iterator[Press]:
    with serve(SAMPLE.sites, SAMPLE.articles) as press:
        yield press


@pytest.fixture
def press(running: Press) -> Press:
    running.day = 1
    return running


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=10) as opened:
        yield opened


def a_press(folder: Path, *, sites: str = SITES, article: str = FRONT + "It opened.\n") -> Path:
    (folder / "articles" / "one").mkdir(parents=True)
    (folder / "sites.toml").write_text(sites, encoding="utf-8")
    (folder / "articles" / "one" / "bridge.md").write_text(article, encoding="utf-8")
    return folder


def written(sample: Sample, key: str, day: int) -> list[SampleArticle]:
    return [article for article in sample.articles if article.site == key and article.day <= day]


def readable(html: str) -> str:
    soup = BeautifulSoup(html, "lxml")
    for unread in soup(["script", "style", "title"]):
        unread.decompose()
    return soup.get_text()


def linked(press: Press, html: str) -> list[str]:
    selected = BeautifulSoup(html, "lxml").select("ol.river li.river-item h2 a")
    return [urljoin(press.url("gantry-post", "/latest"), str(link["href"])) for link in selected]


def test_every_site_answers_at_its_own_address(press: Press) -> None:
    hosts = [httpx.URL(press.url(site.key)).host for site in press.sites]
    assert hosts == ["127.0.0.11", "127.0.0.12", "127.0.0.13", "127.0.0.14"]


@pytest.mark.parametrize("day", [1, 2])
@pytest.mark.parametrize("key", FEEDS)
def test_a_feed_lists_the_articles_out_by_that_day(
    press: Press, client: httpx.Client, key: str, day: int
) -> None:
    press.day = day
    index = {site.key: site.index for site in press.sites}[key]
    feed = feedparser.parse(client.get(press.url(key, index)).content)
    assert not feed.bozo
    assert feed.version == FEEDS[key]
    found = {(e.title, e.link, datetime.fromtimestamp(timegm(e.published_parsed), UTC)) for e in feed.entries}
    assert found == {(a.title, press.article_url(a), a.published) for a in written(SAMPLE, key, day)}


@pytest.mark.parametrize("key", FEEDS)
def test_a_feed_has_the_newest_first(press: Press, client: httpx.Client, key: str) -> None:
    press.day = 2
    index = {site.key: site.index for site in press.sites}[key]
    times = [e.published_parsed for e in feedparser.parse(client.get(press.url(key, index)).content).entries]
    assert len(times) > 2
    assert all(newer >= older for newer, older in pairwise(times))


@pytest.mark.parametrize("day", [1, 2])
def test_the_list_without_a_feed_links_the_articles_out_by_that_day(
    press: Press, client: httpx.Client, day: int
) -> None:
    press.day = day
    page = client.get(press.url("gantry-post", "/latest")).text
    expected = sorted(press.article_url(article) for article in written(SAMPLE, "gantry-post", day))
    assert sorted(linked(press, page)) == expected
    assert "alternate" not in page


@pytest.mark.parametrize("article", SAMPLE.articles, ids=lambda article: f"{article.site}/{article.slug}")
def test_a_page_holds_each_paragraph_once(press: Press, client: httpx.Client, article: SampleArticle) -> None:
    press.day = 2
    text = readable(client.get(press.article_url(article)).raise_for_status().text)
    assert [text.count(paragraph) for paragraph in article.paragraphs] == [1] * len(article.paragraphs)


@pytest.mark.parametrize(
    ("key", "around"),
    [
        (
            "harbour-ledger",
            ("Cookie settings", "Sign in", "Related stories", "Subscribe", "All tides reserved"),
        ),
        ("jiangpan", ("登录", "当前位置", "责任编辑", "相关阅读", "订阅邮件", "版权所有")),
        (
            "gantry-post",
            ("Skip to the story", "2 min read", "More from the quay", "The evening letter", "cookies"),
        ),
    ],
)
def test_a_page_wraps_the_article_as_news_sites_do(
    press: Press, client: httpx.Client, key: str, around: tuple[str, ...]
) -> None:
    article = written(SAMPLE, key, 1)[0]
    page = client.get(press.article_url(article)).text
    text = readable(page)
    assert [words for words in (*around, article.author) if words not in text] == []
    assert "<script" in page
    assert "<style" in page


@pytest.mark.parametrize(
    ("slug", "habit"),
    [
        ("lakala-founder-proposals", '"datePublished": "2022-02-21T08:40:00+08:00"'),
        (
            "lakala-founder-proposals",
            '<meta property="article:published_time" content="2022-02-21T08:40:00+08:00">',
        ),
        ("lakala-two-proposals", "2022年2月21日 09:30</span> 来源：江畔观察"),
        ("lakala-two-proposals", '<meta name="keywords"'),
        ("ninefold-digital-anchor", '<time datetime="2022-02-21T17:30:00+08:00">'),
    ],
    ids=["json-ld", "meta", "date line", "keywords", "time"],
)
def test_each_site_gives_the_date_in_its_own_habit(
    press: Press, client: httpx.Client, slug: str, habit: str
) -> None:
    (article,) = (article for article in SAMPLE.articles if article.slug == slug)
    assert habit in client.get(press.article_url(article)).text


def test_an_article_of_tomorrow_is_not_there_today(press: Press, client: httpx.Client) -> None:
    late = next(article for article in SAMPLE.articles if article.day == 2)
    assert client.get(press.article_url(late)).status_code == 404
    press.day = 2
    assert client.get(press.article_url(late)).status_code == 200


def test_markup_in_an_article_is_escaped(client: httpx.Client) -> None:
    hostile = "</script><script>alert('&')</script>"
    articles = [replace(ARTICLE, site=key, title=hostile, paragraphs=(hostile,)) for key in WORKING]
    with serve(SAMPLE.sites, articles) as press:
        paths = [press.article_url(article) for article in articles] + [
            press.url(key, "/") for key in WORKING
        ]
        paths += [press.url("harbour-ledger", "/rss.xml"), press.url("jiangpan", "/atom.xml")]
        assert [path for path in paths if "<script>alert" in client.get(path).raise_for_status().text] == []


@pytest.mark.parametrize("path", ["/", "/feed.xml", "/anything"])
def test_the_failing_site_answers_500(press: Press, client: httpx.Client, path: str) -> None:
    assert client.get(press.url("null-tribune", path)).status_code == 500


def test_the_failing_site_has_no_robots_txt(press: Press, client: httpx.Client) -> None:
    assert client.get(press.url("null-tribune", "/robots.txt")).status_code == 404


@pytest.mark.parametrize("key", WORKING)
def test_robots_txt_allows_everything(press: Press, client: httpx.Client, key: str) -> None:
    reply = client.get(press.url(key, "/robots.txt"))
    assert reply.headers["content-type"].startswith("text/plain")
    assert reply.text == "User-agent: *\nAllow: /\n"


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


def test_the_checkout_has_the_say_over_a_packaged_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = tmp_path / "pipeline" / "demo" / "press.py"
    packaged, checkout = tmp_path / "pipeline/_samples/newsroom", tmp_path / "samples/newsroom"
    monkeypatch.setattr("pipeline.demo.sample.__file__", str(module))
    with pytest.raises(MetabriefError, match="sample press is missing"):
        newsroom_folder()
    for folder in (packaged, checkout):
        a_press(folder)
        assert newsroom_folder() == folder


@pytest.mark.parametrize(
    ("sites", "article", "complaint"),
    [
        (SITES, "It opened.\n", "bridge.md: not a front part"),
        (SITES, FRONT, "bridge.md: not a front part"),
        (SITES, FRONT.replace("title =", "titel =") + "It opened.\n", "bridge.md: .*titel"),
        (SITES, FRONT.replace("day = 1", "day = ") + "It opened.\n", "bridge.md: .*line 2"),
        (SITES.replace('"rss"', '"rsss"'), FRONT + "It opened.\n", "sites.toml: one: kind 'rsss'"),
        (SITES.replace('key = "one"\n', ""), FRONT + "It opened.\n", "sites.toml: .*'key'"),
    ],
    ids=["no front", "no body", "unknown label", "bad toml", "unknown kind", "no key"],
)
def test_a_file_that_does_not_fit_is_named(tmp_path: Path, sites: str, article: str, complaint: str) -> None:
    with pytest.raises(MetabriefError, match=complaint) as caught:
        load_press(a_press(tmp_path, sites=sites, article=article))
    assert "\n" not in str(caught.value)


def test_a_folder_without_a_press_is_named(tmp_path: Path) -> None:
    with pytest.raises(MetabriefError, match=r"sites\.toml: cannot be read"):
        load_press(tmp_path)
