"""What writes messages ahead: the same in a thread and in a process, and neither outlives who asks it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import pytest

from pipeline.deliver.message import Message, UnwritableAddressError
from pipeline.errors import GateError, MetabriefError
from pipeline.jobs import pen as pens
from pipeline.jobs.claiming import Place
from pipeline.jobs.pen import Pen, open_pen
from pipeline.store.deliveries import Claim
from tests.deliver.keys import is_signed
from tests.deliver.relay import Relay
from tests.jobs import scenes
from tests.jobs.newsroom import ADDRESS, NOW, Desk, desk
from tests.jobs.scenes import crowd, go
from tests.jobs.test_messages import DKIM, INTAKE, keep_key, reader
from tests.jobs.waiting import until

Scene = Callable[[Desk, Pen], Awaitable[None]]
FEW, MANY = 1, pens.FEW


def place(number: int, *, name: str = "", email: str = "") -> Place:
    claim = Claim(subscriber_id=number, language="en", attempts=0, not_after=NOW)
    return claim, reader(number, name=name, email=email)


def play(home: Path, scene: Scene, *, number: int = MANY, **settings: Any) -> None:
    """Run a scene with what writes so many messages; no process may be left behind."""

    async def played() -> None:
        with desk(home, **settings) as at:
            if "smtp" in settings:
                keep_key(home)
            pen = open_pen(at.newsroom, at.newsletter, at.issue.id, number=number)
            try:
                await scene(at, pen)
            finally:
                pen.close()

    asyncio.run(played())
    assert pids() == []


def pids() -> list[int]:
    return [process.pid or 0 for process in active_children()]


def test_a_process_writes_what_a_thread_writes_byte_for_byte(tmp_path: Path) -> None:
    places = [place(1), place(2, name="Mei 梅"), place(3, name="<b>."), place(4, name="a" * 80), place(5)]

    async def scene(at: Desk, pen: Pen) -> None:
        thread = open_pen(at.newsroom, at.newsletter, at.issue.id, number=FEW)
        here = await thread.write(places)
        first, others = await asyncio.gather(pen.write(places[:2]), pen.write(places[2:]))
        assert [*first, *others] == list(here)
        assert all(is_signed(sheet.content) for sheet in here if isinstance(sheet, Message))
        thread.close()

    play(tmp_path, scene, smtp=[*DKIM, *INTAKE])


def test_few_messages_are_written_without_a_process(tmp_path: Path) -> None:
    async def scene(_at: Desk, pen: Pen) -> None:
        await pen.write([place(1)])
        assert pids() == []

    play(tmp_path, scene, number=pens.FEW - 1)


@pytest.mark.parametrize("number", [FEW, MANY])
def test_an_address_that_cannot_be_written_keeps_nobody_else_from_their_message(
    tmp_path: Path, number: int
) -> None:
    async def scene(_at: Desk, pen: Pen) -> None:
        first, second, third = await pen.write([place(1), place(2, email="no address"), place(3)])
        assert isinstance(first, Message)
        assert isinstance(second, UnwritableAddressError)
        assert isinstance(third, Message)

    play(tmp_path, scene, number=number)


@pytest.mark.parametrize("number", [FEW, MANY])
def test_what_the_gate_says_is_heard(tmp_path: Path, number: int) -> None:
    async def scene(_at: Desk, pen: Pen) -> None:
        with pytest.raises(GateError, match="postal address"):
            await pen.write([place(1)])

    play(tmp_path, scene, number=number, spoil=ADDRESS)


@pytest.mark.parametrize("idle", [0, 0.1])
def test_a_process_that_was_killed_is_told_of_and_another_one_goes_on(tmp_path: Path, idle: float) -> None:
    async def scene(_at: Desk, pen: Pen) -> None:
        await pen.write([place(1)])
        [process] = active_children()
        process.kill()
        process.join()
        await asyncio.sleep(idle)
        with pytest.raises(MetabriefError, match="has ended early"):
            await pen.write([place(2)])
        [sheet] = await pen.write([place(3)])
        assert isinstance(sheet, Message)
        assert b"reader3@" in sheet.content

    play(tmp_path, scene)


def test_who_does_not_wait_for_an_answer_gets_no_other_one_later(tmp_path: Path) -> None:
    async def scene(_at: Desk, pen: Pen) -> None:
        asked = asyncio.ensure_future(pen.write([place(1)]))
        await asyncio.sleep(0)
        asked.cancel()
        with suppress(asyncio.CancelledError):
            await asked
        [sheet] = await pen.write([place(2)])
        assert isinstance(sheet, Message)
        assert b"reader2@" in sheet.content

    play(tmp_path, scene)


def test_signals_to_the_whole_group_are_for_who_asks(tmp_path: Path) -> None:
    async def scene(_at: Desk, pen: Pen) -> None:
        await pen.write([place(1)])
        [process] = pids()
        for number in (signal.SIGINT, signal.SIGTERM):
            os.kill(process, number)
        await pen.write([place(2)])
        assert pids() == [process]

    play(tmp_path, scene)


_ASKS_AND_WAITS = """
import asyncio, sys
from multiprocessing import active_children
from pathlib import Path
from pipeline.app import open_newsroom
from pipeline.jobs.pen import FEW, open_pen

async def main():
    with open_newsroom(Path(sys.argv[1])) as newsroom:
        pen = open_pen(newsroom, newsroom.settings.newsletter[0], 1, number=FEW)
        await pen.write([])
        print(*(process.pid for process in active_children()), flush=True)
        await asyncio.sleep(60)

if __name__ == "__main__":
    asyncio.run(main())
"""


def test_a_sender_that_is_killed_leaves_no_process_behind(tmp_path: Path) -> None:
    with desk(tmp_path):
        pass
    script = tmp_path / "asks.py"
    script.write_text(_ASKS_AND_WAITS, encoding="utf-8")
    with subprocess.Popen([sys.executable, script, tmp_path], stdout=subprocess.PIPE, text=True) as sender:
        assert sender.stdout is not None
        pen = int(sender.stdout.readline())
        assert lives(pen)
        sender.kill()
    asyncio.run(until(lambda: not lives(pen)))


def lives(process: int) -> bool:
    """Say whether a process runs; one that waits for nobody to bury it does not."""
    try:
        status = Path(f"/proc/{process}/stat").read_text(encoding="ascii")
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def test_a_crowd_gets_its_mail_from_a_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pens, "FEW", 5)

    async def scene(at: Desk, relay: Relay) -> None:
        await go(at)
        assert at.tally == {"accepted": 60}
        assert relay.recipients == sorted(crowd(60))

    scenes.play(tmp_path, scene, readers=crowd(60))
    assert pids() == []
