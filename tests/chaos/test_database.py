"""The database has no room, is locked, or dies; and the outbox has no room."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.chaos.disks import can_mount, limit_files, small_disk
from tests.chaos.postgresql import Postgresql
from tests.chaos.process import Ended, Process
from tests.chaos.room import IS_LONG, READERS, Room, check, relay
from tests.chaos.sink import DOT, at

EARLY = READERS // 8
PATIENCE_SECONDS = 40.0 if IS_LONG else 2.0
"""How long a sender may go on without its database before it is given one again."""
mounts = pytest.mark.skipif(not can_mount(), reason="this user may not mount a file system")


def survives(room: Room, *, strike: Callable[[Process], object], mend: Callable[[Process], object]) -> Ended:
    """Strike a sender at a message, mend it later, and return how it ended; if it gave up, it is started again.

    What it said when it gave up names the database, and no traceback is among it.
    """
    struck = threading.Event()

    def act() -> None:
        strike(process)
        struck.set()

    with relay(room) as sink:
        process = room.start("send", "1", "--wait")
        sink.rule = at(DOT, EARLY, act)
        struck.wait()
        process.is_over_within(PATIENCE_SECONDS)
        mend(process)
        ended = process.ended()
        sink.settle()
        if ended.code == 1:
            assert "database" in ended.err
            assert "Traceback" not in ended.err
            ended = room.finish()
    return ended


@mounts
def test_a_full_disk_under_the_ledger(room: Room) -> None:
    data = room.home / "data"
    with small_disk(data, megabytes=64) as disk:
        shutil.copytree(data, disk.folder, dirs_exist_ok=True)
        ended = survives(
            replace(room, prefix=disk.prefix), strike=lambda _: disk.fill(), mend=lambda _: disk.free()
        )
        shutil.copytree(disk.folder, data, dirs_exist_ok=True)
    check(room, ended, uncertain=10)


def test_a_ledger_that_cannot_grow(room: Room) -> None:
    """Writes past the log's present end fail, as they do at a quota."""
    log = room.home / "data" / "metabrief.db-wal"

    def lift(process: Process) -> None:
        if not process.is_over_within(0):
            limit_files(process.pid, None)

    ended = survives(room, strike=lambda process: limit_files(process.pid, log.stat().st_size), mend=lift)
    check(room, ended, uncertain=10)


@mounts
def test_a_full_disk_under_the_outbox(outbox_room: Room) -> None:
    outbox = outbox_room.home / "outbox"
    outbox.mkdir()
    with small_disk(outbox, megabytes=1) as disk:
        room = replace(outbox_room, prefix=disk.prefix)
        ended = room.metabrief("send", "1")
        assert (ended.code, ended.sums["uncertain"]) == (1, 0)
        assert "outbox" in ended.out
        kept = len(list((disk.folder / "new").iterdir()))
        assert kept == ended.sums["accepted"] < READERS
        shutil.copytree(disk.folder, outbox, dirs_exist_ok=True)
    ended = outbox_room.send()
    assert (ended.code, ended.sums["accepted"]) == (0, READERS)
    assert len(list((outbox / "new").iterdir())) == READERS


def test_a_locked_database(room: Room) -> None:
    """Locked for a moment it costs time alone; in ``make chaos`` for longer than a writer waits."""
    path = room.home / "data" / "metabrief.db"
    another = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
    seconds = 35.0 if IS_LONG else 2.0
    free = threading.Timer(seconds, another.rollback)

    def lock(_process: Process) -> None:
        another.execute("BEGIN IMMEDIATE")
        free.start()

    ended = survives(room, strike=lock, mend=lambda _: free.join())
    another.close()
    check(room, ended, uncertain=10 if IS_LONG else 0)


@pytest.mark.parametrize("room", ["postgresql"], indirect=True)
def test_a_postgresql_that_dies_and_returns(room: Room, server: Postgresql) -> None:
    ended = survives(room, strike=lambda _: server.kill(), mend=lambda _: server.start())
    check(room, ended, uncertain=10)
