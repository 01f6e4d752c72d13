"""A newsroom that reads the sample press over real HTTP, and the command line as a person uses it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli import main
from pipeline.demo.press import Press, serve, sources_toml
from pipeline.demo.sample import load_press, newsroom_folder

SETTINGS = """
[publisher]
name = "Test Press"
postal_address = "3 Test Lane, Testville 1000"
contact = "editor@test.example"

[[newsletter]]
key = "daily"
title = "Test Daily"
schedule = "0 6 * * *"
timezone = "Asia/Shanghai"

[sources]
shipped = false

[fetch]
allow_private = ["127.0.0.0/8"]
pause = "0s"
"""


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Return what it printed as JSON."""
        return json.loads(self.out)


Metabrief = Callable[..., Ended]


@pytest.fixture
def metabrief(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Metabrief:
    """Run a command as its words would be typed."""

    def run(*words: str | Path) -> Ended:
        monkeypatch.setattr(sys, "argv", ["metabrief", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        code = ended.value.code
        return Ended(code=code if isinstance(code, int) else 0, out=captured.out, err=captured.err)

    return run


@pytest.fixture
def press() -> Iterator[Press]:
    """Serve the sample press as of its first day."""
    sample = load_press(newsroom_folder())
    with serve(sample.sites[:4], sample.articles) as press:
        yield press


@pytest.fixture
def home(tmp_path: Path, press: Press) -> Path:
    """Return a newsroom of the outbox that reads the sample press."""
    folder = tmp_path / "newsroom"
    folder.mkdir()
    (folder / "metabrief.toml").write_text(SETTINGS, encoding="utf-8")
    (folder / "sources.toml").write_text(sources_toml(press), encoding="utf-8")
    return folder


def add_settings(home: Path, text: str) -> None:
    """Put more tables at the end of a newsroom's configuration."""
    path = home / "metabrief.toml"
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def change_settings(home: Path, before: str, after: str) -> None:
    """Change a line of a newsroom's configuration."""
    path = home / "metabrief.toml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")
