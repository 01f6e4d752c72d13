"""sources list, sources check: how the sources fare, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Ended, Metabrief
from tests.cli.outlet import Outlet, newsroom, open_outlet, source
from tests.fetch.conftest import Reply

KEYS = {"key", "name", "language", "enabled", "status", "last_success", "last_error"}


@pytest.fixture
def outlet() -> Iterator[Outlet]:
    """Give an outlet with two articles of one day."""
    with open_outlet() as running:
        running.add("Glass Harbour", date="Sun, 20 Feb 2022 09:00:00 GMT")
        running.add("Lantern Hall")
        yield running


@pytest.fixture
def home(tmp_path: Path, outlet: Outlet) -> Path:
    """Return a newsroom of a good source, one whose list is gone, and one switched off."""
    off = outlet.source("off", feed="/off").replace("\n\n", "\nenabled = false\n\n")
    return newsroom(tmp_path / "newsroom", outlet.source(), outlet.source("gone", feed="/gone"), off)


def listed(ended: Ended) -> dict[str, Any]:
    return {row["key"]: row for row in ended.json}


def test_a_source_is_never_until_it_was_tried(metabrief: Metabrief, home: Path) -> None:
    ended = metabrief("--home", home, "sources", "list", "--json")
    assert ended.code == 0
    assert [(row["key"], row["enabled"], row["status"]) for row in ended.json] == [
        ("outlet", True, "never"),
        ("gone", True, "never"),
        ("off", False, "never"),
    ]
    assert all(set(row) == KEYS for row in ended.json)


def test_the_list_tells_ok_from_failing_and_silent(
    metabrief: Metabrief, home: Path, outlet: Outlet, tmp_path: Path
) -> None:
    metabrief("--home", home, "collect")
    rows = listed(metabrief("--home", home, "sources", "list", "--json"))
    assert rows["gone"]["status"] == "failing"
    assert rows["gone"]["last_error"] == "HTTP 404"
    assert rows["gone"]["last_success"] is None
    assert rows["outlet"]["status"] == "silent", "its articles are of 2022"
    assert rows["outlet"]["last_success"].endswith("+00:00")
    outlet.add("Paper Moon", date="")
    metabrief("--home", home, "collect")
    rows = listed(metabrief("--home", home, "sources", "list", "--json"))
    assert (rows["outlet"]["status"], rows["outlet"]["last_error"]) == ("ok", None)


def test_the_table_fits_100_columns_and_cuts_no_key(metabrief: Metabrief, tmp_path: Path) -> None:
    key = "a-source-with-a-key-that-is-as-long-as-a-key-may-be-at-the-most-"
    home = newsroom(
        tmp_path / "long", *(source(f"{key[:62]}{n}", feed="http://127.0.0.1:9/") for n in (1, 2))
    )
    metabrief("--home", home, "collect")
    shown = metabrief("--home", home, "sources", "list").out
    assert max(map(len, shown.splitlines())) <= 100
    assert "failing" in shown
    assert "…" not in shown


def test_a_check_of_a_good_source_says_what_it_holds(metabrief: Metabrief, home: Path) -> None:
    ended = metabrief("--home", home, "sources", "check", "outlet")
    assert ended.code == 0
    assert "outlet: fine: reached; robots.txt allowed; feed of 2 entries" in ended.out
    assert "the newest of 2022-02-21 09:00 UTC" in ended.out
    assert "characters: Lantern Hall" in ended.out


def test_a_check_stores_nothing_and_asks_for_one_article(
    metabrief: Metabrief, home: Path, outlet: Outlet
) -> None:
    metabrief("--home", home, "sources", "check")
    assert sorted(set(outlet.site.asked)) == ["/feed", "/gone", "/lantern-hall", "/robots.txt"]
    rows = metabrief("--home", home, "sources", "list", "--json").json
    assert {row["status"] for row in rows} == {"never"}
    assert not (home / "data" / "http-cache").exists()
    assert "2 new articles" in metabrief("--home", home, "collect").out


@pytest.mark.parametrize(
    ("keys", "code"),
    [(("outlet",), 0), (("outlet", "gone"), 3), ((), 3), (("gone", "gone"), 1), (("outlets",), 2)],
    ids=["fine", "some failed", "all enabled", "none read", "unknown"],
)
def test_a_check_ends_as_the_sources_are(
    metabrief: Metabrief, home: Path, keys: tuple[str, ...], code: int
) -> None:
    ended = metabrief("--home", home, "sources", "check", *keys)
    assert ended.code == code
    if code == 2:
        assert "did you mean 'outlet'?" in ended.err


@pytest.mark.parametrize(
    ("replies", "words"),
    [
        pytest.param(
            {"/robots.txt": Reply(body=b"User-agent: *\nDisallow: /")},
            ("robots.txt forbidden", "ask the site for leave"),
            id="robots forbid",
        ),
        pytest.param(
            {"/robots.txt": Reply(status=503)},
            ("robots.txt unreadable", "HTTP 503", "try again later"),
            id="robots fail",
        ),
        pytest.param({"/feed": Reply(status=410)}, ("HTTP 410", "look for the new one on http"), id="gone"),
        pytest.param({"/feed": Reply(status=403)}, ("HTTP 403", "refuses us"), id="refused"),
        pytest.param(
            {"/feed": Reply(body=b"<html><body>Welcome")}, ("not a feed", "feed link"), id="a page instead"
        ),
    ],
)
def test_a_check_says_what_is_wrong_and_what_to_do(
    metabrief: Metabrief, home: Path, outlet: Outlet, replies: dict[str, Reply], words: tuple[str, ...]
) -> None:
    outlet.site.replies |= replies
    ended = metabrief("--home", home, "sources", "check", "outlet")
    assert "outlet: failed: reached; " in ended.out
    assert all(word in ended.out for word in words), ended.out
    assert len(ended.out.splitlines()) <= 3


def test_a_dead_article_is_named_and_its_source_is_none_the_worse(
    metabrief: Metabrief, home: Path, outlet: Outlet
) -> None:
    outlet.site.replies["/lantern-hall"] = Reply(status=404)
    ended = metabrief("--home", home, "sources", "check", "outlet")
    assert ended.code == 0
    assert "outlet: reads: reached; robots.txt allowed; feed of 2 entries" in ended.out
    assert f"pages failed: 1 of 2 ({outlet.site.url('/lantern-hall')}: HTTP 404" in ended.out
    assert "characters: Glass Harbour" in ended.out
    assert "look for the new one" not in ended.out
    assert "1 of 1 sources can be read" in ended.out


@pytest.mark.parametrize(
    ("replies", "words"),
    [
        pytest.param(
            {"/feed": Reply(body=b'<rss version="2.0"><channel/></rss>')}, ("names no article",), id="empty"
        ),
        pytest.param(
            {"/lantern-hall": Reply(status=500), "/glass-harbour": Reply(status=404)},
            (
                "pages failed: 2 of 2",
                "/lantern-hall: HTTP 500",
                "/glass-harbour: HTTP 404",
                "try again later",
            ),
            id="no article can be read",
        ),
    ],
)
def test_a_list_that_leads_to_no_article_reads_and_needs_a_person(
    metabrief: Metabrief, home: Path, outlet: Outlet, replies: dict[str, Reply], words: tuple[str, ...]
) -> None:
    outlet.site.replies |= replies
    ended = metabrief("--home", home, "sources", "check", "outlet")
    assert ended.code == 3
    assert "outlet: reads: reached; " in ended.out
    assert all(word in ended.out for word in words), ended.out


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://127.0.0.1:9/feed", ("connection refused", "try again later")),
        ("https://nowhere.invalid/feed", ("name does not resolve", "how the host is spelt")),
        ("http://10.0.0.1/feed", ("private address", "allow_private")),
    ],
)
def test_a_site_that_is_not_reached_is_said_so(
    metabrief: Metabrief, tmp_path: Path, address: str, words: tuple[str, ...]
) -> None:
    home = newsroom(tmp_path / "newsroom", source("away", feed=address))
    ended = metabrief("--home", home, "sources", "check")
    assert ended.code == 1
    assert "away: failed: not reached; " in ended.out
    assert all(word in ended.out for word in words)


def test_a_check_as_json_names_every_finding(metabrief: Metabrief, home: Path) -> None:
    rows = listed(metabrief("--home", home, "sources", "check", "--json"))
    good = rows["outlet"]
    assert good.pop("article")["title"] == "Lantern Hall"
    assert good == {
        "key": "outlet",
        "ok": True,
        "reached": True,
        "robots": "allowed",
        "form": "feed",
        "entries": 2,
        "newest": "2022-02-21T09:00:00+00:00",
        "failed_pages": [],
        "error": None,
        "advice": None,
    }
    assert rows["gone"]["error"] == "HTTP 404"
    assert rows["gone"]["article"] is None
