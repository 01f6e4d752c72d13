"""What was read before is asked for with its validators, and taken from the file only when its origin says so."""

from __future__ import annotations

import asyncio
import gzip
import logging
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import FetchError
from pipeline.fetch.cache import Revalidating
from pipeline.fetch.guard import AllowedPrivate, GuardedTransport, parse_allow_private
from pipeline.fetch.http import Limits
from pipeline.model import Page
from tests.fetch.conftest import OpenFetcher, Reply, Site

DAY = "Mon, 21 Feb 2022 12:00:00 GMT"
NEXT_DAY = "Tue, 22 Feb 2022 12:00:00 GMT"
ALLOWED = parse_allow_private(["127.0.0.0/8"])


class Reader:
    """One newsroom's reader: each call of ``read`` is a run of its own over the same file."""

    def __init__(self, path: Path, open_fetcher: OpenFetcher) -> None:
        self.path = path
        self._open = open_fetcher

    def read(self, url: str, *, times: int = 1, allowed: AllowedPrivate = ALLOWED) -> list[Page | str]:
        async def run() -> list[Page | str]:
            transport = Revalidating(self.path, GuardedTransport(allowed))
            async with self._open(transport=transport, limits=Limits(page_bytes=1_000_000)) as fetcher:
                return [await _outcome(fetcher.fetch(url)) for _ in range(times)]

        return asyncio.run(run())

    def body(self, url: str) -> bytes:
        (page,) = self.read(url)
        assert isinstance(page, Page), page
        return page.body

    def kept(self) -> list[bytes]:
        """Return the bodies in the file that can be taken from it."""
        connection = sqlite3.connect(self.path)
        rows = connection.execute(
            "SELECT chunk_data FROM streams JOIN entries ON id = entry_id WHERE expires_at > 0"
        ).fetchall()
        connection.close()
        return [row[0] for row in rows]


async def _outcome(fetched: object) -> Page | str:
    try:
        return await fetched  # type: ignore[misc, no-any-return]
    except FetchError as error:
        return error.reason


@pytest.fixture
def reader(tmp_path: Path, open_fetcher: OpenFetcher) -> Reader:
    return Reader(tmp_path / "cache" / "answers.db", open_fetcher)


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(Reply(body=b"feed", etag='"1"'), id="an entity tag"),
        pytest.param(Reply(body=b"feed", etag='W/"1"', modified=DAY), id="a weak one"),
        pytest.param(Reply(body=b"feed", modified=DAY), id="a date"),
        pytest.param(Reply(body=b"", etag='"1"'), id="an empty body"),
        pytest.param(
            Reply(body=gzip.compress(b"feed"), etag='"1"', headers={"Content-Encoding": "gzip"}), id="packed"
        ),
        pytest.param(Reply(body=b"feed", etag='"1"', headers={"Vary": "Cookie, User-Agent"}), id="varying"),
    ],
)
def test_what_did_not_change_is_not_sent_again(site: Site, reader: Reader, reply: Reply) -> None:
    site.replies["/feed"] = reply
    bodies = [reader.body(site.url("/feed")) for _ in range(3)]
    assert [answer for answer in site.answered if answer[0] == "/feed"] == [
        ("/feed", 200),
        ("/feed", 304),
        ("/feed", 304),
    ]
    assert len(set(bodies)) == 1


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(Reply(etag='"1-gzip"', unchanged={"ETag": '"1"'}), id="another entity tag"),
        pytest.param(Reply(modified=DAY, unchanged={"Last-Modified": NEXT_DAY}), id="another date"),
        pytest.param(
            Reply(etag='"1"', modified=DAY, unchanged={"Last-Modified": NEXT_DAY}), id="of both another date"
        ),
        pytest.param(Reply(modified=DAY, unchanged={"ETag": '"1"'}), id="an entity tag for a date"),
    ],
)
def test_a_304_that_does_not_fit_what_is_kept_has_it_read_whole(
    site: Site, reader: Reader, reply: Reply
) -> None:
    site.replies["/feed"] = replace(reply, body=b"feed")
    assert [reader.body(site.url("/feed")) for _ in range(3)] == [b"feed"] * 3
    assert [status for path, status in site.answered if path == "/feed"] == [200, 304, 200, 304, 200]


def test_what_changed_is_read_anew_even_under_the_same_date(site: Site, reader: Reader) -> None:
    for number in (b"1", b"2", b"3"):
        site.replies["/feed"] = Reply(body=number, etag=f'W/"{number.decode()}"', modified=DAY)
        assert reader.body(site.url("/feed")) == number
        assert reader.body(site.url("/feed")) == number
    assert [status for path, status in site.answered if path == "/feed"] == [200, 304] * 3


@pytest.mark.parametrize(
    "headers",
    [
        {"Cache-Control": "public, max-age=86400, immutable"},
        {"Expires": "Tue, 01 Jan 2099 00:00:00 GMT", "Date": "Tue, 01 Jan 2098 00:00:00 GMT"},
    ],
    ids=["a long life", "a date to come"],
)
def test_nothing_is_taken_from_the_file_without_asking(
    site: Site, reader: Reader, headers: dict[str, str]
) -> None:
    site.replies["/feed"] = Reply(body=b"old", modified=DAY, headers=headers)
    assert reader.body(site.url("/feed")) == b"old"
    site.replies["/feed"] = Reply(body=b"new", modified=NEXT_DAY, headers=headers)
    assert reader.body(site.url("/feed")) == b"new"


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(Reply(body=b"plain"), id="no validator"),
        pytest.param(Reply(body=b"x", etag='"1"', headers={"Cache-Control": "No-Store"}), id="forbidden"),
        pytest.param(Reply(body=b"gone", etag='"1"', status=500), id="a failure"),
        pytest.param(Reply(body=b"x" * 1_000_001, etag='"1"'), id="too large"),
        pytest.param(
            Reply(body=gzip.compress(bytes(9_000_000)), etag='"1"', headers={"Content-Encoding": "gzip"}),
            id="a bomb",
        ),
        pytest.param(Reply(body=b"%PDF", etag='"1"', content_type="application/pdf"), id="no text"),
    ],
)
def test_what_cannot_be_used_again_is_not_kept(site: Site, reader: Reader, reply: Reply) -> None:
    site.replies["/page"] = reply
    reader.read(site.url("/page"), times=2)
    assert reader.kept() == []


def test_robots_files_are_revalidated_too(site: Site, reader: Reader) -> None:
    site.replies |= {
        "/robots.txt": Reply(body=b"User-agent: *\nDisallow: /closed", etag='"1"'),
        "/open": Reply(body=b"open"),
    }
    reader.read(site.url("/open"))
    assert reader.read(site.url("/closed")) == ["forbidden by robots.txt"]
    assert site.answered[-1] == ("/robots.txt", 304)


def test_a_stored_page_is_not_given_past_the_guard(site: Site, reader: Reader) -> None:
    site.replies["/feed"] = Reply(body=b"inside", etag='"1"')
    reader.read(site.url("/feed"))
    (refused,) = reader.read(site.url("/feed"), allowed=AllowedPrivate())
    assert refused == "private address 127.0.0.1 (asking for robots.txt)"


def test_the_file_is_for_its_owner_alone(site: Site, reader: Reader) -> None:
    site.replies["/feed"] = Reply(body=b"feed", etag='"1"')
    reader.read(site.url("/feed"))
    assert reader.path.parent.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in reader.path.parent.glob("answers.db*")} == {0o600}


def break_the_file(path: Path) -> None:
    path.write_bytes(b"no database at all" * 999)


def put_a_folder_there(path: Path) -> None:
    path.unlink()
    path.mkdir()


def change_a_table(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("ALTER TABLE entries ADD COLUMN other")
    connection.close()


def lose_a_body(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM streams")
    connection.close()


@pytest.mark.parametrize("spoil", [break_the_file, put_a_folder_there, change_a_table, lose_a_body])
def test_a_file_that_cannot_be_used_is_passed_over_with_one_line(
    site: Site, reader: Reader, caplog: pytest.LogCaptureFixture, spoil: object
) -> None:
    site.replies["/feed"] = Reply(body=b"feed", etag='"1"')
    reader.read(site.url("/feed"))
    assert callable(spoil)
    spoil(reader.path)
    outcomes = reader.read(site.url("/feed"), times=3)
    assert [page.body for page in outcomes if isinstance(page, Page)] == [b"feed"] * 3
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert record.exc_info is None
    assert str(reader.path) in record.getMessage()
    assert "delete it" in record.getMessage()


def test_one_broken_file_leaves_another_in_use(
    site: Site, reader: Reader, open_fetcher: OpenFetcher, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    site.replies["/feed"] = Reply(body=b"feed", etag='"1"')
    reader.read(site.url("/feed"))
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"no database at all" * 999)

    async def beside() -> bytes:
        good = open_fetcher(transport=Revalidating(reader.path, GuardedTransport(ALLOWED)))
        other = open_fetcher(transport=Revalidating(broken, GuardedTransport(ALLOWED)))
        async with good, other:
            return (await good.fetch(site.url("/feed"))).body

    assert asyncio.run(beside()) == b"feed"
    assert site.answered[-1] == ("/feed", 304)
    (record,) = caplog.records
    assert str(broken) in record.getMessage()


def test_a_page_wanted_once_is_not_kept(site: Site, reader: Reader, open_fetcher: OpenFetcher) -> None:
    site.replies |= {
        "/old": Reply(status=301, headers={"Location": "/page"}),
        "/page": Reply(body=b"page", etag='"1"'),
    }

    async def once() -> None:
        async with open_fetcher(transport=Revalidating(reader.path, GuardedTransport(ALLOWED))) as fetcher:
            await fetcher.fetch(site.url("/old"), once=True)

    asyncio.run(once())
    assert reader.kept() == []
