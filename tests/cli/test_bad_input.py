"""What a person can get wrong: one clear line that names the thing and the way out, nothing half-written."""

from __future__ import annotations

import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.cli.conftest import Ended, Metabrief, change_settings
from tests.cli.sites import site

FIRST = "2022-02-22"


def is_one_line(ended: Ended) -> bool:
    """Say whether the error is one line without a traceback."""
    return ended.err.startswith("metabrief: ") and ended.err.count("\n") == 1 and "Traceback" not in ended.err


def add_source(home: Path, address: str) -> None:
    table = f'\n[[source]]\nkey = "odd"\nname = "Odd"\nhome = "{address}"\nlanguage = "en"\nfeed = "{address}/feed"\n'
    with (home / "sources.toml").open("a", encoding="utf-8") as file:
        file.write(table)


def test_a_wrong_key_names_the_nearest(metabrief: Metabrief, home: Path) -> None:
    change_settings(home, "postal_address", "postal_adress")
    ended = metabrief("--home", home, "run", "daily", "--slot", FIRST)
    assert ended.code == 2
    assert "'postal_address'" in ended.err
    assert is_one_line(ended)


def test_a_broken_template_names_its_file_and_line_and_makes_no_issue(
    metabrief: Metabrief, home: Path
) -> None:
    own = home / "templates" / "issue"
    own.mkdir(parents=True)
    (own / "issue.mjml.j2").write_text("<mjml>\n{% for %}\n</mjml>", encoding="utf-8")
    ended = metabrief("--home", home, "run", "daily", "--slot", FIRST)
    assert ended.code == 1
    assert "issue.mjml.j2, line 2" in ended.err
    assert is_one_line(ended)
    assert metabrief("--home", home, "issues", "list", "--json").json == []


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        pytest.param(
            "issue/item.mjml.j2", b"\xff\xfe\x80", "issue/item.mjml.j2: not UTF-8", id="no text, included"
        ),
        pytest.param("issue/item.mjml.j2", b"<mj-bogus>x</mj-bogus>", "mj-bogus", id="an unknown tag"),
        pytest.param("phrases/en.toml", b"opening = ", "phrases/en.toml", id="broken phrases"),
    ],
)
def test_an_unreadable_template_is_named_and_nothing_is_made(
    metabrief: Metabrief, home: Path, file: str, content: bytes, words: str
) -> None:
    own = home / "templates" / file
    own.parent.mkdir(parents=True)
    own.write_bytes(content)
    ended = metabrief("--home", home, "run", "daily", "--slot", FIRST)
    assert ended.code == 1
    assert words in ended.err
    assert is_one_line(ended)
    assert metabrief("--home", home, "issues", "list", "--json").json == []


def test_a_feed_with_entities_of_its_own_is_not_read(metabrief: Metabrief, home: Path) -> None:
    bomb = b'<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss version="2.0"><channel><item><title>&b;</title></item></channel></rss>'
    with site("application/rss+xml", bomb) as address:
        add_source(home, address)
        ended = metabrief("--home", home, "collect")
    assert "odd: failed:" in ended.out
    assert "entities of its own" in ended.out


def test_a_feed_that_is_html_harms_no_other_source(metabrief: Metabrief, home: Path) -> None:
    with site("text/html", b"<!doctype html><html><body><p>Welcome</p></body></html>") as address:
        add_source(home, address)
        ended = metabrief("--home", home, "run", "daily", "--slot", FIRST)
    assert ended.code == 0
    assert "odd: failed:" in ended.out
    assert "not a feed" in ended.out
    assert len(metabrief("--home", home, "issues", "show", "latest", "--json").json["items"]) > 5


def test_a_page_of_20_megabytes_is_passed_over_with_its_reason(metabrief: Metabrief, home: Path) -> None:
    with site("text/html", b"<p>" + b"x" * 20_000_000) as address:
        add_source(home, address)
        ended = metabrief("--home", home, "run", "daily", "--slot", FIRST)
    assert ended.code == 0
    assert "odd: failed: larger than 5 MB" in ended.out


def test_a_port_in_use_is_named(metabrief: Metabrief, tmp_path: Path) -> None:
    taken = ThreadingHTTPServer(("127.0.0.11", 0), BaseHTTPRequestHandler)
    port = taken.server_address[1]
    ended = metabrief("demo", "--keep", tmp_path / "demo", "--port", str(port))
    taken.server_close()
    assert ended.code == 1
    assert f"127.0.0.11:{port}" in ended.err
    assert is_one_line(ended)


def test_a_folder_of_others_is_not_cleared_by_the_demo(metabrief: Metabrief, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("four years of work", encoding="utf-8")
    ended = metabrief("demo", "--keep", tmp_path)
    assert ended.code == 2
    assert is_one_line(ended)
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "four years of work"


@pytest.mark.parametrize(
    "words", [("issues", "list"), ("run", "daily"), ("subscribers", "list"), ("collect",)]
)
def test_outside_a_newsroom_the_way_to_one_is_shown(
    metabrief: Metabrief, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = metabrief(*words)
    assert ended.code == 2
    assert "metabrief init" in ended.err
    assert is_one_line(ended)


def test_a_folder_that_cannot_be_written_is_named(metabrief: Metabrief, home: Path) -> None:
    (home / "data").write_text("a file where the folder should be", encoding="utf-8")
    ended = metabrief("--home", home, "issues", "list")
    assert ended.code == 1
    assert str(home / "data") in ended.err
    assert is_one_line(ended)


def test_an_export_to_an_impossible_place_is_named(metabrief: Metabrief, home: Path, tmp_path: Path) -> None:
    metabrief("--home", home, "collect")
    metabrief("--home", home, "compose", "daily", "--slot", FIRST)
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    ended = metabrief("--home", home, "preview", "--export", blocked)
    assert ended.code == 1
    assert str(blocked) in ended.err
    assert is_one_line(ended)


@pytest.mark.parametrize("words", [["--help"], ["sources", "list"], ["sources", "list", "--json"]])
def test_output_that_finds_no_room_is_told(home: Path, words: list[str]) -> None:
    program = Path(sys.executable).parent / "metabrief"
    with Path("/dev/full").open("w") as full:
        command = [str(program), "--home", str(home), *words]
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert "what is printed cannot be read or written: No space left" in ended.stderr
