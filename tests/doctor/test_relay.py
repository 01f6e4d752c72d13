"""The relay is spoken to as far as a message would come, and no mail is sent."""

from __future__ import annotations

import asyncio
import base64
import socket
import ssl
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest
from aiosmtpd.smtp import SMTP

from pipeline.config.sections import Smtp
from pipeline.doctor.finding import Finding, Level
from pipeline.doctor.looking import open_to_look
from pipeline.doctor.relay import judge_line, relay, signing
from pipeline.errors import ConfigurationError
from tests.deliver import relay as scripted
from tests.doctor.rooms import NOW, by_smtp, looked_at, messages, write

CERTIFICATE = Path(__file__).with_name("localhost.pem")
"""For the name localhost, with its key; it signs itself, and nothing but these tests trusts it."""

LAST_DAY = datetime(2120, 1, 1, tzinfo=UTC)


def talk(home: Path, **script: str) -> tuple[list[Finding], list[str]]:
    """Look at a relay that replies as ``script`` has it; return what was found and what the relay was told."""

    async def played() -> tuple[list[Finding], list[str]]:
        async with scripted.Relay() as server:
            for step, reply in script.items():
                server.always(step, reply)
            by_smtp(home, port=server.port, username="press", password="hunter2")
            with looked_at(home) as newsroom:
                found = await asyncio.to_thread(lambda: list(relay(newsroom, patience_seconds=0.3)))
            assert server.mails == []
            return found, server.said

    return asyncio.run(played())


def able(*abilities: str) -> str:
    """Return the answer of a relay that has these abilities, and AUTH."""
    return "\r\n".join(["250-relay.example", *(f"250-{each}" for each in abilities), "250 AUTH PLAIN"])


def test_a_good_relay_is_well_and_gets_a_goodbye_instead_of_mail(tmp_path: Path) -> None:
    found, said = talk(tmp_path, EHLO=able("PIPELINING", "8BITMIME"))
    assert found[0].message.endswith("greets us")
    assert messages(found[1:]) == [
        "it can PIPELINING, 8BITMIME; it cannot SIZE, SMTPUTF8",
        "the login is accepted",
    ]
    assert {finding.level for finding in found} == {Level.OK}
    assert [line.split()[0] for line in said] == ["EHLO", "AUTH", "QUIT"]


def test_abilities_are_named(tmp_path: Path) -> None:
    found, _ = talk(tmp_path, EHLO=able("PIPELINING", "SIZE 10240000", "8BITMIME", "SMTPUTF8"))
    assert "it can PIPELINING, SIZE 10240000, 8BITMIME, SMTPUTF8" in messages(found)


def test_a_relay_without_pipelining_is_doubtful_and_logged_into_all_the_same(tmp_path: Path) -> None:
    found, said = talk(tmp_path, EHLO=able("8BITMIME"))
    assert messages(found, Level.WARNING) == [
        "without PIPELINING every mail waits for four replies: sending is slow"
    ]
    assert found[-1].message == "the login is accepted"
    assert said[-1] == "QUIT"


@pytest.mark.parametrize(
    ("size", "is_enough"),
    [("199999", False), ("1", False), ("200000", True), ("0", True), ("", True), ("much", True), ("9" * 5000, True)],
)  # fmt: skip
def test_a_relay_that_takes_small_mails_only_is_a_problem(tmp_path: Path, size: str, is_enough: bool) -> None:
    found, _ = talk(tmp_path, EHLO=able("PIPELINING", f"SIZE {size}".strip()))
    wanted = [] if is_enough else [f"it takes no mail above {size} bytes, and ours may have 200,000"]
    assert messages(found, Level.PROBLEM) == wanted


@pytest.mark.parametrize(
    ("tls", "peer", "username", "said"),
    [
        pytest.param("none", "192.0.2.1", "press", ["mails and the password go to 127.0.0.1 in clear"], id="login in clear"),
        pytest.param("none", "2001:db8::1", None, ["mails go to 127.0.0.1 in clear"], id="mails in clear"),
        pytest.param("none", "127.0.0.1", "press", [], id="this machine"),
        pytest.param("none", "::1", "press", [], id="this machine by IPv6"),
        pytest.param("starttls", "192.0.2.1", "press", [], id="secured"),
    ],
)  # fmt: skip
def test_a_line_that_others_can_read_is_doubtful(
    tls: Literal["none", "starttls"], peer: str, username: str | None, said: list[str]
) -> None:
    found = messages(judge_line(Smtp(host="127.0.0.1", tls=tls, username=username), peer=peer))
    assert [message.partition(":")[0] for message in found] == said


@pytest.mark.parametrize(
    ("script", "words"),
    [
        pytest.param({"CONNECT": "554 5.7.1 not you"}, "does not let us in: 554 5.7.1 not you", id="greets with 554"),
        pytest.param({"CONNECT": scripted.SILENT}, "does not let us in: ", id="never greets"),
        pytest.param({"CONNECT": scripted.CUT}, "does not let us in: ", id="hangs up"),
        pytest.param({"EHLO": "550 5.7.1 unknown", "HELO": "550 no"}, "refuses EHLO: 550 5.7.1 unknown", id="refuses EHLO"),
        pytest.param({"EHLO": scripted.SILENT}, "refuses EHLO: ", id="falls silent"),
        pytest.param({"AUTH": "535 5.7.8 wrong"}, "refuses the login: 535 5.7.8 wrong", id="refuses AUTH"),
        pytest.param({"EHLO": "250 relay.example"}, "refuses the login: ", id="knows no AUTH"),
    ],
)  # fmt: skip
def test_a_relay_that_does_not_play_along_is_a_problem(
    tmp_path: Path, script: dict[str, str], words: str
) -> None:
    began = time.monotonic()
    found, _ = talk(tmp_path, **script)
    assert time.monotonic() - began < 5
    assert words in messages(found, Level.PROBLEM)[0]
    assert found[-1].level is Level.PROBLEM


def test_a_login_that_the_relay_repeats_is_not_shown(tmp_path: Path) -> None:
    login = base64.b64encode(b"\0press\0hunter2").decode()
    found, said = talk(tmp_path, AUTH=f"502 {'x' * 270} auth plain {login}")
    assert said[1] == f"AUTH PLAIN {login}"
    (message,) = messages(found, Level.PROBLEM)
    assert message.endswith("x auth plain …")


def test_a_closed_port_is_a_problem(tmp_path: Path) -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        with looked_at(by_smtp(tmp_path, port=unheard.getsockname()[1])) as newsroom:
            [found] = relay(newsroom)
    assert "takes no connection (Connection refused)" in found.message
    assert found.remedy == "no relay runs there: start it on this machine, or see [smtp] host and port"


@pytest.mark.parametrize("host", ["relay.invalid", "a" * 70 + ".invalid"])
def test_a_host_that_does_not_resolve_is_a_problem(tmp_path: Path, host: str) -> None:
    with looked_at(by_smtp(tmp_path, host=host)) as newsroom:
        assert f"{host} is not found" in messages(relay(newsroom), Level.PROBLEM)[0]


@pytest.mark.parametrize("transport", ["outbox", "smtp"])
def test_mail_that_goes_out_unsigned_is_warned_of(tmp_path: Path, transport: str) -> None:
    home = by_smtp(tmp_path) if transport == "smtp" else write(tmp_path)
    with looked_at(home) as newsroom:
        found = messages(signing(newsroom), Level.WARNING)
    assert found == (["mail leaves here unsigned: there is no [dkim]"] if transport == "smtp" else [])


def test_with_the_outbox_no_relay_is_asked(tmp_path: Path) -> None:
    with looked_at(write(tmp_path, smtp={"host": "relay.invalid", "port": 25})) as newsroom:
        assert list(relay(newsroom)) == []


def test_an_unreadable_password_file_is_told_before_the_relay_is_asked(tmp_path: Path) -> None:
    home = by_smtp(tmp_path, host="relay.invalid", username="press", password_file="gone")
    with looked_at(home) as newsroom, pytest.raises(ConfigurationError, match="password_file gone"):
        list(relay(newsroom))


def talk_in_tls(
    home: Path, *, tls: str, host: str = "localhost", relay_tls: str | None = None, now: datetime = NOW
) -> list[Finding]:
    """Look at a relay that speaks TLS: ``implicit``, ``starttls``, or ``none``, if that is not what is wanted."""
    spoken = relay_tls or tls

    async def played() -> list[Finding]:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(CERTIFICATE)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: SMTP(object(), loop=loop, tls_context=context if spoken == "starttls" else None),
            "127.0.0.1",
            0,
            ssl=context if spoken == "implicit" else None,
        )
        try:
            by_smtp(home, host=host, port=server.sockets[0].getsockname()[1], tls=tls)
            with open_to_look(home, clock=lambda: now) as newsroom:
                return await asyncio.to_thread(lambda: list(relay(newsroom, patience_seconds=1)))
        finally:
            server.close()
            await server.wait_closed()

    return asyncio.run(played())


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process trust the test certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_relay_that_speaks_tls_is_well_and_its_version_named(tmp_path: Path, tls: str) -> None:
    found = talk_in_tls(tmp_path, tls=tls)
    assert messages(found, Level.PROBLEM) == []
    assert any("(TLSv1." in message for message in messages(found, Level.OK))


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("tls", ["starttls", "implicit"])
@pytest.mark.parametrize(("left", "is_soon"), [(timedelta(days=13), True), (timedelta(days=14), False)])
def test_a_certificate_that_ends_soon_is_doubtful(
    tmp_path: Path, tls: str, left: timedelta, is_soon: bool
) -> None:
    found = messages(talk_in_tls(tmp_path, tls=tls, now=LAST_DAY - left), Level.WARNING)
    assert ("its certificate ends on 2120-01-01" in found) is is_soon


@pytest.mark.parametrize(
    ("tls", "words"), [("starttls", "cannot be secured: "), ("implicit", "does not let us in: ")]
)
def test_a_certificate_that_nobody_vouches_for_is_a_problem(tmp_path: Path, tls: str, words: str) -> None:
    (message,) = messages(talk_in_tls(tmp_path, tls=tls), Level.PROBLEM)
    assert words in message
    assert "certificate verify failed" in message
    assert "None" not in message


@pytest.mark.usefixtures("trusted")
def test_a_certificate_for_another_name_is_a_problem(tmp_path: Path) -> None:
    (message,) = messages(talk_in_tls(tmp_path, tls="starttls", host="127.0.0.1"), Level.PROBLEM)
    assert "mismatch" in message


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(
    ("tls", "relay_tls"), [("starttls", "none"), ("implicit", "none"), ("none", "implicit")]
)
def test_the_wrong_kind_of_tls_is_a_problem(tmp_path: Path, tls: str, relay_tls: str) -> None:
    assert len(messages(talk_in_tls(tmp_path, tls=tls, relay_tls=relay_tls), Level.PROBLEM)) == 1
