"""Who sends: each sender holds a lock in the newsroom's folder, so what a killed one left is free at once.

A lock that the system gave back means that its holder is dead; one that is not to be found says nothing, for its
holder may be on another machine. Whoever is taken for dead wrongly is stopped by the fence like any other.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.jobs.lease import process_name

_OLD_SECONDS = 86_400


def _folder(home: Path) -> Path:
    return home / "data" / "senders"


@contextmanager
def living(home: Path) -> Iterator[str]:
    """Yield a sender's name, which others can see to be alive until the block or the process ends.

    A lock that nobody holds stays behind a block that failed, so what it had in hand is known to be free.
    """
    name = process_name()
    path = _path(home, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    _tidy(path.parent)
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield name
        path.unlink(missing_ok=True)
    finally:
        os.close(lock)


@dataclass(frozen=True, kw_only=True)
class Senders:
    """Which senders are known to live, and which to have ended."""

    living: tuple[str, ...]
    dead: tuple[str, ...]


def look_at(home: Path, names: Iterable[str]) -> Senders:
    """Return what the folder tells of senders called ``names``; of others' machines it tells nothing."""
    lives = {name: _lives(_path(home, name)) for name in names}
    return Senders(
        living=tuple(name for name, alive in lives.items() if alive),
        dead=tuple(name for name, alive in lives.items() if alive is False),
    )


def forget(home: Path, names: Iterable[str]) -> None:
    """Remove what dead senders left in the folder, once nothing in the ledger is theirs."""
    for name in names:
        with suppress(OSError):
            _path(home, name).unlink(missing_ok=True)


def _tidy(folder: Path) -> None:
    """Remove what senders left that ended so long ago that every lease of theirs is over."""
    for path in folder.iterdir():
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _OLD_SECONDS and _lives(path) is False:
                path.unlink()


def _path(home: Path, name: str) -> Path:
    return _folder(home) / name.rpartition("/")[2]


def _lives(path: Path) -> bool | None:
    """Say whether somebody holds a lock; None when there is none."""
    try:
        lock = os.open(path, os.O_RDWR)
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(lock)
    return False
