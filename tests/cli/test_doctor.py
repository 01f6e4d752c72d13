"""``doctor`` as a person or cron runs it."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.app import open_newsroom, utc_now
from pipeline.doctor import records
from pipeline.store import articles
from tests.cli.conftest import Metabrief, metabrief
from tests.cli.sites import site
from tests.doctor.rooms import SMTP, article, write

__all__ = ["metabrief"]

SETTINGS = """
[publisher]
name = "Lantern Press"
postal_address = "12 Lantern Lane, Shanghai 200000"
contact = "editor@lantern.press"
site_url = "https://news.lantern.press"

[[newsletter]]
key = "daily"
title = "China Metaverse Daily"
schedule = "0 6 * * *"
timezone = "Asia/Shanghai"
min_items = 0
on_thin = "send"

[sources]
shipped = false

[fetch]
allow_private = ["127.0.0.0/8"]
"""
SOURCE = '[[source]]\nkey = "harbour"\nname = "Harbour"\nhome = "{0}"\nlanguage = "en"\nfeed = "{0}/rss"\n'
FEED = b'<rss version="2.0"><channel><title>Harbour</title></channel></rss>'


@pytest.fixture
def healthy(tmp_path: Path, metabrief: Metabrief) -> Path:
    """Return a newsroom in which all is well: a reader, a source, and today's issue."""
    with site("application/rss+xml", FEED) as address:
        (tmp_path / "metabrief.toml").write_text(SETTINGS, encoding="utf-8")
        (tmp_path / "sources.toml").write_text(SOURCE.format(address), encoding="utf-8")
        words = ("subscribers", "add", "ann@a.example", "--newsletter", "daily", "--consent", "at the desk")
        assert metabrief("--home", tmp_path, *words).code == 0
        assert metabrief("--home", tmp_path, "run", "daily").code == 0
    with open_newsroom(tmp_path) as newsroom, newsroom.database.write() as connection:
        articles.keep_article(connection, article("harbour", at=utc_now()))
    return tmp_path


def test_a_healthy_newsroom_is_well_and_quiet_says_nothing(metabrief: Metabrief, healthy: Path) -> None:
    ended = metabrief("--home", healthy, "doctor")
    assert ended.code == 0, ended.out
    assert ended.out.endswith("\nall is well\n")
    ended = metabrief("--home", healthy, "doctor", "--quiet")
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert metabrief("--home", healthy, "doctor", "--quiet", "--json").json == []


def test_warnings_are_told_and_ask_for_nobody(metabrief: Metabrief, tmp_path: Path) -> None:
    metabrief("init", tmp_path / "room")
    ended = metabrief("--home", tmp_path / "room", "doctor", "--quiet")
    assert ended.code == 0
    assert (
        "  warning  [publisher] postal_address is still the sample\n           → write your own" in ended.out
    )
    assert "  ok  " not in ended.out
    assert {path.name for path in (tmp_path / "room").iterdir()} == {
        "metabrief.toml",
        "sources.toml",
        "lexicon.toml",
        "templates",
    }


def test_a_problem_asks_for_a_person(metabrief: Metabrief, healthy: Path) -> None:
    (healthy / "data" / "keys" / "suppression").chmod(0o644)
    ended = metabrief("--home", healthy, "doctor", "--quiet")
    assert ended.code == 3
    assert ended.out.splitlines() == [
        "folder",
        "  problem  key suppression is open to others (mode 644)",
        f"           → chmod 600 {healthy / 'data' / 'keys' / 'suppression'}",
    ]
    assert metabrief("--home", healthy, "doctor").out.endswith("\n1 problem\n")


def test_json_is_a_list_of_findings(metabrief: Metabrief, tmp_path: Path) -> None:
    found = metabrief("--home", write(tmp_path), "doctor", "--json").json
    assert {tuple(finding) for finding in found} == {("topic", "level", "message", "remedy")}
    assert {finding["level"] for finding in found} == {"ok", "warning"}
    assert all(bool(finding["remedy"]) == (finding["level"] != "ok") for finding in found)


@pytest.mark.parametrize("file", ["metabrief.toml", "sources.toml", "lexicon.toml"])
def test_an_unreadable_configuration_is_one_line_and_exit_2(
    metabrief: Metabrief, tmp_path: Path, file: str
) -> None:
    metabrief("init", tmp_path / "room")
    (tmp_path / "room" / file).write_text("[[source", encoding="utf-8")
    ended = metabrief("--home", tmp_path / "room", "doctor", "--quiet")
    assert ended.code == 2
    assert ended.out == ""
    assert re.fullmatch(rf"metabrief: .*{re.escape(file)}.*\n", ended.err)


@pytest.mark.parametrize("words", [(), ("--home", "nowhere")])
def test_outside_a_newsroom_the_way_to_one_is_shown(
    metabrief: Metabrief, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = metabrief(*words, "doctor")
    assert ended.code == 2
    assert "metabrief init" in ended.err


def test_on_a_terminal_long_findings_are_folded_beside_their_level(
    metabrief: Metabrief, tmp_path: Path
) -> None:
    metabrief("init", tmp_path / "room")
    ours, theirs = pty.openpty()
    program = str(Path(sys.executable).with_name("metabrief"))
    environment = {**os.environ, "COLUMNS": "50", "TERM": "xterm", "NO_COLOR": "1"}
    command = [program, "--home", str(tmp_path / "room"), "doctor", "--quiet"]
    done = subprocess.run(command, env=environment, stdout=theirs, check=False)
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in shown.splitlines()]
    assert done.returncode == 0
    assert max(map(len, lines)) <= 50
    assert all(re.match(r"\w|  (?:warning|problem)  | {11}\S", line) for line in lines)


def test_a_newsroom_that_mails_over_a_dead_relay_asks_for_a_person(
    metabrief: Metabrief, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "system_names", lambda: None)
    write(
        tmp_path,
        publisher={"site_url": "http://127.0.0.1:1"},
        delivery={"transport": "smtp"},
        smtp=SMTP | {"port": 1},
    )
    ended = metabrief("--home", tmp_path, "doctor", "--json")
    assert ended.code == 3
    assert [finding["topic"] for finding in ended.json if finding["level"] == "problem"] == ["relay", "site"]
