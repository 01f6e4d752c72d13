"""One connection to the relay: what goes over the wire, and when the fence is asked."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Coroutine
from mailbox import Maildir
from pathlib import Path
from typing import Any

import pytest

from pipeline.deliver.relay import Relay as There
from pipeline.deliver.relay import RelayRefusedError
from pipeline.deliver.replies import Attempt
from pipeline.deliver.smtp import SmtpConnection
from pipeline.demo.receiver import receive
from pipeline.errors import TransportError
from tests.deliver.letters import content, message
from tests.deliver.relay import (
    AUTH,
    CONNECT,
    CUT,
    DATA,
    DOT,
    EHLO,
    MAIL,
    ONE_BY_ONE,
    RCPT,
    SILENT,
    Relay,
    able,
)

Scene = Callable[[SmtpConnection, Relay], Coroutine[Any, Any, None]]
DOTS = ".\n..\n.dot\n\n.\n"


def play(scene: Scene, *, tls: str = "none") -> None:
    """Play a scene with a relay that takes commands in groups, and with one that takes them one by one."""

    async def played(ehlo: str) -> None:
        async with Relay() as relay:
            relay.always(EHLO, ehlo)
            there = There(
                host="127.0.0.1", port=relay.port, tls=tls, timeout_seconds=0.5, dot_timeout_seconds=0.4
            )
            connection = SmtpConnection(there)
            try:
                await scene(connection, relay)
            finally:
                await connection.close()

    for ehlo in (able("PIPELINING", "8BITMIME"), ONE_BY_ONE):
        asyncio.run(played(ehlo))


def state(attempt: Attempt | None) -> str:
    return attempt.state if attempt else "not started"


def test_a_message_arrives_byte_for_byte(tmp_path: Path) -> None:
    sent = message(content(text=DOTS + "元宇宙\n", html=DOTS))

    async def played() -> None:
        async with receive(tmp_path / "mail") as port:
            connection = SmtpConnection(There(host="127.0.0.1", port=port, tls="none"))
            assert state(await connection.deliver(sent, lambda: True)) == "accepted"
            await connection.close()

    asyncio.run(played())
    [arrived] = Maildir(tmp_path / "mail")
    kept = arrived.as_bytes().split(b"Delivered-To: mei@reader.example\n")[1]
    assert kept.rstrip() == sent.content.replace(b"\r\n", b"\n").rstrip()


def test_dots_are_doubled_on_the_wire_and_come_out_single() -> None:
    async def scene(connection: SmtpConnection, relay: Relay) -> None:
        sent = message(content(text=DOTS, html=DOTS))
        await connection.deliver(sent, lambda: True)
        assert [mail.content for mail in relay.mails] == [sent.content]

    play(scene)


def test_one_connection_carries_many_messages() -> None:
    async def scene(connection: SmtpConnection, relay: Relay) -> None:
        relay.once(RCPT, "550 5.1.1 no", "451 later", "250 ok")
        states = [state(await connection.deliver(message(), lambda: True)) for _ in range(4)]
        assert states == ["rejected", "deferred", "accepted", "accepted"]
        assert relay.connections == 1

    play(scene)


def test_the_fence_is_asked_after_the_relay_has_asked_for_the_body() -> None:
    async def scene(connection: SmtpConnection, relay: Relay) -> None:
        said: list[str] = []

        def start() -> bool:
            said.extend(relay.said)
            return True

        await connection.deliver(message(), start)
        assert said[-1] == "DATA"
        assert len(relay.mails) == 1

    play(scene)


def test_a_message_that_may_not_start_gets_no_dot_and_the_line_is_dropped() -> None:
    async def scene(connection: SmtpConnection, relay: Relay) -> None:
        assert await connection.deliver(message(), lambda: False) is None
        assert state(await connection.deliver(message(), lambda: True)) == "accepted"
        assert (len(relay.mails), relay.connections) == (1, 2)

    play(scene)


@pytest.mark.parametrize("step", [CONNECT, MAIL, RCPT, DATA])
@pytest.mark.parametrize("reply", [CUT, SILENT])
def test_a_loss_before_the_dot_is_no_attempt(step: str, reply: str) -> None:
    async def scene(connection: SmtpConnection, relay: Relay) -> None:
        relay.once(step, reply)
        asked: list[str] = []

        def start() -> bool:
            asked.append("start")
            return True

        with pytest.raises(TransportError):
            await connection.deliver(message(), start)
        assert asked == []
        assert state(await connection.deliver(message(), lambda: True)) == "accepted"

    play(scene)


@pytest.mark.parametrize("reply", [CUT, SILENT, "nonsense", "354 more?"])
def test_what_is_no_reply_to_the_dot_is_uncertain_and_the_line_can_be_used_again(reply: str) -> None:
    async def scene(connection: SmtpConnection, relay: Relay) -> None:
        relay.once(DOT, reply)
        assert state(await connection.deliver(message(), lambda: True)) == "uncertain"
        assert state(await connection.deliver(message(), lambda: True)) == "accepted"

    play(scene)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [("421 4.3.2 busy", TransportError), ("554 5.7.1 <me@x.example> not you", RelayRefusedError)],
)
def test_a_greeting_that_is_none_is_told_apart(reply: str, kind: type[TransportError]) -> None:
    async def scene(connection: SmtpConnection, relay: Relay) -> None:
        relay.always(CONNECT, reply)
        with pytest.raises(TransportError) as caught:
            await connection.deliver(message(), lambda: True)
        assert type(caught.value) is kind
        assert "@" not in str(caught.value)

    play(scene)


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_no_mail_goes_in_the_clear_when_tls_is_asked_for(tls: str) -> None:
    async def scene(connection: SmtpConnection, relay: Relay) -> None:
        with pytest.raises(TransportError):
            await connection.deliver(message(), lambda: True)
        assert not any(line.upper().startswith(MAIL) for line in relay.said)

    play(scene, tls=tls)


PASSWORD = "hunter2-of-the-press"


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_a_relay_that_repeats_our_login_does_not_get_it_into_the_error(mechanism: str) -> None:
    async def played() -> str:
        async with Relay() as relay:
            relay.always(EHLO, f"250-relay.example\r\n250 AUTH {mechanism}")
            relay.always(AUTH, "334 go on")
            encoded = base64.b64encode(PASSWORD.encode()).decode()  # what LOGIN sends, on a line of its own
            relay.always(base64.b64encode(b"press").decode().upper(), "334 and the password?")
            last = AUTH if mechanism == "PLAIN" else encoded.upper()
            relay.on[last] = lambda: relay.always(last, f"502 unknown: {relay.said[-1]}")
            there = There(host="127.0.0.1", port=relay.port, tls="none", username="press", password=PASSWORD)
            with pytest.raises(RelayRefusedError) as refused:
                await SmtpConnection(there).deliver(message(), lambda: True)
            return str(refused.value).partition(" (likely")[0]

    assert asyncio.run(played()).endswith(
        "502 unknown: AUTH PLAIN …" if mechanism == "PLAIN" else "502 unknown: …"
    )
