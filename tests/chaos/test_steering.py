"""Several senders at once, SIGTERM, a person who pauses or calls off, a reader who leaves."""

from __future__ import annotations

import signal
import threading
from contextlib import suppress

import pytest

from tests.chaos.process import Process
from tests.chaos.room import READERS, Room, check, check_so_far, relay
from tests.chaos.sink import DATA, DOT, Mail, at, noted

A_THIRD = READERS // 3


@pytest.mark.parametrize(
    ("room", "number"),
    [pytest.param("sqlite", 2, id="two on sqlite"), pytest.param("postgresql", 4, id="four on postgresql")],
    indirect=["room"],
)
def test_senders_at_once_share_the_work(room: Room, number: int) -> None:
    with relay(room, connections=4):
        senders = [room.start("send", "1", "--wait") for _ in range(number)]
        for sender in senders:
            check(room, sender.ended())


def test_a_sender_killed_among_others_leaves_its_work_to_them(room: Room) -> None:
    """Four at once, one of them killed, with fifty connections each."""
    with relay(room, connections=50) as sink:
        senders = [room.start("send", "1", "--wait") for _ in range(4)]
        sink.rule = at(DOT, A_THIRD, senders[0].kill)
        ends = [sender.ended() for sender in senders]
        assert ends[0].code == -9
        sink.settle()
        check(room, ends[-1], uncertain=50)


@pytest.mark.parametrize("words", [("send", "1", "--wait"), ("serve",)], ids=" ".join)
def test_sigterm_finishes_the_wire_and_the_next_start_the_rest(room: Room, words: tuple[str, ...]) -> None:
    with relay(room) as sink:
        process = room.start(*words)
        sink.rule = at(DOT, A_THIRD, lambda: process.signal(signal.SIGTERM))
        ended = process.ended()
        assert ended.code == 0
        assert "Traceback" not in ended.err
        assert room.doubts() == 0
        check_so_far(room)
        assert len(noted(room.log)) < READERS
        check(room, room.send())


class Barrier:
    """Holds replies to the dot back, once so many messages have come."""

    def __init__(self, number: int) -> None:
        self.reached, self.opened = threading.Event(), threading.Event()
        self._count = at(DOT, number, self.reached.set)

    def __call__(self, step: str, mail: Mail) -> None:
        self._count(step, mail)
        if step == DOT and self.reached.is_set():
            self.opened.wait()


def steered(room: Room, word: str) -> Process:
    """Start sending, and say a word on the issue while every connection has a message on the wire."""
    barrier = Barrier(A_THIRD)
    with relay(room, barrier):
        process = room.start("send", "1", "--wait")
        barrier.reached.wait()
        assert room.metabrief("issues", word, "1").code == 0
        before = len(noted(room.log))
        barrier.opened.set()
        process.ended()
        assert len(noted(room.log)) - before <= 10
    check_so_far(room)
    return process


def test_an_issue_held_while_it_is_sent_goes_on_when_approved(room: Room) -> None:
    ended = steered(room, "hold").ended()
    assert ended.code == 3
    assert "held for operator" in ended.out
    assert ended.sums["planned"] == READERS - len(noted(room.log))
    assert room.metabrief("issues", "approve", "1").code == 0
    with relay(room):
        check(room, room.send())


def test_an_issue_called_off_while_it_is_sent_goes_no_further(room: Room) -> None:
    ended = steered(room, "cancel").ended()
    assert (ended.code, ended.sums["uncertain"]) == (1, 0)
    assert "cancelled" in ended.out
    with relay(room):
        room.send()
    assert ended.sums["accepted"] == len(noted(room.log)) < READERS
    check_so_far(room)


def test_a_reader_who_leaves_between_claim_and_dot_gets_none(room: Room) -> None:
    """The relay holds back its word to go on until the reader has left."""
    leaver: list[str] = []
    met, left = threading.Event(), threading.Event()

    def hold_back(step: str, mail: Mail) -> None:
        if step != DATA:
            return
        with suppress(IndexError):
            asked.pop()
            leaver.append(mail.recipient)
            met.set()
        if leaver == [mail.recipient]:
            left.wait()

    asked = [True]
    with relay(room, hold_back, connections=4):
        process = room.start("send", "1", "--wait")
        met.wait()
        assert room.metabrief("subscribers", "unsubscribe", leaver[0]).code == 0
        left.set()
        check(room, process.ended(), closed=leaver)
    assert room.states()[leaver[0]] == "suppressed"
    assert leaver[0] not in {mail.recipient for mail in noted(room.log)}
