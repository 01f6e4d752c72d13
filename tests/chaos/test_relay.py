"""The relay dies, refuses for a while, hangs up, says nothing, or talks nonsense."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.chaos.process import PROJECT
from tests.chaos.room import IS_LONG, READERS, Room, check, in_life, relay
from tests.chaos.sink import (
    BODY,
    CONNECT,
    DATA,
    DOT,
    EHLO,
    MAIL,
    NOTED,
    RCPT,
    CutError,
    Mail,
    Reply,
    Rule,
    Sink,
    noted,
)

PASSING = 50


@contextmanager
def relay_process(room: Room, *, port: int = 0) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Run a relay in a process of its own and yield it with its port."""
    words = [sys.executable, "-m", "tests.chaos.sink", str(port), str(room.log)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, cwd=PROJECT) as process:
        assert process.stdout is not None
        try:
            yield process, int(process.stdout.readline())
        finally:
            process.kill()


def test_a_relay_that_dies_and_returns(room: Room) -> None:
    with relay_process(room) as (process, port):
        room.configure(port=port)
        sending = room.start("send", "1")
        while len(noted(room.log)) < READERS // 4:
            assert not sending.is_over_within(0.002)
        process.kill()
        ended = sending.ended()
    assert ended.code == 3 if ended.sums["uncertain"] else 1, ended
    assert "relay" in ended.out
    with relay_process(room, port=port):
        check(room, room.finish(), uncertain=10)


@in_life
def test_a_sender_that_waits_outlasts_a_dead_relay(room: Room) -> None:
    with relay_process(room) as (process, port):
        room.configure(port=port)
        sending = room.start("send", "1", "--wait")
        while len(noted(room.log)) < READERS // 4:
            assert not sending.is_over_within(0.002)
        process.kill()
    assert not sending.is_over_within(10)
    with relay_process(room, port=port):
        check(room, sending.ended(), uncertain=10)


def first_times(*steps: str, number: int, act: Callable[[str], Reply | None]) -> Rule:
    """Return a rule that acts at each of some steps, in all ``number`` times."""
    lock = threading.Lock()
    left = dict.fromkeys(steps, number // len(steps))

    def rule(step: str, _mail: Mail) -> Reply | None:
        with lock:
            if not left.get(step):
                return None
            left[step] -= 1
        return act(step)

    return rule


def test_passing_refusals_are_tried_again(room: Room) -> None:
    refuse = first_times(MAIL, RCPT, DATA, DOT, number=PASSING, act=lambda _: b"451 4.3.0 not now\r\n")
    with relay(room, refuse):
        check(room, room.send())


def _cut(_step: str) -> None:
    raise CutError


def test_connections_that_drop_before_the_dot_leave_no_doubt(room: Room) -> None:
    with relay(room, first_times(CONNECT, EHLO, MAIL, RCPT, DATA, number=PASSING, act=_cut)):
        check(room, room.finish())


def test_connections_that_drop_around_the_dot_leave_a_doubt_each(room: Room) -> None:
    with relay(room, first_times(BODY, DOT, NOTED, number=9, act=_cut)):
        check(room, room.finish(), uncertain=9)


def test_a_relay_that_never_speaks_keeps_nobody_from_stopping(room: Room) -> None:
    spoken, met = threading.Event(), threading.Event()

    def silent(_step: str, _mail: Mail) -> None:
        met.set()
        spoken.wait()

    with relay(room, silent) as sink:
        process = room.start("send", "1", "--wait")
        met.wait()
        process.signal(signal.SIGTERM)
        ended = process.ended()
        assert (ended.code, ended.sums["planned"]) == (0, READERS)
        assert "stopped" in ended.out
        sink.rule = lambda *_: None
        spoken.set()
        check(room, room.send())


@in_life
def test_a_relay_that_never_speaks_is_given_up(room: Room) -> None:
    with relay(room) as sink:
        sink.rule = lambda *_: _silent(sink)
        ended = room.metabrief("send", "1")
    assert (ended.code, ended.sums["planned"]) == (1, READERS)
    assert "relay" in ended.out
    with relay(room):
        check(room, room.send())


def _silent(sink: Sink) -> None:
    sink.closing.wait()
    raise CutError


def test_a_dot_that_is_never_answered_is_a_doubt_and_the_rest_arrives(room: Room) -> None:
    """In ``make test`` the relay hangs up once all others arrived; in ``make chaos`` the sender's patience must end."""
    others_arrived = threading.Event()

    def mute(step: str, _mail: Mail) -> None:
        if step == NOTED and len(noted(room.log)) >= READERS - 1:  # one waits behind it on its connection
            others_arrived.set()
        hush(step, _mail)

    def fall_silent(_step: str) -> None:
        (sink.closing if IS_LONG else others_arrived).wait()
        raise CutError

    hush = first_times(NOTED, number=1, act=fall_silent)
    with relay(room, mute) as sink:
        check(room, room.finish(), uncertain=1)


def _endless_line() -> Iterator[bytes]:
    yield b"250 "
    for _ in range(160):
        yield b"x" * 65536  # ten megabytes
    raise CutError


def _endless_reply() -> Iterator[bytes]:
    for _ in range(4000):
        yield b"250-and another thing\r\n" * 1000
    raise CutError


def _garbage() -> Iterator[bytes]:
    yield random.Random(12).randbytes(5000) + b"\r\n"  # noqa: S311 - the same bytes each time
    raise CutError


def _one_reply_too_many() -> Iterator[bytes]:
    yield b"250 2.0.0 fine\r\n250 2.0.0 fine\r\n"


def test_nonsense_is_no_acceptance(room: Room) -> None:
    speeches = (_endless_line, _endless_reply, _garbage, _one_reply_too_many)
    left = {step: list(speeches) for step in (RCPT, NOTED)}

    def speak(step: str) -> Iterator[bytes]:
        return left[step].pop()()

    with relay(room, first_times(RCPT, NOTED, number=2 * len(speeches), act=speak)):
        ended = room.finish()
        check(room, ended, uncertain=len(speeches))
        assert ended.peak_megabytes < 250


def test_replies_given_in_advance_are_no_acceptance(room: Room) -> None:
    """A relay that answers what it was not asked yet, and then takes no more, has not taken the next message."""
    connection = threading.local()

    def foretell(step: str, mail: Mail) -> Reply | None:
        if step in (RCPT, DATA) and getattr(connection, "is_over", False):
            return b"450 4.2.0 not here\r\n"
        return speak(step, mail)

    def answer_all(_step: str) -> bytes:
        connection.is_over = True
        return b"250 kept\r\n250 fine\r\n250 fine\r\n354 go on\r\n250 kept\r\n"

    speak = first_times(NOTED, number=4, act=answer_all)
    with relay(room, foretell):
        check(room, room.finish(), uncertain=4)


def test_replies_in_single_bytes_are_replies(room: Room) -> None:
    """Also those of several lines, and in the middle of a line's end."""

    def spell(step: str, _mail: Mail) -> Iterator[bytes] | None:
        usual = {CONNECT: b"220-relay.example\r\n220 ready\r\n", EHLO: sink.greeting()}
        reply = usual.get(step, b"250-2.0.0 so\r\n250 2.0.0 be it\r\n")
        return (bytes([byte]) for byte in reply) if step in (CONNECT, EHLO, RCPT, NOTED) else None

    with relay(room) as sink:
        sink.rule = spell
        check(room, room.send())
