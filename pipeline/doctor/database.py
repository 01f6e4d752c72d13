"""The database: whether it opens, is this program's, and is whole; and the clock, against what it remembers."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from pipeline.app import Newsroom
from pipeline.doctor.finding import Finding, ok, problem, trouble, warning
from pipeline.doctor.looking import PATIENCE_SECONDS, sqlite_file
from pipeline.errors import StoreError
from pipeline.store import standing
from pipeline.store.database import HEAD

_STEPS = 10_000
"""Of SQLite's machine between two looks at the clock: about a millisecond."""
_SLACK = timedelta(minutes=5)
"""Machines that share a database differ by less."""


def opening(newsroom: Newsroom) -> Iterator[Finding]:
    """Say whether the database opens and has this program's schema; only then is anything else looked up in it."""
    file = sqlite_file(newsroom)
    if file is not None and not file.exists():
        yield _absent(newsroom, file)
        return
    version = newsroom.database.version()
    shown = file or newsroom.database.url.render_as_string(hide_password=True).partition("?")[0]
    if version == HEAD:
        yield ok(f"{shown} answers, schema {version}")
    elif version is None or version < HEAD:
        yield warning(
            f"{shown} has schema {version or 'none'}, this program's is {HEAD}; what it holds was not looked at",
            remedy="make a backup; the next command brings it up to date, such as: metabrief issues list",
        )
    else:
        yield problem(
            f"{shown} has schema {version}, which a newer metabrief made",
            remedy=f"install that one; this one knows {HEAD}",
        )


def _absent(newsroom: Newsroom, file: Path) -> Finding:
    if (newsroom.home / "data" / "keys").exists():
        return problem(
            f"{file} is gone, though this newsroom has been at work",
            remedy="restore it from the backup first: any other command begins an empty one",
        )
    first = newsroom.settings.newsletter[0].key
    return warning(
        "there is no database yet: no reader, no issue",
        remedy=f"make a first issue: metabrief run {first}",
    )


def wholeness(newsroom: Newsroom, *, seconds: float = PATIENCE_SECONDS) -> Iterator[Finding]:
    """Let SQLite look through its pages for so many seconds; PostgreSQL sees to its own."""
    if sqlite_file(newsroom) is None:
        return
    until = time.monotonic() + seconds
    try:
        with newsroom.database.read() as connection:
            file = connection.connection.driver_connection
            if isinstance(file, sqlite3.Connection):
                file.set_progress_handler(lambda: time.monotonic() > until, _STEPS)
            said = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    except StoreError as error:
        if time.monotonic() > until:
            yield ok(f"no fault in {seconds:g} seconds of looking; it is too large to look through here")
            return
        said = trouble(error).message
    if said == "ok":
        yield ok("no page of it is damaged")
    else:
        remedy = "stop all metabrief, keep the file, and restore the newest backup"
        yield problem(f"it is damaged: {' '.join(str(said).split())}", remedy=remedy)


def journal(newsroom: Newsroom) -> Iterator[Finding]:
    """Say whether SQLite is in WAL mode, in which nobody who reads waits for one who writes."""
    if sqlite_file(newsroom) is None:
        return
    with newsroom.database.read() as connection:
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
    if mode == "wal":
        yield ok("it is in WAL mode")
    else:
        yield warning(
            f"it is in {mode} mode, so readers and writers wait for one another",
            remedy="the next command sets WAL; if this stays, move the newsroom off a network disk",
        )


def clock(newsroom: Newsroom) -> Iterator[Finding]:
    """Hold the clock against the newest moment written down, and name the zones in use."""
    now = newsroom.clock()
    with newsroom.database.read() as connection:
        newest = standing.newest_moment(connection)
    if newest is not None and newest > now + _SLACK:
        yield problem(
            f"it is {now:%Y-%m-%d %H:%M} UTC here, yet something was written down at {newest:%Y-%m-%d %H:%M} UTC",
            remedy="set the clock, and let it be kept right (timedatectl set-ntp true)",
        )
        return
    zones = {newsletter.timezone: newsletter.zone for newsletter in newsroom.settings.newsletter}
    local = ", ".join(f"{now.astimezone(zone):%H:%M} in {name}" for name, zone in zones.items())
    yield ok(f"it is {now:%Y-%m-%d %H:%M} UTC, {local}")
