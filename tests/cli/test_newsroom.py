"""init: a newsroom that works as it stands."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest

from tests.cli.conftest import Metabrief


def test_init_makes_a_newsroom_that_opens(metabrief: Metabrief, tmp_path: Path) -> None:
    home = tmp_path / "room"
    assert metabrief("init", home).code == 0
    assert {path.name for path in home.iterdir()} == {
        "metabrief.toml",
        "sources.toml",
        "lexicon.toml",
        "templates",
    }
    assert metabrief("--home", home, "issues", "list").code == 0


def test_init_writes_a_daily_and_a_weekly(metabrief: Metabrief, tmp_path: Path) -> None:
    metabrief("init", tmp_path / "room")
    table = tomllib.loads((tmp_path / "room" / "metabrief.toml").read_text(encoding="utf-8"))
    assert [(each["key"], each["period"]) for each in table["newsletter"]] == [
        ("daily", "day"),
        ("weekly", "week"),
    ]


def test_init_takes_answers_as_flags(metabrief: Metabrief, tmp_path: Path) -> None:
    home = tmp_path / "room"
    metabrief("init", home, "--name", 'The "Quoted" 通讯', "--postal-address", "5 Real Road, Berlin", "--contact", "me@x.example",
              "--timezone", "Europe/Berlin", "--language", "zh")  # fmt: skip
    table = tomllib.loads((home / "metabrief.toml").read_text(encoding="utf-8"))
    assert table["publisher"]["name"] == 'The "Quoted" 通讯'
    assert table["newsletter"][0]["timezone"] == "Europe/Berlin"


def test_init_leaves_an_existing_newsroom_alone(metabrief: Metabrief, tmp_path: Path) -> None:
    home = tmp_path / "room"
    metabrief("init", home)
    before = (home / "metabrief.toml").read_text(encoding="utf-8")
    ended = metabrief("init", home, "--name", "Another")
    assert ended.code == 2
    assert (home / "metabrief.toml").read_text(encoding="utf-8") == before


def test_init_refuses_a_wrong_answer_before_it_writes(metabrief: Metabrief, tmp_path: Path) -> None:
    ended = metabrief("init", tmp_path / "room", "--timezone", "Mars/Base")
    assert ended.code == 2
    assert "Mars/Base" in ended.err
    assert not (tmp_path / "room").exists()


def test_the_sample_address_is_refused_by_smtp(
    metabrief: Metabrief, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    metabrief("init", tmp_path / "room")
    for key, value in {"DELIVERY__TRANSPORT": "smtp", "SMTP__HOST": "127.0.0.1", "SMTP__PORT": "25", "PUBLISHER__SITE_URL": "https://x.example",
                       "SMTP__FROM_ADDRESS": "a@x.example", "SMTP__RETURN_PATH_DOMAIN": "x.example"}.items():  # fmt: skip
        monkeypatch.setitem(os.environ, f"METABRIEF_{key}", value)
    ended = metabrief("--home", tmp_path / "room", "issues", "list")
    assert ended.code == 2
    assert "postal_address is still the sample" in ended.err


def test_init_asks_its_answers_and_not_the_environment(
    metabrief: Metabrief, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("METABRIEF_DELIVERY__TRANSPORT", "smtp")
    assert metabrief("init", tmp_path / "room").code == 0
