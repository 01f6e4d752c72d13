"""A sender is told to end while the relay has messages that it does not answer."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

from tests.chaos.process import PROJECT
from tests.chaos.room import READERS, Room, check_so_far, relay
from tests.chaos.sink import NOTED, CutError, Mail

CONNECTIONS = 10
SOON = 30


def test_a_second_ctrl_c_ends_at_once_and_leaves_a_doubt_a_connection(room: Room) -> None:
    unanswered = threading.Semaphore(0)

    def mute(step: str, _mail: Mail) -> None:
        if step == NOTED:
            unanswered.release()
            sink.closing.wait()
            raise CutError

    with relay(room, mute, connections=CONNECTIONS) as sink:
        words: list[str | Path] = [
            Path(sys.executable).parent / "metabrief",
            "--home",
            room.home,
            "send",
            "1",
            "--wait",
        ]
        pipe = subprocess.PIPE
        with subprocess.Popen(words, stdout=pipe, stderr=pipe, text=True, cwd=PROJECT) as process:
            try:
                for _ in range(CONNECTIONS):
                    assert unanswered.acquire(timeout=SOON)
                process.send_signal(signal.SIGINT)
                assert process.stderr is not None
                assert process.stderr.readline() == (
                    "finishing what is on the wire, at most 4 minutes; "
                    "once more ends at once and leaves it uncertain\n"
                )
                process.send_signal(signal.SIGINT)
                out, err = process.communicate(timeout=SOON)
            finally:
                process.kill()
    assert process.returncode == 3, err
    assert f"total {READERS} = {READERS - CONNECTIONS} planned + 0 accepted + 0 deferred" in out
    assert f" {CONNECTIONS} uncertain" in out
    assert "stopped as asked" in out
    assert "Traceback" not in err
    check_so_far(room)
    assert room.doubts() == CONNECTIONS
    assert {each["reason"] for each in room.shown()["reasons"]} == {
        "no reply after the dot: we were told to end at once"
    }
