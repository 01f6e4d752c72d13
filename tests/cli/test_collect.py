"""collect: asks again only for what changed, and one bad page or source harms no other."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Metabrief
from tests.cli.outlet import Outlet, newsroom, open_outlet, source
from tests.fetch.conftest import Reply

SLOT = "2022-02-22"
CACHE = Path("data", "http-cache", "answers.db")


@pytest.fixture
def outlet() -> Iterator[Outlet]:
    """Give an outlet with one good article."""
    with open_outlet() as running:
        running.add("Lantern Hall")
        yield running


@pytest.fixture
def home(tmp_path: Path, outlet: Outlet) -> Path:
    """Return a newsroom that reads the outlet and may reach nothing else."""
    return newsroom(tmp_path / "newsroom", outlet.source(), allow=f"127.0.0.1:{outlet.site.port}")


def test_a_second_collect_transfers_no_body(metabrief: Metabrief, home: Path, outlet: Outlet) -> None:
    assert "1 new articles" in metabrief("--home", home, "collect").out
    again = metabrief("--home", home, "collect")
    assert again.code == 0
    assert "1 of 1 sources read, 0 new articles" in again.out
    assert outlet.answers() == [200, 304]


def test_a_changed_feed_brings_its_new_entries(metabrief: Metabrief, home: Path, outlet: Outlet) -> None:
    metabrief("--home", home, "collect")
    outlet.add("Glass Harbour")
    assert "1 new articles" in metabrief("--home", home, "collect").out
    assert outlet.answers() == [200, 200]


def test_a_failed_page_is_tried_again_though_the_feed_is_unchanged(
    metabrief: Metabrief, home: Path, outlet: Outlet
) -> None:
    outlet.add("Glass Harbour", page=Reply(status=503))
    assert "HTTP 503" in metabrief("--home", home, "collect").out
    outlet.mend("Glass Harbour")
    assert "1 new articles" in metabrief("--home", home, "collect").out
    assert outlet.answers() == [200, 304]


def test_a_page_that_fails_again_and_again_is_not_sent_each_time(
    metabrief: Metabrief, home: Path, outlet: Outlet
) -> None:
    outlet.add("Glass Harbour", page=Reply(body=b"<p>Soon.</p>", etag='"soon"'))
    for _ in range(3):
        assert "no article text" in metabrief("--home", home, "collect").out
    assert outlet.answers("/glass-harbour") == [200, 200, 304]


def test_a_cache_that_is_broken_ends_no_run(metabrief: Metabrief, home: Path) -> None:
    (home / CACHE).mkdir(parents=True)
    ended = metabrief("--home", home, "collect")
    assert ended.code == 0
    assert "1 new articles" in ended.out


def test_a_recording_holds_whole_answers_and_a_replay_keeps_none(
    metabrief: Metabrief, home: Path, outlet: Outlet, tmp_path: Path
) -> None:
    metabrief("--home", home, "collect")
    recording = tmp_path / "day.warc.gz"
    assert metabrief("--home", home, "collect", "--record", recording).code == 0
    assert outlet.answers() == [200, 200]
    twin = newsroom(tmp_path / "twin", outlet.source())
    assert metabrief("--home", twin, "collect", "--replay", recording).code == 0
    assert not (twin / CACHE).exists()


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        pytest.param(Reply(body=b"<div>" * 10_000 + b"deep"), "no article", id="nested 10,000 deep"),
        pytest.param(
            Reply(body=bytes(range(256)) * 99), "the bytes are no text", id="bytes that are no text"
        ),
        pytest.param(
            Reply(body=gzip.compress(bytes(20_000_000)), headers={"Content-Encoding": "gzip"}),
            "larger than 5 MB",
            id="a gzip bomb",
        ),
        pytest.param(Reply(body=b"cut", headers={"Content-Length": "99"}), "closed connection", id="cut off"),
    ],
)
def test_a_page_that_means_harm_fails_alone_and_is_named(
    metabrief: Metabrief, home: Path, outlet: Outlet, page: Reply, reason: str
) -> None:
    assert_only_it_fails(metabrief, home, outlet.add("Glass Harbour", page=page), reason)


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "file:///etc/passwd", "http://127.0.0.1:1@evil.example/", "data:text/html,x"],
)
def test_an_entry_that_leads_off_the_web_is_named_as_the_feed_gave_it(
    metabrief: Metabrief, home: Path, outlet: Outlet, link: str
) -> None:
    assert_only_it_fails(metabrief, home, outlet.add("Glass Harbour", link=link), "address")


def test_a_redirect_to_a_private_address_is_not_followed(
    metabrief: Metabrief, home: Path, outlet: Outlet
) -> None:
    with open_outlet() as inside:
        away = Reply(status=302, headers={"Location": inside.site.url("/secret")})
        url = outlet.add("Glass Harbour", page=away)
        assert_only_it_fails(metabrief, home, url, "private address 127.0.0.1")
        assert inside.site.asked == []


def assert_only_it_fails(metabrief: Metabrief, home: Path, url: str, reason: str) -> None:
    collected = metabrief("--home", home, "collect")
    assert collected.code == 0, "the source was read"
    assert "1 new articles" in collected.out
    assert f"outlet: {url}: " in collected.out
    assert reason in collected.out
    metabrief("--home", home, "compose", "daily", "--slot", SLOT)
    left_out = metabrief("--home", home, "issues", "why", "latest", "--json").json["left_out"]
    (named,) = [out for out in left_out if out["url"] == url]
    assert named["title"] == "Glass Harbour"
    assert reason in named["why"]


@pytest.mark.parametrize("date", ["Mon, 99 Feb 2022 99:00:00 GMT", "Tue, 01 Jan 9999 00:00:00 GMT", "\u0660"])
def test_an_impossible_date_costs_no_article(
    metabrief: Metabrief, home: Path, outlet: Outlet, date: str
) -> None:
    outlet.add("Glass Harbour", date=date)
    collected = metabrief("--home", home, "collect")
    assert collected.code == 0
    assert "2 new articles" in collected.out


def test_without_a_network_every_source_is_named_and_nobody_is_mailed(
    metabrief: Metabrief, home: Path, outlet: Outlet
) -> None:
    metabrief("--home", home, "collect")
    keys = [f"source-of-a-long-name-{number}" for number in range(5)]
    tables = [source(key, feed=f"https://{key}.invalid/feed") for key in keys]
    (home / "sources.toml").write_text(outlet.source() + "".join(tables), encoding="utf-8")
    outlet.site.replies["/robots.txt"] = Reply(status=500)
    metabrief("--home", home, "subscribers", "add", "ann@test.example", "--newsletter", "daily",
              "--consent", "agreed in the test")  # fmt: skip
    ended = metabrief("--home", home, "run", "daily", "--slot", SLOT)
    assert ended.code == 3
    assert "held for thin: only 0 of 6 sources were read" in ended.out
    for key in keys:
        assert f"  {key}: failed: name does not resolve" in ended.out
    assert not (home / "outbox").exists()
    left = metabrief("--home", home, "issues", "why", "latest", "--json").json
    assert [item["headline"] for item in left["items"]] == ["Lantern Hall"], "what was read before is kept"
