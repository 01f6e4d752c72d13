"""Many messages over one connection: what goes out together, whose a reply is, and what a cut takes along."""

from __future__ import annotations

from collections import Counter

import pytest

from pipeline.deliver.relay import RelayLostError, RelayRefusedError
from pipeline.deliver.smtp import SmtpConnection
from pipeline.errors import TransportError
from tests.deliver.relay import (
    BARE_DOT,
    CONNECT,
    CUT,
    DATA,
    DOT,
    EHLO,
    MAIL,
    ONE_BY_ONE,
    RAW,
    RCPT,
    SILENT,
    Relay,
    able,
)
from tests.deliver.scenes import play
from tests.deliver.tray import Piece, Tray, send_all

ENVELOPE = [MAIL, RCPT, DATA]
FRIENDLY = {MAIL: "250 fine", RCPT: "250 fine", DATA: "354 go on", DOT: "250 kept"}


def test_a_dot_and_the_next_envelope_go_out_together() -> None:
    async def scene(connection: SmtpConnection, relay: Relay) -> None:
        tray = Tray("ann", "bob", "cem", "dan")
        await connection.run(tray)
        assert relay.turns == [[CONNECT], [EHLO], ENVELOPE, *[[DOT, *ENVELOPE]] * 3, [DOT]]
        assert tray.states == dict.fromkeys(("ann", "bob", "cem", "dan"), "accepted")
        assert [mail.recipient.partition("@")[0] for mail in relay.mails] == ["ann", "bob", "cem", "dan"]
        assert (relay.connections, tray.put_backs) == (1, [])

    play(scene)


def test_a_relay_that_takes_no_groups_is_offered_one_thing_at_a_time() -> None:
    async def scene(connection: SmtpConnection, relay: Relay) -> None:
        relay.always(EHLO, ONE_BY_ONE)
        tray = Tray("ann", "bob")
        await connection.run(tray)
        assert relay.turns == [[step] for step in (CONNECT, EHLO, *[*ENVELOPE, DOT] * 2)]
        assert tray.states == {"ann": "accepted", "bob": "accepted"}

    play(scene)


def test_no_dot_goes_out_before_the_fence_has_said_yes() -> None:
    async def scene(connection: SmtpConnection, relay: Relay) -> None:
        async def start(piece: Piece) -> bool:
            dots = sum(turn.count(DOT) for turn in relay.turns)
            seen.append((piece.name, dots, len(relay.mails)))
            return True

        seen: list[tuple[str, int, int]] = []
        await connection.run(Tray("ann", "bob", "cem", start=start))
        assert seen == [("ann", 0, 0), ("bob", 1, 1), ("cem", 2, 2)]

    play(scene)


REFUSALS = [
    # what the relay says to one envelope, how that delivery ends, connections in all
    pytest.param({RCPT: "451 4.3.0 later", DATA: "503 no"}, "deferred", 1, id="RCPT 4xx, DATA 503"),
    pytest.param({RCPT: "450 later", DATA: "554 no"}, "deferred", 1, id="RCPT 4xx, DATA 554"),
    pytest.param({RCPT: "550 5.1.1 no", DATA: "503 no"}, "rejected", 1, id="RCPT 5xx, DATA 503"),
    pytest.param({RCPT: "550 5.1.1 no", DATA: "554 no"}, "rejected", 1, id="RCPT 5xx, DATA 554"),
    pytest.param({RCPT: "550 5.1.1 no"}, "rejected", 1, id="RCPT 5xx, DATA 354: a lone dot"),
    pytest.param({RCPT: "451 later", BARE_DOT: "250 what?"}, "deferred", 1, id="RCPT 4xx, DATA 354: a lone dot kept"),
    pytest.param({MAIL: "451 later", RCPT: "503 no", DATA: "503 no"}, "deferred", 1, id="MAIL 4xx"),
    pytest.param({MAIL: "451 later", DATA: "503 no"}, "deferred", 1, id="MAIL 4xx, RCPT taken"),
    pytest.param({MAIL: "451 later"}, "deferred", 2, id="MAIL 4xx, the rest taken: dropped"),
    pytest.param({MAIL: "451 later", RCPT: "550 no"}, "deferred", 1, id="MAIL 4xx, RCPT 5xx, DATA 354"),
    pytest.param({DATA: "451 later"}, "deferred", 1, id="DATA 4xx"),
    pytest.param({DATA: "554 5.6.0 no"}, "rejected", 1, id="DATA 5xx"),
    pytest.param({DATA: "250 what?"}, "deferred", 1, id="DATA 250"),
    pytest.param({MAIL: "421 4.7.0 bye", RCPT: CUT}, "deferred", 2, id="MAIL 421"),
    pytest.param({RCPT: "421 4.7.0 bye", DATA: CUT}, "deferred", 2, id="RCPT 421"),
    pytest.param({RCPT: "421 4.7.0 bye", DATA: "421 bye"}, "deferred", 2, id="RCPT 421 twice"),
    pytest.param({DATA: "421 4.7.0 bye"}, "deferred", 2, id="DATA 421"),
    pytest.param({RCPT: "550 5.1.1 no", DATA: CUT}, "rejected", 2, id="RCPT 5xx, then a cut"),
    pytest.param({RCPT: "550 5.1.1 no", DATA: "503 no", "RSET": CUT}, "rejected", 2, id="RCPT 5xx, a cut after all"),
    pytest.param({RCPT: "550 5.1.1 no", BARE_DOT: CUT}, "rejected", 2, id="RCPT 5xx, a cut after the lone dot"),
    pytest.param({DOT: "451 later"}, "deferred", 1, id="dot 4xx"),
    pytest.param({DOT: "554 5.6.0 no"}, "rejected", 1, id="dot 5xx"),
    pytest.param({DOT: "421 4.3.2 bye"}, "deferred", 2, id="dot 421"),
    pytest.param({DOT: "354 more?"}, "uncertain", 2, id="dot 354"),
    pytest.param({DOT: CUT}, "uncertain", 2, id="dot, a cut"),
    pytest.param({DOT: SILENT}, "uncertain", 2, id="dot, silence"),
    pytest.param({DOT: "kept, I think"}, "uncertain", 2, id="dot, nonsense"),
]  # fmt: skip


@pytest.mark.parametrize("position", [0, 1, 3], ids=["first", "second", "last"])
@pytest.mark.parametrize(("says", "state", "connections"), REFUSALS)
def test_what_is_said_to_one_of_a_group_is_not_said_to_the_others(
    says: dict[str, str], state: str, connections: int, position: int
) -> None:
    refuse_one(says, state, connections, position=position)


SINGLE_REFUSALS = [
    pytest.param({MAIL: "451 later"}, "deferred", 1, id="MAIL 4xx"),
    pytest.param({MAIL: "421 bye"}, "deferred", 2, id="MAIL 421"),
    pytest.param({RCPT: "451 4.3.0 later"}, "deferred", 1, id="RCPT 4xx"),
    pytest.param({RCPT: "550 5.1.1 no"}, "rejected", 1, id="RCPT 5xx"),
    pytest.param({RCPT: "421 4.7.0 bye"}, "deferred", 2, id="RCPT 421"),
    pytest.param({RCPT: "550 5.1.1 no", "RSET": CUT}, "rejected", 2, id="RCPT 5xx, then a cut"),
    pytest.param({RCPT: "550 5.1.1 no", "RSET": SILENT}, "rejected", 2, id="RCPT 5xx, then silence"),
    pytest.param({DATA: "554 5.6.0 no"}, "rejected", 1, id="DATA 5xx"),
    pytest.param({DATA: "421 bye"}, "deferred", 2, id="DATA 421"),
    *(case for case in REFUSALS if str(case.id).startswith("dot")),
]


@pytest.mark.parametrize("position", [0, 1, 3], ids=["first", "second", "last"])
@pytest.mark.parametrize(("says", "state", "connections"), SINGLE_REFUSALS)
def test_what_is_said_to_one_is_not_said_to_the_others(
    says: dict[str, str], state: str, connections: int, position: int
) -> None:
    refuse_one({EHLO: ONE_BY_ONE, **says}, state, connections, position=position)


def refuse_one(says: dict[str, str], state: str, connections: int, *, position: int) -> None:
    """Send four messages to a relay that says so to one of them."""
    names = ("ann", "bob", "cem", "dan")
    is_started = DOT in says

    async def scene(connection: SmtpConnection, relay: Relay) -> None:
        for step, reply in says.items():
            relay.once(step, *[FRIENDLY[step]] * position if step in FRIENDLY else (), reply)
        tray = Tray(*names)
        await send_all(connection, tray)
        wanted = {name: state if at == position else "accepted" for at, name in enumerate(names)}
        assert (tray.states, tray.out) == (wanted, set())
        arrived = Counter(mail.recipient.partition("@")[0] for mail in relay.mails)
        assert arrived == Counter(name for at, name in enumerate(names) if at != position or is_started)
        assert all(mail.content for mail in relay.mails)
        if position < 3:
            assert relay.connections == connections

    play(scene, is_silent=SILENT in says.values())


@pytest.mark.parametrize("position", [0, 1])
def test_a_sender_who_is_refused_for_good_is_no_readers_fault(position: int) -> None:
    async def scene(connection: SmtpConnection, relay: Relay) -> None:
        relay.once(MAIL, *[FRIENDLY[MAIL]] * position, "550 5.7.1 who are you?")
        tray = Tray("ann", "bob", "cem")
        with pytest.raises(RelayRefusedError, match="who are you"):
            await connection.run(tray)
        assert len(tray.states) == len(relay.mails) == position
        assert (len(tray.waiting), tray.out) == (3 - position, set())

    play(scene)


def test_a_relay_that_hangs_up_after_each_message_gets_each_once() -> None:
    names = [f"reader{number}" for number in range(8)]

    async def scene(connection: SmtpConnection, relay: Relay) -> None:
        tray = Tray(*names)
        await send_all(connection, tray, losses=20)
        assert tray.states == dict.fromkeys(names, "accepted")
        assert relay.recipients == [f"{name}@reader.example" for name in names]

    play(scene, relay=Relay(mails_per_connection=1))


def test_an_envelope_whose_connection_ended_behind_another_message_is_not_to_blame() -> None:
    async def scene(connection: SmtpConnection, relay: Relay) -> None:
        tray = Tray("ann", "bob")
        await send_all(connection, tray)
        assert tray.put_backs == [("bob", False)]

    play(scene, relay=Relay(mails_per_connection=1))


@pytest.mark.parametrize("step", ENVELOPE)
@pytest.mark.parametrize(
    "reply", [CUT, SILENT, "no number", RAW + "2" * 100_000, RAW + "250-and\r\n" * 9_000]
)
def test_a_loss_among_the_replies_to_an_envelope_loses_no_other(step: str, reply: str) -> None:
    async def scene(connection: SmtpConnection, relay: Relay) -> None:
        relay.once(step, FRIENDLY[step], reply)
        tray = Tray("ann", "bob", "cem")
        with pytest.raises(RelayLostError):
            await connection.run(tray)
        assert (tray.states, tray.out) == ({"ann": "accepted"}, set())
        await connection.run(tray)
        assert tray.states == dict.fromkeys(("ann", "bob", "cem"), "accepted")
        assert len(relay.mails) == 3

    play(scene, is_silent=reply == SILENT)


@pytest.mark.parametrize(
    "reply", [CUT, SILENT, "no number", "kept\r\n250 fine", RAW + "2" * 10_000_000, RAW + "250-and\r\n" * 9_000]
)  # fmt: skip
def test_a_dot_without_a_reply_puts_the_envelope_behind_it_back(reply: str) -> None:
    async def scene(connection: SmtpConnection, relay: Relay) -> None:
        relay.once(DOT, reply)
        tray = Tray("ann", "bob", "cem")
        await connection.run(tray)
        assert tray.states == {"ann": "uncertain", "bob": "accepted", "cem": "accepted"}
        assert tray.put_backs == [("bob", False)]
        assert (len(relay.mails), relay.connections) == (3, 2)

    play(scene, is_silent=reply == SILENT)


@pytest.mark.parametrize("step", [CONNECT, EHLO])
@pytest.mark.parametrize("reply", [CUT, SILENT, "no number", RAW + "2" * 10_000_000])
def test_a_relay_that_does_not_begin_costs_nobody_a_try(step: str, reply: str) -> None:
    async def scene(connection: SmtpConnection, relay: Relay) -> None:
        relay.once(step, reply)
        tray = Tray("ann", "bob")
        with pytest.raises(TransportError, match=r"cannot be reached"):
            await connection.run(tray)
        assert (tray.attempts, len(tray.waiting), tray.out) == ({}, 2, set())
        await connection.run(tray)
        assert len(relay.mails) == 2

    play(scene, is_silent=reply == SILENT)


def test_a_relay_that_lets_nobody_in_is_not_the_messages_fault() -> None:
    async def scene(connection: SmtpConnection, relay: Relay) -> None:
        relay.always(CONNECT, "421 4.7.0 too many connections")
        tray = Tray("ann")
        with pytest.raises(TransportError):
            await connection.run(tray)
        assert tray.put_backs == [("ann", False)]

    play(scene)


@pytest.mark.parametrize("ehlo", [ONE_BY_ONE, able("PIPELINING")])
def test_an_unasked_reply_ends_the_connection_and_is_nobodys_acceptance(ehlo: str) -> None:
    async def scene(connection: SmtpConnection, relay: Relay) -> None:
        relay.always(EHLO, ehlo)
        relay.once(DOT, "554 5.6.0 no\r\n250 or rather yes")
        tray = Tray("ann")
        await connection.run(tray)
        tray.lay_in("bob")
        await connection.run(tray)
        assert tray.states == {"ann": "rejected", "bob": "accepted"}
        assert relay.connections == 2

    play(scene)


def test_one_reply_too_many_within_a_group_gives_nobody_anothers_acceptance() -> None:
    async def scene(connection: SmtpConnection, relay: Relay) -> None:
        relay.once(DOT, "250 kept\r\n250 kept, I said")
        relay.always(DOT, "554 5.6.0 no")
        tray = Tray("ann", "bob", "cem")
        await send_all(connection, tray)
        assert tray.states["ann"] == "accepted"
        assert "accepted" not in tray.states["bob"] + tray.states["cem"]
        assert set(tray.states) == {"ann", "bob", "cem"}

    play(scene)


def test_replies_may_come_in_lines_of_any_kind() -> None:
    async def scene(connection: SmtpConnection, relay: Relay) -> None:
        relay.always(DOT, RAW + "250-2.0.0 kept\n250-as\r\n250 7\n")
        relay.always(RCPT, RAW + "250 fine\n")
        tray = Tray("ann", "bob")
        await connection.run(tray)
        assert tray.states == {"ann": "accepted", "bob": "accepted"}

    play(scene)
