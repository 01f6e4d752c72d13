"""Whoever raises says the kind of failure; nobody has to read it out of the words."""

from __future__ import annotations

import asyncio
import socket

import pytest

from pipeline.errors import FetchError, FetchKind
from pipeline.fetch.http import Fetcher, Limits
from pipeline.fetch.reasons import kind_of_status
from tests.fetch.conftest import OpenFetcher, Reply, Site

PRIVATE = {"Location": "http://10.0.0.1/inside"}
NOWHERE = {"Location": "http://nowhere.invalid/robots.txt"}


def kind(fetcher: Fetcher, url: str) -> FetchKind:
    async def once() -> None:
        async with fetcher:
            await fetcher.fetch(url)

    with pytest.raises(FetchError) as caught:
        asyncio.run(once())
    return caught.value.kind


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (304, FetchKind.OTHER),
        (400, FetchKind.REFUSED),
        (403, FetchKind.REFUSED),
        (404, FetchKind.GONE),
        (410, FetchKind.GONE),
        (429, FetchKind.BUSY),
        (500, FetchKind.TROUBLED),
        (599, FetchKind.TROUBLED),
        (600, FetchKind.OTHER),
    ],
)
def test_a_status_tells_the_kind(status: int, kind: FetchKind) -> None:
    assert kind_of_status(status) is kind


@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        pytest.param({"/page": Reply(status=410)}, FetchKind.GONE, id="a status"),
        pytest.param({"/page": Reply(status=302, headers=PRIVATE)}, FetchKind.PRIVATE, id="leads inside"),
        pytest.param({"/page": Reply(content_type="application/pdf")}, FetchKind.OTHER, id="no text"),
        pytest.param(
            {"/robots.txt": Reply(body=b"User-agent: *\nDisallow: /")},
            FetchKind.FORBIDDEN,
            id="robots forbid",
        ),
        pytest.param({"/robots.txt": Reply(status=503)}, FetchKind.ROBOTS_UNREAD, id="robots fail"),
        pytest.param(
            {"/robots.txt": Reply(status=302, headers={"Location": "/robots.txt"})},
            FetchKind.ROBOTS_UNREAD,
            id="robots in a round",
        ),
        pytest.param(
            {"/robots.txt": Reply(status=302, headers=NOWHERE)}, FetchKind.NO_NAME, id="robots nowhere"
        ),
    ],
)
def test_a_site_s_answers_tell_the_kind(
    site: Site, open_fetcher: OpenFetcher, replies: dict[str, Reply], expected: FetchKind
) -> None:
    site.replies |= replies
    assert kind(open_fetcher(), site.url("/page")) is expected


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        pytest.param(Limits(read_seconds=0.05), FetchKind.NO_ANSWER, id="nothing comes"),
        pytest.param(Limits(total_seconds=0.2), FetchKind.SLOW, id="all takes too long"),
    ],
)
def test_waiting_in_vain_tells_the_kind(
    site: Site, open_fetcher: OpenFetcher, limits: Limits, expected: FetchKind
) -> None:
    site.replies["/page"] = Reply(held=True)
    assert kind(open_fetcher(limits=limits), site.url("/page")) is expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://127.0.0.1:{closed}/", FetchKind.NO_ANSWER),
        ("http://10.0.0.1/", FetchKind.PRIVATE),
        ("http://nowhere.invalid/", FetchKind.NO_NAME),
        ("https://127.0.0.1:{open}/", FetchKind.UNTRUSTED),
        ("ftp://127.0.0.1/", FetchKind.OTHER),
    ],
    ids=["closed", "private", "no name", "no TLS", "no web address"],
)
def test_a_site_that_is_not_reached_tells_the_kind(
    site: Site, open_fetcher: OpenFetcher, address: str, expected: FetchKind
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        closed = probe.getsockname()[1]
    assert kind(open_fetcher(), address.format(closed=closed, open=site.port)) is expected
