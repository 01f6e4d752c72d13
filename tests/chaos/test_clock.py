"""The clock jumps an hour while an issue is sent, forth and back; two machines do not agree on the hour."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from tests.chaos.process import Process
from tests.chaos.room import READERS, Room, check, check_so_far, relay
from tests.chaos.sink import DOT, Mail, at

HOUR = "3600"


def set_clock(wrong_by: Path, seconds: str) -> None:
    """Make the clock wrong, from one reading to the next."""
    draft = wrong_by.with_suffix(".new")
    draft.write_text(seconds)
    draft.rename(wrong_by)


def send_at(room: Room, wrong_by: Path, *words: str) -> Process:
    """Start sending with a clock of its own."""
    return room.run(
        [sys.executable, "-m", "tests.chaos.jumping", wrong_by, "--home", room.home, "send", "1", *words]
    )


def test_a_clock_that_jumps_forth_and_back(room: Room, tmp_path: Path) -> None:
    wrong_by = tmp_path / "wrong_by"
    set_clock(wrong_by, "0")
    forth = at(DOT, READERS // 4, lambda: set_clock(wrong_by, HOUR))
    back = at(DOT, READERS // 2, lambda: set_clock(wrong_by, "0"))

    def jump(step: str, mail: Mail) -> None:
        forth(step, mail)
        back(step, mail)

    with relay(room, jump):
        send_at(room, wrong_by, "--wait").ended()
        check(room, room.finish(), uncertain=10)


def test_a_second_sender_whose_clock_is_an_hour_ahead(room: Room, tmp_path: Path) -> None:
    """Its word that the leases are over costs doubts at most, never a second mail."""
    wrong_by = tmp_path / "wrong_by"
    set_clock(wrong_by, HOUR)
    met, over = threading.Event(), threading.Event()

    def hold(step: str, _mail: Mail) -> None:
        if step == DOT and not over.is_set():
            met.set()
            over.wait()

    with relay(room, hold) as sink:
        first = room.start("send", "1", "--wait")
        met.wait()
        sink.rule = lambda *_: None
        send_at(room, wrong_by).ended()
        over.set()
        first.ended()
        check_so_far(room)
        check(room, room.finish(), uncertain=10)
