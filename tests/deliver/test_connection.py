"""A connection's life: the fence before each dot, what the relay can do, how it waits, and when it ends."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from pipeline.deliver import smtp
from pipeline.deliver.smtp import SmtpConnection
from pipeline.errors import StoreError
from tests.deliver.relay import (
    CUT,
    DOT,
    EHLO,
    ONE_BY_ONE,
    SILENT,
    Relay,
    able,
)
from tests.deliver.scenes import play
from tests.deliver.tray import Piece, Tray
from tests.jobs.waiting import until


def test_who_may_not_start_gets_no_dot_and_the_connection_is_dropped() -> None:
    async def scene(connection: SmtpConnection, relay: Relay) -> None:
        async def start(piece: Piece) -> bool:
            return piece.name != "bob"

        tray = Tray("ann", "bob", "cem", start=start)
        await connection.run(tray)
        assert (tray.kept_back, tray.states) == (["bob"], {"ann": "accepted", "cem": "accepted"})
        assert relay.recipients == ["ann@reader.example", "cem@reader.example"]
        assert relay.connections == 2

    play(scene)


def test_a_fence_that_fails_lets_nothing_out() -> None:
    async def scene(connection: SmtpConnection, relay: Relay) -> None:
        async def start(piece: Piece) -> bool:
            if piece.name == "bob":
                raise StoreError("away")
            return True

        tray = Tray("ann", "bob", "cem", start=start)
        with pytest.raises(StoreError):
            await connection.run(tray)
        await connection.close()
        assert tray.states == {"ann": "accepted"}
        assert relay.recipients == ["ann@reader.example"]
        assert (tray.put_backs, tray.out) == ([("bob", False)], set())

    play(scene)


def test_who_is_stopped_at_the_fence_gets_no_dot() -> None:
    async def scene(connection: SmtpConnection, relay: Relay) -> None:
        asked = asyncio.Event()

        async def start(_piece: Piece) -> bool:
            asked.set()
            await asyncio.Event().wait()
            return True

        tray = Tray("ann", start=start)
        sending = asyncio.create_task(connection.run(tray))
        await asked.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        await connection.close()
        assert (relay.mails, tray.put_backs, tray.out) == ([], [("ann", False)], set())

    play(scene)


def test_a_connection_lost_between_the_fence_and_the_dot_leaves_no_doubt() -> None:
    async def scene(connection: SmtpConnection, relay: Relay) -> None:
        async def start(piece: Piece) -> bool:
            if piece.name == "bob":
                relay.hang_up()
                wire = connection._wire
                await until(lambda: not wire.is_open)
            return True

        tray = Tray("ann", "bob", "cem", start=start)
        await connection.run(tray)
        assert tray.states == {"ann": "accepted", "bob": "deferred", "cem": "accepted"}
        assert relay.recipients == ["ann@reader.example", "cem@reader.example"]

    play(scene)


def test_who_is_stopped_after_the_dot_is_uncertain_and_the_envelope_behind_it_goes_back() -> None:
    async def scene(connection: SmtpConnection, relay: Relay) -> None:
        reached = asyncio.Event()
        relay.on[DOT], relay.gate[DOT] = reached.set, asyncio.Event()
        tray = Tray("ann", "bob")
        sending = asyncio.create_task(connection.run(tray))
        await reached.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        assert (tray.states, tray.put_backs, tray.out) == ({"ann": "uncertain"}, [("bob", False)], set())

    play(scene)


@pytest.mark.parametrize(
    ("abilities", "parameters", "state"),
    [
        pytest.param(("PIPELINING", "8BITMIME", "SMTPUTF8"), " BODY=8BITMIME SMTPUTF8", "accepted", id="both"),
        pytest.param(("PIPELINING", "smtputf8"), " SMTPUTF8", "accepted", id="in small letters"),
        pytest.param(("PIPELINING", "8BITMIME"), None, "rejected", id="not offered"),
        pytest.param(("8BITMIME",), None, "rejected", id="not offered, one by one"),
    ],
)  # fmt: skip
def test_an_address_beyond_ascii_needs_smtputf8(
    abilities: tuple[str, ...], parameters: str | None, state: str
) -> None:
    async def scene(connection: SmtpConnection, relay: Relay) -> None:
        relay.always(EHLO, able(*abilities))
        tray = Tray("ann", "mei", "cem")
        mei = tray.waiting[1]
        tray.waiting[1] = replace(
            mei, message=replace(mei.message, recipient="美@reader.example", is_utf8=True)
        )
        await connection.run(tray)
        assert tray.states == {"ann": "accepted", "mei": state, "cem": "accepted"}
        assert relay.connections == 1
        [*mails] = [line.partition(">")[2] for line in relay.said if line.startswith("MAIL")]
        assert mails == (["", ""] if parameters is None else ["", parameters, ""])  # the others are 7 bit

    play(scene)


@pytest.mark.parametrize("ehlo", [ONE_BY_ONE, able("PIPELINING")])
def test_after_so_many_messages_a_connection_ends_in_peace(ehlo: str) -> None:
    names = ("ann", "bob", "cem", "dan", "eva")

    async def scene(connection: SmtpConnection, relay: Relay) -> None:
        relay.always(EHLO, ehlo)
        tray = Tray(*names)
        await connection.run(tray)
        await connection.close()
        await until(lambda: relay.said.count("QUIT") == 3)
        assert (tray.states, tray.put_backs) == (dict.fromkeys(names, "accepted"), [])
        assert relay.connections == 3

    play(scene, messages_per_connection=2)


def test_a_connection_that_waits_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "KEEP_ALIVE_SECONDS", 0.01)

    async def scene(connection: SmtpConnection, relay: Relay) -> None:
        tray = Tray("ann", is_open=True)
        sending = asyncio.create_task(connection.run(tray))
        await until(lambda: relay.said.count("NOOP") >= 2)
        tray.lay_in("bob")
        await sending
        assert tray.states == {"ann": "accepted", "bob": "accepted"}
        assert relay.connections == 1

    play(scene)


@pytest.mark.parametrize("reply", [CUT, SILENT, "421 4.4.2 idle", "no number"])
def test_a_waiting_connection_that_is_lost_costs_nothing(monkeypatch: pytest.MonkeyPatch, reply: str) -> None:
    monkeypatch.setattr(smtp, "KEEP_ALIVE_SECONDS", 0.01)

    async def scene(connection: SmtpConnection, relay: Relay) -> None:
        relay.always("NOOP", reply)
        tray = Tray("ann", is_open=True)
        relay.on["NOOP"] = lambda: tray.lay_in("bob") if not tray.more.is_set() else None
        await connection.run(tray)
        assert tray.states == {"ann": "accepted", "bob": "accepted"}
        assert (tray.put_backs, len(relay.mails)) == ([], 2)

    play(scene, is_silent=reply == SILENT)


def test_a_connection_that_the_relay_ended_meanwhile_is_opened_again() -> None:
    async def scene(connection: SmtpConnection, relay: Relay) -> None:
        tray = Tray("ann", is_open=True)
        sending = asyncio.create_task(connection.run(tray))
        await until(lambda: tray.states)
        wire = connection._wire
        relay.hang_up()
        await until(lambda: not wire.is_open)
        tray.lay_in("bob")
        await sending
        assert tray.states == {"ann": "accepted", "bob": "accepted"}
        assert (relay.connections, tray.put_backs) == (2, [])

    play(scene)


def test_who_is_stopped_while_waiting_holds_nothing() -> None:
    async def scene(connection: SmtpConnection, relay: Relay) -> None:
        tray = Tray("ann", is_open=True)
        sending = asyncio.create_task(connection.run(tray))
        await until(lambda: tray.states)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        assert (tray.states, tray.out) == ({"ann": "accepted"}, set())

    play(scene)
