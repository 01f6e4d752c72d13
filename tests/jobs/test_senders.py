"""What a dead sender left is free at once; what a living one holds is its own."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from pipeline.jobs.claiming import Claims
from pipeline.jobs.journal import Journal
from pipeline.jobs.senders import forget, living, look_at
from pipeline.store import deliveries
from subscribers.audience import audience
from tests.deliver.relay import DATA, DOT, SILENT, Relay
from tests.jobs.hands import LEASE, claimed
from tests.jobs.newsroom import Desk, desk
from tests.jobs.scenes import READERS, go, play
from tests.jobs.test_send_again import sender_process

_SENDER = """
import sys
from pathlib import Path
from pipeline.jobs.senders import living
with living(Path(sys.argv[1])) as name:
    print(name, flush=True)
    sys.stdin.read()
"""


@contextmanager
def sender(home: Path) -> Iterator[tuple[str, Popen[str]]]:
    """Start a process that is a sender until its input ends; yield its name."""
    with Popen([sys.executable, "-c", _SENDER, str(home)], stdin=PIPE, stdout=PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), process
        finally:
            process.kill()


def files(home: Path) -> list[Path]:
    return list((home / "data" / "senders").iterdir())


def test_a_sender_is_known_to_live_and_to_be_dead_once_it_was_killed(tmp_path: Path) -> None:
    with sender(tmp_path) as (name, process), living(tmp_path) as own:
        found = look_at(tmp_path, [name, own])
        assert (set(found.living), found.dead) == ({name, own}, ())
        process.kill()
        process.wait()
        found = look_at(tmp_path, [name, own])
        assert (found.living, found.dead) == ((own,), (name,))
        assert look_at(tmp_path, [name]).dead == (name,)  # looking changes nothing
        forget(tmp_path, [name])
        assert look_at(tmp_path, [name]).dead == ()
        assert len(files(tmp_path)) == 1


def test_a_sender_that_ends_leaves_no_file(tmp_path: Path) -> None:
    with sender(tmp_path) as (name, process):
        assert len(files(tmp_path)) == 1
        process.communicate("")
        assert process.returncode == 0
        assert files(tmp_path) == []
        found = look_at(tmp_path, [name])
        assert (found.living, found.dead) == ((), ())


def test_of_another_machines_sender_nothing_is_known(tmp_path: Path) -> None:
    found = look_at(tmp_path, ["there/1/0a1b", "there", "", "there/1/..", "there/1/"])
    assert (found.living, found.dead) == ((), ())
    forget(tmp_path, ["there/1/0a1b", "there/1/..", ""])


def test_two_senders_of_one_process_are_told_apart(tmp_path: Path) -> None:
    with living(tmp_path) as first:
        with living(tmp_path) as second:
            assert first != second
        assert look_at(tmp_path, [first, second]).living == (first,)


def test_a_folder_is_made_where_there_is_none(tmp_path: Path) -> None:
    with living(tmp_path / "new") as name:
        assert look_at(tmp_path / "new", [name]).living == (name,)


def begin(at: Desk) -> int:
    """Begin a round of ours, and return how many deliveries are due then."""

    async def begun() -> int:
        journal = Journal(at.newsroom, at.issue.id, audience("daily"), owner="us/1/me")
        try:
            ours = Claims(at.newsroom, at.issue, journal, owner="us/1/me", keeps_hours=False)
            return await ours.begin_round()
        finally:
            journal.close()

    return asyncio.run(begun())


def start(at: Desk, *, owner: str) -> None:
    """Put the first delivery of ``owner`` on the wire."""
    with at.newsroom.database.write() as connection:
        now = at.clock()
        passed = deliveries.start(
            connection, at.issue.id, [1], audience("daily"), owner=owner, lease_until=now + LEASE, now=now
        )
    assert passed == {1}


def test_what_a_dead_sender_left_is_free_at_once(tmp_path: Path) -> None:
    with desk(tmp_path, *READERS, port=25) as at:
        with sender(tmp_path) as (name, process):
            claimed(at, owner=name)
            start(at, owner=name)
            process.kill()
            process.wait()
            assert begin(at) == 2
        assert at.rows("state") == ["uncertain", "planned", "planned"]
        assert files(tmp_path) == []


@pytest.mark.parametrize("jump", [timedelta(0), timedelta(minutes=4), timedelta(hours=1), timedelta(days=-1)])
def test_what_a_living_sender_has_on_the_wire_is_its_own_whatever_the_clock_does(
    tmp_path: Path, jump: timedelta
) -> None:
    with desk(tmp_path, *READERS, port=25) as at, sender(tmp_path) as (name, _):
        claimed(at, owner=name)
        start(at, owner=name)
        at.clock.forward(jump)
        begin(at)
        assert at.rows("state")[0] == "data_started"
        assert at.rows("owner")[0] == name
        assert len(files(tmp_path)) == 1


def test_what_another_machines_sender_has_is_its_own_until_the_lease_is_over(tmp_path: Path) -> None:
    with desk(tmp_path, *READERS, port=25) as at:
        claimed(at, owner="there/1/0a1b")
        start(at, owner="there/1/0a1b")
        at.clock.forward(LEASE - timedelta(seconds=1))
        assert begin(at) == 0
        assert at.rows("state") == ["data_started", "claimed", "claimed"]
        at.clock.forward(timedelta(seconds=1))
        assert begin(at) == 2
        assert at.rows("state") == ["uncertain", "planned", "planned"]


@pytest.mark.parametrize(
    ("step", "later"),
    [
        pytest.param(DATA, {"accepted": 3}, id="before the dot"),
        pytest.param(DOT, {"uncertain": 1, "accepted": 2}, id="after the dot"),
    ],
)
def test_a_killed_sender_keeps_nobody_waiting(tmp_path: Path, step: str, later: dict[str, int]) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.once(step, SILENT)
        reached = asyncio.Event()
        relay.on[step] = reached.set
        process = await sender_process(tmp_path)
        await reached.wait()
        process.kill()
        assert await process.wait() == -signal.SIGKILL
        await go(at)  # years before the killed one's lease is over
        assert (at.tally, relay.recipients) == (later, sorted(READERS))
        assert files(tmp_path) == []

    play(tmp_path, scene, delivery=["connections = 1", 'not_after = "20000d"'])


def break_off(at: Desk) -> None:
    with living(at.newsroom.home) as name:
        claimed(at, owner=name)
        raise LookupError("a mistake of ours")


def test_a_sender_that_broke_off_keeps_nobody_waiting(tmp_path: Path) -> None:
    with desk(tmp_path, *READERS, port=25) as at:
        with pytest.raises(LookupError):
            break_off(at)
        assert begin(at) == 3
        assert at.rows("state") == ["planned"] * 3
        assert files(tmp_path) == []


def test_what_was_left_by_a_sender_of_long_ago_is_removed(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "senders"
    folder.mkdir(parents=True)
    old, new = folder / "old", folder / "new"
    old.touch()
    new.touch()
    os.utime(old, (0, 0))
    with living(tmp_path):
        assert (old.exists(), new.exists()) == (False, True)
