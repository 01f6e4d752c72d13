"""A newsroom is found, opened and keeps its keys."""

from __future__ import annotations

import stat
import threading
from datetime import UTC
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline.app import find_home, open_newsroom, utc_now
from pipeline.errors import ConfigurationError, StoreError
from subscribers.suppression import suppress

TOML = """
[publisher]
name = "Press"
postal_address = "12 Lantern Street"
contact = "a@x.example.com"
[[newsletter]]
key = "daily"
title = "Daily"
schedule = "0 6 * * *"
timezone = "Asia/Shanghai"
[sources]
shipped = false
"""


def newsroom_in(folder: Path, more: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "metabrief.toml").write_text(TOML + more)
    return folder


def test_a_newsroom_is_found_from_any_folder_within(tmp_path: Path) -> None:
    home = newsroom_in(tmp_path / "outer")
    inner = newsroom_in(home / "inner")
    deep = inner / "a" / "b"
    deep.mkdir(parents=True)
    assert find_home(deep) == inner
    assert find_home(inner) == inner
    assert find_home(home) == home


def test_outside_a_newsroom_the_way_to_one_is_told(tmp_path: Path) -> None:
    (tmp_path / "metabrief.toml").mkdir()  # a folder of that name is none
    with pytest.raises(ConfigurationError, match="make one with: metabrief init DIR"):
        find_home(tmp_path)


@pytest.mark.parametrize("name", ["plain", "with space", "what?x=1", "50%25#1", "元宇宙"])
def test_the_database_lies_in_the_newsroom_whatever_its_name(tmp_path: Path, name: str) -> None:
    home = newsroom_in(tmp_path / name)
    with open_newsroom(home) as newsroom, newsroom.database.read() as connection:
        assert connection.execute(sa.text("SELECT 1")).scalar() == 1
    assert (home / "data" / "metabrief.db").is_file()
    assert {path.name for path in tmp_path.iterdir()} == {name}


def test_an_absolute_database_address_is_taken_as_it_is(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.db"
    home = newsroom_in(tmp_path / "home", f'[database]\nurl = "sqlite:///{elsewhere}"\n')
    with open_newsroom(home):
        pass
    assert elsewhere.is_file()
    assert not (home / "data").exists()


@pytest.mark.parametrize("url", ["nonsense", "postgresql://h:port/d", "mysql://h/d"])
def test_a_wrong_database_address_is_a_configuration_error(tmp_path: Path, url: str) -> None:
    home = newsroom_in(tmp_path, f'[database]\nurl = "{url}"\n')
    with pytest.raises(ConfigurationError, match=r"\[database\] url"), open_newsroom(home):
        pass


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    with open_newsroom(newsroom_in(tmp_path)) as newsroom:
        first, path = newsroom.suppression_key, newsroom.return_path_key
    with open_newsroom(tmp_path) as newsroom:
        assert (newsroom.suppression_key, newsroom.return_path_key) == (first, path)
    assert len(first) == len(path) == 32
    assert first != path
    keys = tmp_path / "data" / "keys"
    assert {file.name for file in keys.iterdir()} == {"suppression", "return-path"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in keys.iterdir()} == {0o600}
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700


def test_several_at_once_make_one_key(tmp_path: Path) -> None:
    found: list[bytes] = []
    ready = threading.Barrier(8)
    with open_newsroom(newsroom_in(tmp_path)) as newsroom:

        def read() -> None:
            ready.wait()
            found.append(newsroom.return_path_key)

        threads = [threading.Thread(target=read) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert [file.name for file in (tmp_path / "data" / "keys").iterdir()] == ["return-path"]


@pytest.mark.parametrize("content", ["", "abcd", "not hex at all", "ab" * 31])
def test_a_damaged_key_is_told_and_never_used(tmp_path: Path, content: str) -> None:
    with open_newsroom(newsroom_in(tmp_path)) as newsroom:
        assert newsroom.suppression_key
        key = tmp_path / "data" / "keys" / "suppression"
        key.write_text(content)
        with pytest.raises(StoreError, match="restore it") as caught:
            _ = newsroom.suppression_key
        assert key.read_text() == content
    assert "\n" not in str(caught.value)


def test_a_lost_suppression_key_is_not_made_anew_while_people_are_suppressed(tmp_path: Path) -> None:
    with open_newsroom(newsroom_in(tmp_path)) as newsroom:
        assert newsroom.suppression_key
        (tmp_path / "data" / "keys" / "suppression").unlink()
        with newsroom.database.write() as connection:
            suppress(connection, "hash", reason="left", now=utc_now())
        with pytest.raises(StoreError, match="is gone; restore it from the backup"):
            _ = newsroom.suppression_key


def test_the_newsrooms_own_sources_are_read(tmp_path: Path) -> None:
    home = newsroom_in(tmp_path)
    with open_newsroom(home) as newsroom:
        assert newsroom.sources == ()
    (home / "sources.toml").write_text(
        '[[source]]\nkey = "x"\nname = "X"\nhome = "https://x.example"\nlanguage = "en"\n'
        'feed = "https://x.example/rss"\n'
    )
    with open_newsroom(home) as newsroom:
        assert [source.key for source in newsroom.sources] == ["x"]


def test_the_clock_tells_utc() -> None:
    assert utc_now().tzinfo is UTC
