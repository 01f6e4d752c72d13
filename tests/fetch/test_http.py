from __future__ import annotations

import asyncio
import gzip
import socket
import zlib

import pytest

from pipeline.errors import FetchError
from pipeline.fetch.guard import AllowedPrivate, parse_allow_private
from pipeline.fetch.http import Fetcher, Limits
from pipeline.model import Page
from tests.fetch.conftest import NOON, OpenFetcher, Reply, Site


def fetch(fetcher: Fetcher, url: str) -> Page:
    async def once() -> Page:
        async with fetcher:
            return await fetcher.fetch(url)

    return asyncio.run(once())


def reason(fetcher: Fetcher, url: str) -> str:
    with pytest.raises(FetchError) as caught:
        fetch(fetcher, url)
    assert caught.value.url == url
    assert "\n" not in str(caught.value)
    return caught.value.reason


def test_a_page_carries_bytes_type_both_addresses_and_the_moment(
    site: Site, open_fetcher: OpenFetcher
) -> None:
    site.replies["/old"] = Reply(status=301, headers={"Location": "/new"})
    site.replies["/new"] = Reply(body="元宇宙".encode("gb18030"), content_type="text/html; charset=gbk")
    page = fetch(open_fetcher(), site.url("/old"))
    assert page == Page(
        url=site.url("/old"),
        final_url=site.url("/new"),
        body="元宇宙".encode("gb18030"),
        content_type="text/html; charset=gbk",
        fetched_at=NOON,
    )


def test_we_say_who_we_are_and_how_to_reach_us(site: Site, open_fetcher: OpenFetcher) -> None:
    site.replies["/"] = Reply(body=b"hello")
    fetch(open_fetcher(), site.url())
    assert site.agents[-1].startswith("metabrief/")
    assert site.agents[-1].endswith("(+desk@newsroom.example)")


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 503])
def test_a_bad_status_is_the_reason(site: Site, open_fetcher: OpenFetcher, status: int) -> None:
    site.replies["/page"] = Reply(status=status)
    assert reason(open_fetcher(), site.url("/page")) == f"HTTP {status}"


def test_redirects_end_after_five(site: Site, open_fetcher: OpenFetcher) -> None:
    site.replies["/round"] = Reply(status=302, headers={"Location": "/round"})
    assert reason(open_fetcher(), site.url("/round")) == "too many redirects"
    assert site.asked.count("/round") == 6


def test_a_redirect_to_a_private_address_is_refused(site: Site, open_fetcher: OpenFetcher) -> None:
    site.replies["/out"] = Reply(status=302, headers={"Location": "http://10.0.0.1/inside"})
    assert reason(open_fetcher(), site.url("/out")) == "private address 10.0.0.1 (asking for robots.txt)"


def test_a_redirect_away_from_the_web_is_refused(site: Site, open_fetcher: OpenFetcher) -> None:
    site.replies["/out"] = Reply(status=302, headers={"Location": "file:///etc/hostname"})
    assert reason(open_fetcher(), site.url("/out")) == "not an http or https address"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("file:///etc/hostname", "not an http or https address"),
        ("ftp://example.com/a", "not an http or https address"),
        ("http:///nothing", "not an http or https address"),
        ("http://[::1", "not a valid address"),
        ("http://editor:secret@example.com/", "an address with a user name in it"),
    ],
)
def test_only_plain_web_addresses_are_asked(open_fetcher: OpenFetcher, url: str, expected: str) -> None:
    assert reason(open_fetcher(), url) == expected


def test_without_an_exemption_loopback_is_refused(site: Site, open_fetcher: OpenFetcher) -> None:
    refused = reason(open_fetcher(allow=AllowedPrivate()), site.url())
    assert refused.startswith("private address 127.0.0.1")
    assert site.asked == []


def test_an_exempt_host_and_port_is_reached(site: Site, open_fetcher: OpenFetcher) -> None:
    site.replies["/"] = Reply(body=b"inside")
    allow = parse_allow_private([f"127.0.0.1:{site.port}"])
    assert fetch(open_fetcher(allow=allow), site.url()).body == b"inside"


def test_a_closed_port_is_said_to_refuse(open_fetcher: OpenFetcher) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert reason(open_fetcher(), f"http://127.0.0.1:{port}/").startswith("connection refused")


def test_a_server_that_holds_its_answer_is_left(site: Site, open_fetcher: OpenFetcher) -> None:
    site.replies["/slow"] = Reply(held=True)
    assert (
        reason(open_fetcher(limits=Limits(read_seconds=0.05)), site.url("/slow")) == "no answer within 0.05 s"
    )


def test_the_whole_page_has_a_time_limit_too(site: Site, open_fetcher: OpenFetcher) -> None:
    site.replies["/slow"] = Reply(held=True)
    assert (
        reason(open_fetcher(limits=Limits(total_seconds=0.1)), site.url("/slow"))
        == "not complete within 0.1 s"
    )


def test_redirects_share_the_time_of_the_page(site: Site, open_fetcher: OpenFetcher) -> None:
    for here, there in ("/a", "/b"), ("/b", "/c"), ("/c", "/d"):
        site.replies[here] = Reply(status=302, headers={"Location": there}, after_seconds=0.1)
    site.replies["/d"] = Reply(body=b"there at last")
    limited = open_fetcher(limits=Limits(total_seconds=0.25))
    assert reason(limited, site.url("/a")) == "not complete within 0.25 s"


def test_a_large_page_is_refused(site: Site, open_fetcher: OpenFetcher) -> None:
    site.replies["/large"] = Reply(body=b"x" * 20_000_000)
    assert reason(open_fetcher(), site.url("/large")) == "larger than 5 MB"


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_decompression_bomb_is_refused(site: Site, open_fetcher: OpenFetcher, coding: str) -> None:
    bomb = bytes(50_000_000)
    packed = gzip.compress(bomb) if coding == "gzip" else zlib.compress(bomb)
    site.replies["/bomb"] = Reply(body=packed, headers={"Content-Encoding": coding})
    assert reason(open_fetcher(), site.url("/bomb")) == "larger than 5 MB"


def test_stacked_codings_are_refused(site: Site, open_fetcher: OpenFetcher) -> None:
    body = gzip.compress(gzip.compress(b"hello"))
    site.replies["/stack"] = Reply(body=body, headers={"Content-Encoding": "gzip, gzip"})
    assert "content coding 'gzip, gzip'" in reason(open_fetcher(), site.url("/stack"))


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        pytest.param("gzip", gzip.compress(b"first ") + gzip.compress(b"second"), id="two gzip members"),
        pytest.param("gzip", gzip.compress(b"first second") + b"\0\0\0", id="gzip with padding"),
        pytest.param("deflate", zlib.compress(b"first second"), id="deflate"),
        pytest.param("deflate", zlib.compress(b"first second")[2:-4], id="bare deflate"),
        pytest.param("identity", b"first second", id="identity"),
    ],
)
def test_codings_are_undone(site: Site, open_fetcher: OpenFetcher, coding: str, body: bytes) -> None:
    site.replies["/coded"] = Reply(body=body, headers={"Content-Encoding": coding})
    assert fetch(open_fetcher(), site.url("/coded")).body == b"first second"


def test_what_is_not_gzip_is_a_broken_page(site: Site, open_fetcher: OpenFetcher) -> None:
    site.replies["/coded"] = Reply(body=b"plain", headers={"Content-Encoding": "gzip"})
    assert reason(open_fetcher(), site.url("/coded")) == "broken gzip content"


@pytest.mark.parametrize("kind", ["image/png", "application/pdf", "video/mp4", "application/vnd.ms-excel"])
def test_what_is_clearly_no_text_is_refused(site: Site, open_fetcher: OpenFetcher, kind: str) -> None:
    site.replies["/file"] = Reply(body=b"\0", content_type=kind)
    assert reason(open_fetcher(), site.url("/file")) == f"no text but {kind}"


@pytest.mark.parametrize("kind", ["", "application/octet-stream", "application/rss+xml", "text/xml"])
def test_an_unclear_content_type_is_let_through(site: Site, open_fetcher: OpenFetcher, kind: str) -> None:
    site.replies["/file"] = Reply(body=b"<rss/>", content_type=kind)
    assert fetch(open_fetcher(), site.url("/file")).content_type == kind


def test_a_cut_connection_is_said(site: Site, open_fetcher: OpenFetcher) -> None:
    site.replies["/cut"] = Reply(body=b"half", headers={"Content-Length": "4000", "Connection": "close"})
    assert "peer closed connection" in reason(open_fetcher(), site.url("/cut"))


def test_pages_of_one_host_share_a_client(site: Site, open_fetcher: OpenFetcher) -> None:
    site.replies |= {f"/{number}": Reply(body=str(number).encode()) for number in range(5)}

    async def all_of_them() -> list[bytes]:
        async with open_fetcher() as fetcher:
            pages = await asyncio.gather(*(fetcher.fetch(site.url(f"/{number}")) for number in range(5)))
        return [page.body for page in pages]

    assert asyncio.run(all_of_them()) == [b"0", b"1", b"2", b"3", b"4"]
    assert site.asked.count("/robots.txt") == 1
