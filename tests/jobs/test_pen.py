"""What writes messages ahead: the same in a thread and in a process, and neither outlives who asks it."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from multiprocessing import active_children
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

import pytest

from pipeline.deliver.message import Message, UnwritableAddressError
from pipeline.errors import GateError
from pipeline.jobs import pen as pens
from pipeline.jobs.claiming import Place
from pipeline.jobs.pen import Pen, PenLostError, open_pen
from pipeline.store.deliveries import Claim
from tests.deliver.keys import is_signed
from tests.deliver.relay import DOT, RCPT, Relay
from tests.jobs import scenes
from tests.jobs.newsroom import ADDRESS, NOW, Desk, desk
from tests.jobs.scenes import crowd, go
from tests.jobs.test_messages import DKIM, INTAKE, keep_key, reader
from tests.jobs.waiting import lives, until

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
        with pytest.raises(PenLostError, match="has ended early"):
            await pen.write([place(2)])
        [sheet] = await pen.write([place(3)])
        assert isinstance(sheet, Message)
        assert b"reader3@" in sheet.content

    play(tmp_path, scene)


def test_all_who_wait_for_a_process_that_is_killed_are_told(tmp_path: Path) -> None:
    async def scene(_at: Desk, pen: Pen) -> None:
        await pen.write([place(1)])
        [process] = active_children()
        assert process.pid is not None
        os.kill(process.pid, signal.SIGSTOP)
        asked = [asyncio.ensure_future(pen.write([place(number)])) for number in (2, 3)]
        await asyncio.sleep(0)
        process.kill()
        for each in await asyncio.gather(*asked, return_exceptions=True):
            assert isinstance(each, PenLostError)

    play(tmp_path, scene)


def test_a_process_that_cannot_begin_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(_at: Desk, pen: Pen) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(SpawnProcess, "start", refuse)
            with pytest.raises(PenLostError, match="could not begin"):
                await pen.write([place(1)])
        assert isinstance((await pen.write([place(1)]))[0], Message)

    def refuse(_process: SpawnProcess) -> None:
        raise BlockingIOError(errno.EAGAIN, "no more processes")

    play(tmp_path, scene)


def test_a_fault_of_ours_in_the_process_is_called_by_its_name(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    async def scene(_at: Desk, pen: Pen) -> None:
        claim, someone = place(1)
        with pytest.raises(RuntimeError, match="could not be written: KeyError"):
            await pen.write([(replace(claim, language="fr"), someone)])

    play(tmp_path, scene)
    capfd.readouterr()  # its traceback


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


@pytest.mark.parametrize("is_begun", [False, True])
def test_signals_to_the_whole_group_are_for_who_asks(
    tmp_path: Path, is_begun: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    async def scene(_at: Desk, pen: Pen) -> None:
        asked = asyncio.ensure_future(pen.write([place(1)]))
        if is_begun:
            await asked
        await asyncio.sleep(0.01)
        [process] = pids()
        for number in (signal.SIGINT, signal.SIGTERM):
            os.kill(process, number)
        await asked
        await pen.write([place(2)])
        assert pids() == [process]

    play(tmp_path, scene)
    assert capfd.readouterr().err == ""


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


def test_a_crowd_gets_its_mail_from_a_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pens, "FEW", 5)

    async def scene(at: Desk, relay: Relay) -> None:
        await go(at)
        assert at.tally == {"accepted": 60}
        assert relay.recipients == sorted(crowd(60))

    scenes.play(tmp_path, scene, readers=crowd(60))
    assert pids() == []


def test_a_run_whose_process_is_killed_ends_with_its_sum_and_the_next_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pens, "FEW", 5)

    def kill() -> None:
        for process in active_children():
            process.kill()

    async def scene(at: Desk, relay: Relay) -> None:
        relay.on[DOT] = kill
        ended = await go(at)
        assert "has ended early" in ended.trouble
        assert set(at.tally) == {"accepted", "planned"}
        del relay.on[DOT]
        await go(at)
        assert at.tally == {"accepted": 300}
        assert relay.recipients == sorted(crowd(300))

    scenes.play(tmp_path, scene, readers=crowd(300))
    assert pids() == []


def test_a_few_who_are_tried_again_need_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pens, "FEW", 5)
    opened: list[str] = []
    begin = SpawnProcess.start

    def started(process: SpawnProcess) -> None:
        opened.append(process.name)
        begin(process)

    async def scene(at: Desk, relay: Relay) -> None:
        relay.once(RCPT, "451 4.3.0 later")
        await go(at)
        at.clock.forward(timedelta(hours=1))
        await go(at)
        assert at.tally == {"accepted": 20}
        assert opened == ["pen"]

    monkeypatch.setattr(SpawnProcess, "start", started)
    scenes.play(tmp_path, scene, readers=crowd(20))
