from __future__ import annotations

import asyncio

import pytest

from pipeline.errors import FetchError
from pipeline.fetch.guard import parse_allow_private
from pipeline.fetch.http import Fetcher
from pipeline.fetch.pace import Pace
from pipeline.fetch.robots import LONGEST_DELAY_SECONDS, MOST_BYTES, rules_of
from pipeline.model import Page
from tests.fetch.conftest import OpenFetcher, Reply, Site
from tests.fetch.test_pace import Time


def fetch(open_fetcher: OpenFetcher, url: str) -> Page:
    async def once() -> Page:
        async with open_fetcher() as fetcher:
            return await fetcher.fetch(url)

    return asyncio.run(once())


def test_a_forbidden_page_is_not_asked_for(site: Site, open_fetcher: OpenFetcher) -> None:
    site.replies["/robots.txt"] = Reply(
        body=b"User-agent: metabrief\nDisallow: /feed", content_type="text/plain"
    )
    with pytest.raises(FetchError, match=r"forbidden by robots\.txt"):
        fetch(open_fetcher, site.url("/feed"))
    assert site.asked == ["/robots.txt"]


def test_a_permitted_page_is_read(site: Site, open_fetcher: OpenFetcher) -> None:
    site.replies["/robots.txt"] = Reply(body=b"User-agent: *\nDisallow: /private", content_type="text/plain")
    site.replies["/news"] = Reply(body=b"news")
    assert fetch(open_fetcher, site.url("/news")).body == b"news"


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_missing_robots_file_permits_all(site: Site, open_fetcher: OpenFetcher, status: int) -> None:
    site.replies |= {"/robots.txt": Reply(status=status), "/news": Reply(body=b"news")}
    assert fetch(open_fetcher, site.url("/news")).body == b"news"


def test_a_failing_robots_file_permits_nothing_and_says_so(site: Site, open_fetcher: OpenFetcher) -> None:
    site.replies |= {"/robots.txt": Reply(status=503), "/news": Reply(body=b"news")}
    with pytest.raises(FetchError) as caught:
        fetch(open_fetcher, site.url("/news"))
    assert caught.value.reason == "HTTP 503 (asking for robots.txt)"
    assert "/news" not in site.asked


def test_a_redirected_page_obeys_the_rules_where_it_lands(site: Site, open_fetcher: OpenFetcher) -> None:
    site.replies["/robots.txt"] = Reply(body=b"User-agent: *\nDisallow: /closed", content_type="text/plain")
    site.replies["/open"] = Reply(status=302, headers={"Location": "/closed"})
    with pytest.raises(FetchError, match=r"forbidden by robots\.txt"):
        fetch(open_fetcher, site.url("/open"))
    assert "/closed" not in site.asked


def test_a_huge_robots_file_is_cut_and_still_obeyed(site: Site, open_fetcher: OpenFetcher) -> None:
    body = b"User-agent: *\nDisallow: /feed\n" + b"# padding\n" * (MOST_BYTES // 5)
    site.replies |= {"/robots.txt": Reply(body=body), "/feed": Reply(body=b"feed")}
    with pytest.raises(FetchError, match="forbidden"):
        fetch(open_fetcher, site.url("/feed"))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Crawl-delay: 5", 5.0),
        ("Crawl-delay: 86400", LONGEST_DELAY_SECONDS),
        ("Crawl-delay: soon", 0.0),
        ("Disallow:", 0.0),
    ],
)
def test_a_crawl_delay_is_taken_within_reason(text: str, seconds: float) -> None:
    assert rules_of(200, f"User-agent: *\n{text}\n".encode()).delay_seconds == seconds


def test_a_crawl_delay_stands_between_two_pages(site: Site) -> None:
    site.replies["/robots.txt"] = Reply(body=b"User-agent: *\nCrawl-delay: 7", content_type="text/plain")
    site.replies |= {"/a": Reply(body=b"a"), "/b": Reply(body=b"b")}
    time = Time()

    async def both() -> None:
        pace = Pace(interval_seconds=0, clock=time.clock, sleep=time.sleep)
        allowed = parse_allow_private(["127.0.0.0/8"])
        async with Fetcher(contact="desk@newsroom.example", pace=pace, allow_private=allowed) as fetcher:
            await fetcher.fetch(site.url("/a"))
            await fetcher.fetch(site.url("/b"))

    asyncio.run(both())
    assert time.slept == [7.0]


def test_a_web_page_in_place_of_robots_permits_all() -> None:
    rules_of(200, b"<!doctype html><title>Welcome</title>").permit("http://example.com/feed")


@pytest.mark.parametrize(
    ("text", "permitted"),
    [
        pytest.param("User-agent: Metabrief/2.0\nDisallow: /", False, id="our name in other letters"),
        pytest.param("User-agent: other\nDisallow: /", True, id="another robot"),
        pytest.param("User-agent: other\nUser-agent: metabrief\nDisallow: /", False, id="a shared group"),
        pytest.param(
            "User-agent: *\nDisallow: /\n\nUser-agent: metabrief\nAllow: /", True, id="our own group wins"
        ),
        pytest.param("User-agent: *\nDisallow: /\nAllow: /feed$", True, id="the longer rule wins"),
    ],
)
def test_the_group_that_names_us_counts(text: str, permitted: bool) -> None:
    rules = rules_of(200, text.encode())
    if permitted:
        rules.permit("http://example.com/feed")
    else:
        with pytest.raises(FetchError):
            rules.permit("http://example.com/feed")


def test_names_times_rules_do_not_multiply() -> None:
    names = b"".join(b"User-agent: robot%d\n" % number for number in range(10_000))
    rules_of(200, names + b"Allow: /x\n" * 10_000).permit("http://example.com/feed")
