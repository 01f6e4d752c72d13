"""preview: the page as a person opens it, and the files it writes."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import SETTINGS, Metabrief, add_settings, metabrief
from tests.jobs.newsroom import desk

__all__ = ["metabrief"]


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """Return a newsroom with one issue."""
    with desk(tmp_path, "ann@a.example"):
        return tmp_path


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_preview_serves_the_newest_issue_until_it_is_told_to_end(room: Path, number: signal.Signals) -> None:
    program = str(Path(sys.executable).with_name("metabrief"))
    command = [program, "--home", str(room), "preview", "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        said = running.stdout.readline()
        found = re.fullmatch(
            r"preview of issue 1 at (http://127\.0\.0\.1:\d+/issues/1) — Ctrl-C ends it\n", said
        )
        assert found is not None, said
        assert "VR in Shanghai" in httpx.get(found[1], trust_env=False).text
        running.send_signal(number)
        assert running.stdout.read() == "ended as asked\n"
        assert running.stderr.read() == ""
    assert running.returncode == 0


@pytest.mark.parametrize("is_configured", [True, False])
def test_a_port_in_use_is_named_with_the_way_out(
    metabrief: Metabrief, room: Path, is_configured: bool
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        if is_configured:
            add_settings(room, f"\n[desk]\nport = {port}\n")
        words = () if is_configured else ("--port", str(port))
        ended = metabrief("--home", room, "preview", *words)
    assert ended.code == 1
    assert f"127.0.0.1:{port}" in ended.err
    assert "--port" in ended.err
    assert ended.err.count("\n") == 1


def test_no_issue_yet_is_said_in_one_line(metabrief: Metabrief, tmp_path: Path) -> None:
    (tmp_path / "metabrief.toml").write_text(SETTINGS, encoding="utf-8")
    ended = metabrief("--home", tmp_path, "preview")
    assert ended.code == 1
    assert "there is no issue yet" in ended.err
    assert ended.err.count("\n") == 1


def test_an_issue_that_is_not_there_is_not_served(metabrief: Metabrief, room: Path) -> None:
    ended = metabrief("--home", room, "preview", "7", "--port", "0")
    assert ended.code == 1
    assert "there is no issue 7" in ended.err


def test_a_port_for_files_is_wrong_use(metabrief: Metabrief, room: Path, tmp_path: Path) -> None:
    ended = metabrief("--home", room, "preview", "--port", "0", "--export", tmp_path / "files")
    assert ended.code == 2
    assert not (tmp_path / "files").exists()


def test_files_are_written_and_nothing_is_served(metabrief: Metabrief, room: Path, tmp_path: Path) -> None:
    ended = metabrief("--home", room, "preview", "--export", tmp_path / "files")
    assert ended.code == 0
    assert {path.name for path in (tmp_path / "files").iterdir()} == {
        f"daily-2022-02-22T0600.{form}" for form in ("en.html", "en.txt", "en.eml", "en.md", "json")
    }
