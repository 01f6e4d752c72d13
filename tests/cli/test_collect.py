"""No enabled source goes unsaid when there is something to say of it."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Metabrief
from tests.cli.sites import site
from tests.jobs.rooms import furnish

UNCLOSED = b"<rss version='2.0'><channel>" + b"<a>" * 10_000


def test_a_feed_that_names_nothing_is_told_of(metabrief: Metabrief, tmp_path: Path) -> None:
    with site("application/rss+xml", UNCLOSED) as address:
        ended = metabrief("--home", furnish(tmp_path / "room", sources=address), "collect")
    assert ": 0 entries, 0 new articles" in ended.out
