"""A crowd's messages are written by a second process: it or its sender is killed, and nothing is lost, twice or left behind."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from pipeline.jobs.pen import FEW
from pipeline.model import TransportKind
from tests.chaos.conftest import SQLITE, opened
from tests.chaos.room import READERS, Room, check, check_so_far, enrol, relay
from tests.chaos.sink import DOT, at
from tests.jobs.waiting import lives, until

CROWD = max(READERS, FEW + 300)


@pytest.fixture
def crowded(tmp_path: Path) -> Iterator[Room]:
    """Yield a newsroom whose issue goes to so many that a process writes."""
    home = tmp_path / "room"
    home.mkdir()
    room = Room(home=home, database=SQLITE, log=tmp_path / "noted", readers=CROWD)
    room.configure()
    enrol(room)
    yield from opened(room, TransportKind.SMTP)


def pens(parent: int) -> list[int]:
    """Return the processes that write for a sender."""
    return [each for each in children(parent) if b"spawn_main" in _read(each, "cmdline")]


def children(parent: int) -> list[int]:
    running = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return [
        each for each in running if _read(each, "stat").rpartition(b")")[2].split()[1:2] == [b"%d" % parent]
    ]


def _read(process: int, name: str) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{process}/{name}").read_bytes()
    return b""


def test_a_sender_killed_with_its_pen_at_work_loses_nothing(crowded: Room) -> None:
    with relay(crowded, connections=4) as sink:
        for number in (1, 50, 100):
            before = crowded.doubts()
            process = crowded.start("send", "1", "--wait")
            writing: list[int] = []

            def strike() -> None:
                writing.extend(pens(process.pid))  # noqa: B023 - the rule lives as long
                process.kill()  # noqa: B023

            sink.rule = at(DOT, number, strike)
            assert process.ended().code == -9
            assert len(writing) == 1
            sink.settle()
            assert crowded.doubts() - before <= 4
            check_so_far(crowded)
            asyncio.run(until(lambda: not any(map(lives, writing))))  # noqa: B023 - it is waited for here
        sink.rule = lambda *_: None
        check(crowded, crowded.send(), uncertain=12)


def test_a_pen_that_is_killed_costs_no_mail(crowded: Room) -> None:
    with relay(crowded, connections=4) as sink:
        process = crowded.start("send", "1", "--wait")

        def strike() -> None:
            for each in pens(process.pid):
                os.kill(each, signal.SIGKILL)

        sink.rule = at(DOT, CROWD // 10, strike)
        ended = process.ended()
        assert ended.code == 0, ended
        check(crowded, ended)
