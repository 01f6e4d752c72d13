"""The newsroom's folder: rights, room, keys, outbox."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from pipeline.app import Newsroom
from pipeline.doctor.finding import Finding, ok, problem, trouble, warning
from pipeline.errors import StoreError
from pipeline.model import TransportKind
from subscribers.suppression import has_suppressions

_KEYS = ("suppression", "return-path")
_LITTLE, _TOO_LITTLE = 1_000_000_000, 100_000_000
"""Bytes: an issue of the outbox to 10,000 readers takes half a gigabyte of files; the ledger's rows take far less."""


def rights(newsroom: Newsroom) -> Iterator[Finding]:
    """Say whether the newsroom can be written to."""
    folders = [path for path in (newsroom.home, newsroom.home / "data") if path.exists()]
    closed = [path for path in folders if not os.access(path, os.W_OK | os.X_OK)]
    for path in closed:
        yield problem(
            f"{path} may not be written to", remedy="give its user the right to, or run as its owner"
        )
    if not closed:
        yield ok(f"{newsroom.home} may be written to")


def room(newsroom: Newsroom) -> Iterator[Finding]:
    """Say how much room is left on each disk the newsroom lies on."""
    there = (newsroom.home, newsroom.home / "data", newsroom.home / newsroom.settings.delivery.outbox)
    disks = {path.stat().st_dev: path for path in reversed(there) if path.exists()}
    for path in disks.values():
        yield judge_room(path, shutil.disk_usage(path).free)


def judge_room(path: Path, free: int) -> Finding:
    """Say whether so many free bytes are enough."""
    message = f"{free / 1e9:.1f} GB are free at {path}"
    if free >= _LITTLE:
        return ok(message)
    level = warning if free >= _TOO_LITTLE else problem
    return level(f"only {message}", remedy="make room before the next issue")


def keys(newsroom: Newsroom) -> Iterator[Finding]:
    """Look at the keys on disk, none of which is shown."""
    for name in _KEYS:
        path = newsroom.home / "data" / "keys" / name
        if not path.exists() and not (name == "suppression" and _is_needed(newsroom)):
            yield ok(f"key {name} is made when it is first wanted")
            continue
        try:
            _ = newsroom.suppression_key if name == "suppression" else newsroom.return_path_key
        except StoreError as error:
            yield trouble(error)
        else:
            yield _closed(path, f"key {name}")


def _is_needed(newsroom: Newsroom) -> bool:
    with newsroom.database.read() as connection:
        return has_suppressions(connection)


def secrets(newsroom: Newsroom) -> Iterator[Finding]:
    """Look at who may read the files that hold passwords and the key that signs."""
    llm, dkim = newsroom.settings.llm, newsroom.settings.dkim
    names = (
        newsroom.settings.smtp.password_file,
        llm.api_key_file if llm else None,
        dkim.private_key_file if dkim else None,
    )
    for name in names:
        path = newsroom.home / name if name else None
        if path is not None and path.is_file():
            yield _closed(path, str(name))


def _closed(path: Path, what: str) -> Finding:
    """Say whether a file is its owner's alone."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        return problem(f"{what} is open to others (mode {mode:03o})", remedy=f"chmod 600 {path}")
    return ok(f"{what} is readable by its owner alone")


def outbox(newsroom: Newsroom) -> Iterator[Finding]:
    """Say whether the outbox can take mail."""
    path = newsroom.home / newsroom.settings.delivery.outbox
    if newsroom.settings.delivery.transport is not TransportKind.OUTBOX or not path.exists():
        return
    if not path.is_dir() or not os.access(path, os.W_OK | os.X_OK):
        yield problem(
            f"outbox {path} takes no mail",
            remedy="let [delivery] outbox name a folder that may be written to",
        )
    elif any(path.iterdir()) and not all((path / name).is_dir() for name in ("tmp", "new", "cur")):
        yield warning(
            f"outbox {path} is no Maildir", remedy="empty it, or let [delivery] outbox name another folder"
        )
    else:
        yield ok(f"outbox {path} takes mail")
