"""How a session with the relay begins: greeting, EHLO, TLS with a certificate that is checked, login."""

from __future__ import annotations

import asyncio
import base64
import socket
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
import uvloop

from pipeline.deliver import session
from pipeline.deliver.relay import Relay as There
from pipeline.deliver.relay import RelayRefusedError
from pipeline.deliver.session import Session, open_session
from pipeline.deliver.smtp import SmtpConnection
from pipeline.errors import TransportError
from tests.deliver.relay import AUTH, CERTIFICATE, CONNECT, DOT, EHLO, MAIL, RAW, Relay, able
from tests.deliver.tray import Tray
from tests.jobs.waiting import until

LOOPS: list[Callable[[], asyncio.AbstractEventLoop]] = [asyncio.new_event_loop, uvloop.new_event_loop]
PASSWORD = "hunter2-of-the-press"
STARTTLS = able("PIPELINING", "STARTTLS", "AUTH PLAIN LOGIN")

Scene = Callable[[There, Relay], Coroutine[Any, Any, None]]


def play(
    scene: Scene,
    *,
    relay: Relay | None = None,
    host: str = "localhost",
    loop: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop,
    **settings: Any,
) -> None:
    async def played() -> None:
        async with relay or Relay() as server:
            there = There(host=host, port=server.port, **{"tls": "none", "timeout_seconds": 1, **settings})
            async with asyncio.timeout(20):
                await scene(there, server)

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(played())


async def opened(there: There) -> Session:
    """Open a session, and end it again."""
    made = await open_session(there)
    made.wire.close(farewell=b"QUIT\r\n")
    return made


def refused(there: There, *, kind: type[TransportError] = TransportError) -> Coroutine[Any, Any, str]:
    async def told() -> str:
        with pytest.raises(TransportError) as caught:
            await open_session(there)
        assert type(caught.value) is kind
        return str(caught.value)

    return told()


@pytest.fixture
def own_context() -> Iterator[None]:
    """Let certificates be read anew, for the process keeps them."""
    session._tls_context.cache_clear()
    yield
    session._tls_context.cache_clear()


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch, own_context: None) -> None:
    """Let this process trust the relay's certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))


@pytest.mark.parametrize("loop", LOOPS, ids=["asyncio", "uvloop"])
@pytest.mark.parametrize("tls", ["starttls", "implicit"])
@pytest.mark.usefixtures("trusted")
def test_mail_goes_out_under_tls_to_a_relay_that_is_who_it_should_be(
    tls: str, loop: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    async def scene(there: There, relay: Relay) -> None:
        relay.always(EHLO, STARTTLS if tls == "starttls" else able("PIPELINING"))
        connection, tray = SmtpConnection(there), Tray("ann", "bob", "cem")
        await connection.run(tray)
        assert connection._wire.tls is not None
        await connection.close()
        await until(lambda: "QUIT" in relay.said)
        assert tray.states == dict.fromkeys(("ann", "bob", "cem"), "accepted")
        assert len(relay.mails) == 3
        assert relay.connections == 1

    play(scene, relay=Relay(tls=tls), tls=tls, loop=loop)


@pytest.mark.parametrize("loop", LOOPS, ids=["asyncio", "uvloop"])
@pytest.mark.parametrize("tls", ["starttls", "implicit"])
@pytest.mark.usefixtures("own_context")
def test_a_certificate_that_nobody_trusts_ends_the_session(
    tls: str, loop: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    async def scene(there: There, relay: Relay) -> None:
        relay.always(EHLO, STARTTLS)
        assert "CERTIFICATE_VERIFY_FAILED" in await refused(there)
        assert not any(line.startswith(("AUTH", MAIL)) for line in relay.said)

    play(scene, relay=Relay(tls=tls), tls=tls, loop=loop, username="press", password=PASSWORD)


@pytest.mark.parametrize("loop", LOOPS, ids=["asyncio", "uvloop"])
@pytest.mark.parametrize("tls", ["starttls", "implicit"])
@pytest.mark.usefixtures("trusted")
def test_a_certificate_for_another_name_ends_the_session(
    tls: str, loop: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    async def scene(there: There, relay: Relay) -> None:
        relay.always(EHLO, STARTTLS)
        assert "127.0.0.1" in await refused(there)
        assert not any(line.startswith(("AUTH", MAIL)) for line in relay.said)

    play(scene, relay=Relay(tls=tls), host="127.0.0.1", tls=tls, loop=loop, username="press", password="x")


@pytest.mark.parametrize("more", ["250 injected\r\n", "250-PIPELINING\r\n250-AUTH PLAIN\r\n", "250-AU"])
@pytest.mark.usefixtures("trusted")
def test_what_stands_in_the_clear_behind_starttls_ends_the_session(more: str) -> None:
    async def scene(there: There, relay: Relay) -> None:
        relay.always(EHLO, STARTTLS)
        relay.always("STARTTLS", f"{RAW}220 go\r\n{more}")
        assert str(there) in await refused(there)
        assert not any(line.startswith(("AUTH", MAIL)) for line in relay.said)

    play(scene, tls="starttls")


@pytest.mark.usefixtures("trusted")
def test_what_the_relay_could_before_tls_is_forgotten() -> None:
    async def scene(there: There, relay: Relay) -> None:
        relay.once(EHLO, STARTTLS, able("8BITMIME"))
        assert "offers no login" in await refused(there)

    play(scene, relay=Relay(tls="starttls"), tls="starttls", username="press", password=PASSWORD)


@pytest.mark.parametrize("answer", [able("PIPELINING"), "250 relay.example"])
def test_without_an_offer_of_tls_nothing_goes_in_the_clear(answer: str) -> None:
    async def scene(there: There, relay: Relay) -> None:
        relay.always(EHLO, answer)
        assert "offers no STARTTLS" in await refused(there)
        assert [line.split()[0] for line in relay.said] == ["EHLO"]

    play(scene, tls="starttls", username="press", password=PASSWORD)


@pytest.mark.parametrize(
    ("reply", "kind"), [("454 4.7.0 not now", TransportError), ("502 no", RelayRefusedError)]
)
def test_a_refusal_of_tls_ends_the_session(reply: str, kind: type[TransportError]) -> None:
    async def scene(there: There, relay: Relay) -> None:
        relay.always(EHLO, STARTTLS)
        relay.always("STARTTLS", reply)
        assert reply in await refused(there, kind=kind)
        assert [line.split()[0] for line in relay.said] == ["EHLO", "STARTTLS"]

    play(scene, tls="starttls")


def encoded(words: str) -> str:
    return base64.b64encode(words.encode()).decode()


LOGINS = [
    pytest.param("PLAIN", [f"AUTH PLAIN {encoded(chr(0) + 'press' + chr(0) + PASSWORD)}"], id="PLAIN"),
    pytest.param("PLAIN LOGIN", [f"AUTH PLAIN {encoded(chr(0) + 'press' + chr(0) + PASSWORD)}"], id="PLAIN first"),
    pytest.param("LOGIN CRAM-MD5", ["AUTH LOGIN", encoded("press"), encoded(PASSWORD)], id="LOGIN"),
    pytest.param("login", ["AUTH LOGIN", encoded("press"), encoded(PASSWORD)], id="in small letters"),
]  # fmt: skip


def script_login(relay: Relay, mechanisms: str, last: str) -> None:
    """Let the relay take a login, and answer its last line so."""
    relay.always(EHLO, able(f"AUTH {mechanisms}"))
    if "PLAIN" in mechanisms:
        relay.always(AUTH, last)
    else:
        relay.always(AUTH, f"334 {encoded('Username:')}")
        relay.always(encoded("press").upper(), f"334 {encoded('Password:')}")
        relay.always(encoded(PASSWORD).upper(), last)


@pytest.mark.parametrize(("mechanisms", "lines"), LOGINS)
def test_a_login_says_name_and_password(mechanisms: str, lines: list[str]) -> None:
    async def scene(there: There, relay: Relay) -> None:
        script_login(relay, mechanisms, "235 2.7.0 welcome")
        await opened(there)
        assert relay.said[1 : 1 + len(lines)] == lines

    play(scene, username="press", password=PASSWORD)


@pytest.mark.parametrize(("mechanisms", "lines"), LOGINS)
@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ("535 5.7.8 wrong: {}", RelayRefusedError),
        ("454 4.7.0 not now: {}", TransportError),
        ("502 unknown command {}", RelayRefusedError),
    ],
)
def test_a_refused_login_is_told_without_the_password(
    mechanisms: str, lines: list[str], reply: str, kind: type[TransportError]
) -> None:
    async def scene(there: There, relay: Relay) -> None:
        script_login(relay, mechanisms, reply.format(f"{lines[-1]} {PASSWORD}"))
        told = await refused(there, kind=kind)
        assert reply[:3] in told
        assert PASSWORD not in told
        assert encoded(PASSWORD)[:-4] not in told
        assert lines[-1].split()[-1] not in told

    play(scene, username="press", password=PASSWORD)


@pytest.mark.parametrize("answer", [able("8BITMIME"), able("AUTH CRAM-MD5 XOAUTH2"), able("AUTH")])
def test_a_relay_without_a_login_that_we_can_do_gets_no_mail(answer: str) -> None:
    async def scene(there: There, relay: Relay) -> None:
        relay.always(EHLO, answer)
        told = await refused(there)
        assert "offers no login by PLAIN or LOGIN" in told
        assert PASSWORD not in told
        assert len(relay.said) == 1

    play(scene, username="press", password=PASSWORD)


def test_a_password_in_another_reply_is_not_told_either() -> None:
    async def scene(there: There, relay: Relay) -> None:
        relay.always(DOT, f"554 5.6.0 no, {PASSWORD}")
        connection, tray = SmtpConnection(there), Tray("ann")
        await connection.run(tray)
        await connection.close()
        [attempt] = tray.attempts["ann"]
        assert attempt.reason == "5.6.0 no, …"

    play(scene, username="press", password=PASSWORD)


def test_who_we_are_is_an_address_where_there_is_no_full_name(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(there: There, relay: Relay) -> None:
        monkeypatch.setattr(session, "gethostname", lambda: "box")
        await opened(there)
        monkeypatch.setattr(session, "gethostname", lambda: "box.lantern.example")
        await opened(there)
        await until(lambda: len(relay.said) == 4)
        assert [line for line in relay.said if line != "QUIT"] == [
            "EHLO [127.0.0.1]",
            "EHLO box.lantern.example",
        ]

    play(scene)


@pytest.mark.parametrize("reply", ["500 what?", "502 no such command", "504 no"])
def test_a_relay_that_knows_helo_alone_is_spoken_to_so(reply: str) -> None:
    async def scene(there: There, relay: Relay) -> None:
        relay.always(EHLO, reply)
        connection, tray = SmtpConnection(there), Tray("ann", "bob")
        await connection.run(tray)
        await connection.close()
        assert tray.states == {"ann": "accepted", "bob": "accepted"}
        assert [line.split()[0] for line in relay.said[:6]] == [
            "EHLO",
            "HELO",
            "MAIL",
            "RCPT",
            "DATA",
            "MAIL",
        ]

    play(scene)


def test_abilities_are_known_by_their_first_words() -> None:
    async def scene(there: There, relay: Relay) -> None:
        relay.always(EHLO, able("pipelining", "SIZE 10240000", "8BitMime"))
        assert (await opened(there)).abilities == {"PIPELINING", "SIZE", "8BITMIME"}

    play(scene)


def test_a_greeting_in_many_lines_is_one_reply() -> None:
    async def scene(there: There, relay: Relay) -> None:
        relay.always(CONNECT, "220-relay.example\r\n220-no spam\r\n220 ready")
        await opened(there)

    play(scene)


@pytest.mark.parametrize("tls", ["none", "starttls", "implicit"])
def test_a_port_where_nobody_listens_is_named(tls: str) -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        port = unheard.getsockname()[1]
        there = There(host="127.0.0.1", port=port, tls=tls, timeout_seconds=1)
        told = asyncio.run(refused(there))
    assert told.startswith(f"relay 127.0.0.1:{port} cannot be reached: ")


@pytest.mark.parametrize("tls", ["none", "implicit"])
@pytest.mark.parametrize(
    "host", ["relay.invalid", "a" * 70 + ".invalid", ".relay.invalid", "re lay.invalid", "中继.invalid"]
)  # fmt: skip
def test_a_name_that_is_none_is_told_in_one_line(host: str, tls: str) -> None:
    there = There(host=host, port=25, tls=tls, timeout_seconds=1)
    told = asyncio.run(refused(there))
    assert "cannot be reached" in told
    assert told.isprintable()


@pytest.mark.parametrize("loop", LOOPS, ids=["asyncio", "uvloop"])
def test_a_relay_that_speaks_plainly_where_tls_is_meant_is_named(
    loop: Callable[[], asyncio.AbstractEventLoop],
) -> None:
    async def scene(there: There, _relay: Relay) -> None:
        assert "cannot be reached" in await refused(there)

    play(scene, tls="implicit", loop=loop)
