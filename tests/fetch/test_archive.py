from __future__ import annotations

import asyncio
import gzip
from pathlib import Path

import httpx
import pytest

from pipeline.errors import FetchError, UsageError
from pipeline.fetch.archive import Recorder, Replay
from pipeline.fetch.guard import GuardedTransport, parse_allow_private
from pipeline.fetch.http import Fetcher
from pipeline.model import Page
from tests.fetch.conftest import NOON, OpenFetcher, Reply, Site


def recorder(path: Path) -> Recorder:
    return Recorder(path, GuardedTransport(parse_allow_private(["127.0.0.0/8"])), clock=lambda: NOON)


def collect(open_fetcher: OpenFetcher, transport: httpx.AsyncBaseTransport, *urls: str) -> list[Page | str]:
    async def each() -> list[Page | str]:
        async with open_fetcher(transport=transport) as fetcher:
            return [await one(fetcher, url) for url in urls]

    async def one(fetcher: Fetcher, url: str) -> Page | str:
        try:
            return await fetcher.fetch(url)
        except FetchError as error:
            return str(error)

    return asyncio.run(each())


@pytest.fixture
def urls(site: Site) -> list[str]:
    site.replies |= {
        "/plain": Reply(body=b"plain"),
        "/packed": Reply(body=gzip.compress("元宇宙".encode() * 99), headers={"Content-Encoding": "gzip"}),
        "/moved": Reply(status=302, headers={"Location": "/plain"}),
        "/failing": Reply(status=500),
        "/large": Reply(body=b"x" * 6_000_000),
        "/robots.txt": Reply(body=b"User-agent: *\nDisallow: /closed"),
        "/empty": Reply(),
    }
    return [
        site.url(path)
        for path in ("/plain", "/packed", "/moved", "/failing", "/large", "/closed", "/empty", "/missing")
    ]


def test_a_replay_gives_the_pages_and_the_failures_of_the_recording(
    tmp_path: Path, site: Site, open_fetcher: OpenFetcher, urls: list[str]
) -> None:
    path = tmp_path / "day.warc.gz"
    recorded = collect(open_fetcher, recorder(path), *urls)
    asked = len(site.asked)
    assert collect(open_fetcher, Replay(path), *urls) == recorded
    assert len(site.asked) == asked, "the network stays untouched"
    assert sum(isinstance(page, Page) for page in recorded) == 4


def test_what_was_not_recorded_is_said(
    tmp_path: Path, site: Site, open_fetcher: OpenFetcher, urls: list[str]
) -> None:
    path = tmp_path / "day.warc.gz"
    collect(open_fetcher, recorder(path), urls[0])
    assert collect(open_fetcher, Replay(path), urls[1]) == [f"{urls[1]}: not in the recording day.warc.gz"]


def test_a_recording_broken_off_leaves_no_file(
    tmp_path: Path, site: Site, open_fetcher: OpenFetcher, urls: list[str]
) -> None:
    async def interrupted() -> None:
        async with open_fetcher(transport=recorder(tmp_path / "day.warc.gz")) as fetcher:
            await fetcher.fetch(urls[0])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(interrupted())
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_wrong_use(tmp_path: Path, open_fetcher: OpenFetcher) -> None:
    with pytest.raises(UsageError, match="cannot record there"):
        collect(open_fetcher, recorder(tmp_path / "missing" / "day.warc.gz"))


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"just text",
        b"WARC/1.0\r\nWARC-Type: response\r\n",
        gzip.compress(b"no record", mtime=0)[:-6],
    ],
    ids=["missing", "empty", "text", "cut record", "cut gzip"],
)
def test_a_file_that_is_no_recording_is_wrong_use(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "day.warc.gz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=r"day\.warc\.gz: cannot be replayed .*collect --record") as caught:
        Replay(path)
    assert "\n" not in str(caught.value)
