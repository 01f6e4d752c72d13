"""The sender is killed: at random, in the instants around the dot, and while it fills an outbox."""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from email import message_from_bytes
from email.policy import SMTP

import pytest

from tests.chaos.process import Process
from tests.chaos.room import IS_LONG, READERS, Room, check, check_so_far, contradictions, in_life, relay
from tests.chaos.sink import (
    ABILITIES,
    BODY,
    DOT,
    NOTED,
    REPLIED,
    CutError,
    Mail,
    Noted,
    Rule,
    Sink,
    at,
    noted,
)

KILLS = 20
_CHANCE = random.Random(20220222)  # noqa: S311 - the same kills each time
WITHOUT_PIPELINING = tuple(ability for ability in ABILITIES if ability != "PIPELINING")


def kill_at_random(process: Process, sink: Sink) -> None:
    """Kill a sender at some message, or at some moment, which may be before its first or after its last."""
    if _CHANCE.random() < 0.25:
        process.is_over_within(_CHANCE.uniform(0.2, 2))
        process.kill()
        return
    number = _CHANCE.randrange(1, 2 * READERS // KILLS)
    step = _CHANCE.choice(("MAIL", "RCPT", "DATA", BODY, DOT, NOTED, REPLIED))
    sink.rule = at(step, number, process.kill)


@pytest.mark.parametrize(
    ("room", "kills"),
    [
        pytest.param("sqlite", KILLS, id="sqlite"),
        pytest.param("postgresql", KILLS if IS_LONG else 4, id="postgresql"),
    ],
    indirect=["room"],
)
def test_kills_at_random_lose_nothing_and_double_nothing(room: Room, kills: int) -> None:
    with relay(room, connections=4) as sink:
        for _ in range(kills):
            before = room.doubts()
            process = room.start("send", "1", "--wait")
            kill_at_random(process, sink)
            process.ended()
            sink.settle()
            assert room.doubts() - before <= 4
            check_so_far(room)
        sink.rule = lambda *_: None
        check(room, room.send(), uncertain=4 * kills)


Strike = Callable[[Process], None]


def _and_cut(process: Process) -> None:
    process.kill()
    raise CutError


@pytest.mark.parametrize(
    ("connections", "abilities"),
    [
        pytest.param(10, ABILITIES, id="10 connections", marks=in_life),
        pytest.param(4, WITHOUT_PIPELINING, id="one command at a time"),
        pytest.param(50, ABILITIES, id="50 connections"),
    ],
)
def test_kills_around_the_dot_leave_at_most_a_doubt_a_connection(
    room: Room, connections: int, abilities: Sequence[str]
) -> None:
    instants: tuple[tuple[str, Strike], ...] = (
        (BODY, Process.kill),
        (DOT, _and_cut),
        (NOTED, _and_cut),
        (REPLIED, Process.kill),
    )
    with relay(room, connections=connections, abilities=abilities) as sink:
        for step, strike in instants:
            before = room.doubts()
            process = room.start("send", "1", "--wait")
            sink.rule = at(step, READERS // 10, lambda: strike(process))  # noqa: B023 - the rule lives as long
            assert process.ended().code == -9, step
            sink.settle()
            assert room.doubts() - before <= connections, step
            check_so_far(room)
        check(room, room.send(), uncertain=connections * len(instants))


def test_doubts_of_an_issue_called_off_after_a_kill_are_listed_and_settled(room: Room) -> None:
    accepted, ways = READERS // 10, 4
    with relay(room, connections=ways) as sink:
        process = room.start("send", "1", "--wait")
        sink.rule = all_at_once(ways, process.kill, after=accepted)
        assert process.ended().code == -9
        sink.settle()
    assert room.shown()["deliveries"]["uncertain"] == 0
    said = f"{ways} of the planned were on the wire when their sender died"
    assert said in room.metabrief("issues", "show", "1").out
    assert room.metabrief("issues", "cancel", "1").code == 0
    assert room.shown()["deliveries"]["uncertain"] == room.doubts() == ways
    listed = json.loads(room.metabrief("issues", "resolve", "1", "list", "--json").out)
    arrived, states = noted(room.log), room.states()
    unanswered = {mail.message_id for mail in arrived if states[mail.recipient] == "uncertain"}
    assert {each["message_id"] for each in listed} == unanswered
    assert len(arrived) == accepted + len(unanswered) == accepted + ways
    assert room.metabrief("issues", "resolve", "1", "accept").code == 0
    check_so_far(room)
    assert Counter(room.states().values()) == {"accepted": len(arrived), "planned": READERS - len(arrived)}


def all_at_once(number: int, strike: Callable[[], None], *, after: int) -> Rule:
    """Return a rule that strikes when so many messages are noted and unanswered, ``after`` others."""
    gathered, left, lock = threading.Barrier(number, strike), [after], threading.Lock()

    def rule(step: str, _mail: Mail) -> None:
        if step != NOTED:
            return
        with lock:
            left[0] -= 1
            is_answered = left[0] >= 0
        if not is_answered:
            gathered.wait()
            raise CutError

    return rule


def test_kills_put_no_file_twice_into_the_outbox(outbox_room: Room) -> None:
    new = outbox_room.home / "outbox" / "new"
    for share in range(1, 4):
        process = outbox_room.start("send", "1", "--wait")
        while not process.is_over_within(0.001) and not _has_files(outbox_room, READERS * share // 4):
            pass
        process.kill()
        assert process.ended().code == -9
    ended = outbox_room.send()
    mails = [message_from_bytes(path.read_bytes(), policy=SMTP) for path in new.iterdir()]
    arrived = [
        Noted(message_id=mail["Message-ID"], recipient=mail["To"].addresses[0].addr_spec) for mail in mails
    ]
    assert contradictions(outbox_room.states(), arrived) == ()
    assert len(arrived) == READERS
    assert (ended.code, ended.sums["accepted"]) == (0, READERS)


def _has_files(room: Room, number: int) -> bool:
    new = room.home / "outbox" / "new"
    return new.is_dir() and len(list(new.iterdir())) >= number
