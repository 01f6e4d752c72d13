"""How the sources fare, as the last collect left them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from pipeline.app import Newsroom
from pipeline.doctor.finding import Level
from pipeline.doctor.press import sources
from pipeline.store import articles
from tests.doctor.rooms import NOW, article, at_work, messages, write

FOUR = ("harbour", "gantry", "salt", "wire")


def read(newsroom: Newsroom, *keys: str, error: str | None = None) -> None:
    """Let sources have been read just now, each with an article, or with an error."""
    with newsroom.database.write() as connection:
        for key in keys:
            articles.keep_article(connection, article(key, at=NOW))
            articles.note_read(connection, key, error=error, now=NOW)


def test_sources_that_were_read_are_well(tmp_path: Path) -> None:
    with at_work(write(tmp_path, sources=FOUR)) as newsroom:
        read(newsroom, *FOUR)
        found = list(sources(newsroom))
    assert messages(found) == ["4 enabled, 4 read well the last time"]
    assert found[0].level is Level.OK


def test_a_newsroom_without_sources_is_a_problem(tmp_path: Path) -> None:
    with at_work(write(tmp_path, sources=())) as newsroom:
        assert messages(sources(newsroom), Level.PROBLEM) == ["no source is enabled"]


def test_a_source_that_failed_is_named_with_its_reason(tmp_path: Path) -> None:
    with at_work(write(tmp_path, sources=FOUR)) as newsroom:
        read(newsroom, *FOUR)
        read(newsroom, "salt", error="HTTP 500")
        found = list(sources(newsroom))
    assert messages(found, Level.WARNING) == ["salt: HTTP 500"]
    assert found[-1].remedy == "metabrief sources check salt"


def test_sources_that_failed_alike_are_named_together(tmp_path: Path) -> None:
    with at_work(write(tmp_path, sources=FOUR)) as newsroom:
        read(newsroom, "harbour", "salt", error="name does not resolve")
        read(newsroom, "wire", error="HTTP 500")
        found = messages(sources(newsroom), Level.WARNING)
    assert found[-2:] == ["harbour, salt: name does not resolve", "wire: HTTP 500"]


def test_fewer_than_half_are_a_problem_and_half_is_not(tmp_path: Path) -> None:
    with at_work(write(tmp_path, sources=FOUR)) as newsroom:
        read(newsroom, *FOUR)
        read(newsroom, "salt", "wire", error="timed out")
        assert messages(sources(newsroom), Level.PROBLEM) == []
        read(newsroom, "gantry", error="timed out")
        assert "only 1 of 4" in messages(sources(newsroom), Level.PROBLEM)[0]


def test_the_half_is_of_those_that_were_tried(tmp_path: Path) -> None:
    with at_work(write(tmp_path, sources=(*FOUR, "e", "f", "g"))) as newsroom:
        read(newsroom, "harbour")
        read(newsroom, "salt", "wire", error="timed out")
        assert "only 1 of 3" in messages(sources(newsroom), Level.PROBLEM)[0]


def test_sources_never_read_are_doubtful_and_not_counted_as_failed(tmp_path: Path) -> None:
    with at_work(write(tmp_path, sources=(*FOUR, "e", "f", "g"))) as newsroom:
        read(newsroom, "harbour")
        found = list(sources(newsroom))
    assert messages(found, Level.PROBLEM) == []
    assert messages(found, Level.WARNING) == ["6 never read yet: gantry, salt, wire, e, f and 1 more"]


def test_a_source_that_has_fallen_silent_is_doubtful(tmp_path: Path) -> None:
    with at_work(write(tmp_path, sources=("harbour",))) as newsroom:
        with newsroom.database.write() as connection:
            articles.keep_article(connection, article("harbour", at=NOW - timedelta(days=15)))
            articles.note_read(connection, "harbour", error=None, now=NOW)
        assert "harbour: read well, but nothing new" in messages(sources(newsroom), Level.WARNING)[0]
