"""The database is looked at as it is: gone, foreign, old, damaged or well; and so is the clock."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.doctor.database import clock, journal, opening, wholeness
from pipeline.doctor.finding import Level
from pipeline.errors import StoreError
from pipeline.store import articles
from pipeline.store.database import HEAD
from tests.doctor.rooms import NOW, at_work, looked_at, messages, write

MUCH = """
CREATE TABLE much AS
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 20000) SELECT i, hex(randomblob(50)) AS t FROM n
"""


def made(home: Path) -> Path:
    """Make a newsroom with its database and return that database's file."""
    with at_work(write(home)) as newsroom:
        assert newsroom.suppression_key
    return home / "data" / "metabrief.db"


def statement(file: Path, sql: str) -> None:
    connection = sqlite3.connect(file)
    connection.execute(sql)
    connection.commit()
    connection.close()


def test_a_sound_database_is_well(tmp_path: Path) -> None:
    made(tmp_path)
    with looked_at(tmp_path) as newsroom:
        found = [*opening(newsroom), *wholeness(newsroom), *journal(newsroom)]
    assert {finding.level for finding in found} == {Level.OK}
    assert len(found) == 3


def test_looking_changes_nothing(tmp_path: Path) -> None:
    file = made(tmp_path)
    statement(file, "PRAGMA journal_mode=DELETE")
    before = file.read_bytes()
    with looked_at(tmp_path) as newsroom:
        assert [*opening(newsroom), *wholeness(newsroom), *journal(newsroom), *clock(newsroom)]
        with pytest.raises(StoreError, match="readonly"), newsroom.database.write() as connection:
            articles.note_read(connection, "harbour", error=None, now=NOW)
    assert file.read_bytes() == before


def test_a_new_newsroom_has_no_database_and_looking_makes_none(tmp_path: Path) -> None:
    with looked_at(write(tmp_path)) as newsroom:
        assert "there is no database yet" in messages(opening(newsroom), Level.WARNING)[0]
    assert not (tmp_path / "data").exists()


def test_a_database_that_goes_meanwhile_is_not_made(tmp_path: Path) -> None:
    made(tmp_path)
    with looked_at(tmp_path) as newsroom:
        (tmp_path / "data" / "metabrief.db").unlink()
        with pytest.raises(StoreError, match="unable to open"):
            newsroom.database.version()
    assert not (tmp_path / "data" / "metabrief.db").exists()


def test_a_lost_database_is_a_problem(tmp_path: Path) -> None:
    made(tmp_path).unlink()
    with looked_at(tmp_path) as newsroom:
        assert (
            "is gone, though this newsroom has been at work" in messages(opening(newsroom), Level.PROBLEM)[0]
        )


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    made(tmp_path).write_text("once upon a time" * 100, encoding="utf-8")
    with looked_at(tmp_path) as newsroom, pytest.raises(StoreError, match="not a database"):
        list(opening(newsroom))


@pytest.mark.parametrize(
    ("version", "level", "words"),
    [
        ("0000", Level.WARNING, f"this program's is {HEAD}"),
        ("9999", Level.PROBLEM, "a newer metabrief"),
    ],
)
def test_another_schema_is_told_and_left_as_it_is(
    tmp_path: Path, version: str, level: Level, words: str
) -> None:
    file = made(tmp_path)
    statement(file, f"UPDATE alembic_version SET version_num = '{version}'")  # noqa: S608  ours
    with looked_at(tmp_path) as newsroom:
        assert words in messages(opening(newsroom), level)[0]
        assert newsroom.database.version() == version


def test_an_empty_file_has_no_schema_yet(tmp_path: Path) -> None:
    file = made(tmp_path)
    file.write_bytes(b"")
    with looked_at(tmp_path) as newsroom:
        assert "has schema none" in messages(opening(newsroom), Level.WARNING)[0]


@pytest.mark.parametrize("first", [pytest.param(3, id="of the schema"), pytest.param(-20, id="of a table")])
def test_damaged_pages_are_a_problem(tmp_path: Path, first: int) -> None:
    file = made(tmp_path)
    statement(file, MUCH)
    content = bytearray(file.read_bytes())
    for page in range(4096 * first % len(content), len(content), 4096):
        content[page : page + 200] = b"\xa5" * 200
    file.write_bytes(content)
    with looked_at(tmp_path) as newsroom:
        found = messages(wholeness(newsroom), Level.PROBLEM)
    assert len(found) == 1
    assert found[0].startswith("it is damaged: ")


def test_a_look_through_a_large_database_ends_in_time(tmp_path: Path) -> None:
    statement(made(tmp_path), MUCH)
    with looked_at(tmp_path) as newsroom:
        assert "it is too large" in messages(wholeness(newsroom, seconds=0), Level.OK)[0]


def test_another_mode_than_wal_is_doubtful(tmp_path: Path) -> None:
    statement(made(tmp_path), "PRAGMA journal_mode=DELETE")
    with looked_at(tmp_path) as newsroom:
        assert "it is in delete mode" in messages(journal(newsroom), Level.WARNING)[0]


@pytest.mark.parametrize(
    ("ahead", "level"), [(timedelta(minutes=4), Level.OK), (timedelta(minutes=6), Level.PROBLEM)]
)
def test_a_clock_behind_what_was_written_down_is_a_problem(
    tmp_path: Path, ahead: timedelta, level: Level
) -> None:
    with at_work(write(tmp_path)) as newsroom:
        with newsroom.database.write() as connection:
            articles.note_read(connection, "harbour", error=None, now=NOW + ahead)
        found = list(clock(newsroom))
    assert [finding.level for finding in found] == [level]
    if level is Level.OK:
        assert found[0].message == "it is 2022-02-22 06:05 UTC, 14:05 in Asia/Shanghai"


def test_an_absent_postgresql_is_told_soon(tmp_path: Path) -> None:
    home = write(tmp_path, database={"url": "postgresql://press:hunter2@127.0.0.1:1/press"})
    with looked_at(home) as newsroom, pytest.raises(StoreError, match="database postgresql") as caught:
        list(opening(newsroom))
    assert "hunter2" not in str(caught.value)
