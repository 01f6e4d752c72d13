"""Newsrooms to look over: healthy unless a test changes something."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.app import Newsroom, open_newsroom
from pipeline.doctor.finding import Finding, Level
from pipeline.doctor.looking import open_to_look
from pipeline.model import Article

NOW = datetime(2022, 2, 22, 6, 5, tzinfo=UTC)
SLOT = "2022-02-22T06:00"
"""The newest slot then: eight hours and five minutes ago."""

_TABLES: dict[str, dict[str, Any]] = {
    "publisher": {
        "name": "Lantern Press",
        "postal_address": "12 Lantern Lane, Shanghai 200000",
        "contact": "editor@lantern.press",
        "site_url": "https://news.lantern.press",
    },
    "delivery": {"transport": "outbox"},
    "sources": {"shipped": False},
}
_NEWSLETTER = {
    "key": "daily",
    "title": "China Metaverse Daily",
    "schedule": "0 6 * * *",
    "timezone": "Asia/Shanghai",
}
SMTP = {
    "host": "127.0.0.1",
    "port": 25,
    "tls": "none",
    "from_address": "brief@lantern.press",
    "return_path_domain": "bounces.lantern.press",
}
SOURCES = """
[[source]]
key = "{0}"
name = "{0}"
home = "https://{0}.example"
language = "en"
feed = "https://{0}.example/rss"
"""


def write(home: Path, *, sources: Iterable[str] = ("harbour",), **changes: dict[str, Any]) -> Path:
    """Write a newsroom's configuration; each change is laid over the table of its name."""
    tables = {name: _TABLES.get(name, {}) | changes.get(name, {}) for name in (*_TABLES, *changes)}
    tables["[newsletter]"] = _NEWSLETTER
    lines = [
        line
        for name, table in tables.items()
        for line in (
            f"[{name}]",
            *(f"{key} = {json.dumps(value)}" for key, value in table.items() if value is not None),
        )
    ]
    home.mkdir(parents=True, exist_ok=True)
    (home / "metabrief.toml").write_text("\n".join(lines), encoding="utf-8")
    (home / "sources.toml").write_text("".join(SOURCES.format(key) for key in sources), encoding="utf-8")
    return home


def by_smtp(home: Path, *, port: int = 25, delivery: dict[str, Any] | None = None, **smtp: Any) -> Path:
    """Write a newsroom that mails over a relay."""
    return write(home, delivery={"transport": "smtp"} | (delivery or {}), smtp=SMTP | {"port": port} | smtp)


@contextmanager
def at_work(home: Path) -> Iterator[Newsroom]:
    """Open a newsroom as every other command does: its database is made, and may be written."""
    with open_newsroom(home, clock=lambda: NOW) as newsroom:
        yield newsroom


@contextmanager
def looked_at(home: Path) -> Iterator[Newsroom]:
    """Open a newsroom as it is."""
    with open_to_look(home, clock=lambda: NOW) as newsroom:
        yield newsroom


def messages(found: Iterable[Finding], level: Level | None = None) -> list[str]:
    """Return what was found, or what was found of one level; whatever is not well says what to do."""
    kept = list(found)
    assert all(finding.remedy for finding in kept if finding.level is not Level.OK)
    return [finding.message for finding in kept if level in (None, finding.level)]


def article(key: str, *, at: datetime) -> Article:
    """Return an article that a source published at a moment."""
    return Article(
        url=f"https://{key}.example/1",
        source=key,
        title="A headset",
        text="",
        language="en",
        published=at,
        first_seen=at,
        fetched_at=at,
        digest="",
    )
